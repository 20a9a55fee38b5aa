/*
 * The owner of an interrupt line. It binds the line to an endpoint of its own, tells how that
 * went, then tells each notification after acknowledging it, until it is killed.
 */
#include <sys.h>

#include "servers/mm/client/mm_client.h"
#include "tests/guest/owner/owner.h"

static void tell(uint64_t word)
{
    struct ipc_msg msg = { { word } };
    uint32_t extra;

    if (sys_call(OWNER_SLOT_REPORT, 0, &msg, &extra) != OK)
        sys_exit(1);
}

int main(const struct start_page *start)
{
    uint64_t endpoint;
    status_t st;

    mm_client_init(start->message);
    st = mm_endpoint_new(OWNER_SLOT_LINE, &endpoint);
    if (st == OK)
        st = sys_irq_bind(START_SLOT_IRQ4, OWNER_SLOT_LINE, OWNER_BIT);
    tell((uint64_t)(int64_t)st);
    for (;;) {
        struct ipc_msg msg;

        (void)sys_recv(OWNER_SLOT_LINE, &msg);
        if (sys_irq_ack(START_SLOT_IRQ4) != OK)
            return 1;
        tell(msg.w[0]);
    }
}
