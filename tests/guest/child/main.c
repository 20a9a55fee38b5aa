/* The machine test's child: see child.h for what it does as which. */
#include <sys.h>

#include "servers/mm/client/mm_client.h"
#include "tests/guest/child/child.h"

#define NOWHERE 0x1000u

static status_t call(uint32_t slot, uint64_t word)
{
    struct ipc_msg msg = { { word } };
    uint32_t extra;

    return sys_call(slot, 0, &msg, &extra);
}

static void tell(uint64_t word)
{
    if (call(CHILD_SLOT_REPORT, word) != OK)
        sys_exit(1);
}

static void own_line(void)
{
    uint64_t endpoint;
    status_t st = mm_endpoint_new(CHILD_SLOT_OWN, &endpoint);

    if (st == OK)
        st = sys_irq_bind(START_SLOT_IRQ4, CHILD_SLOT_OWN, CHILD_LINE_BIT);
    tell((uint64_t)(int64_t)st);
    for (;;) {
        struct ipc_msg msg;

        (void)sys_recv(CHILD_SLOT_OWN, &msg);
        if (sys_irq_ack(START_SLOT_IRQ4) != OK)
            return;
        tell(msg.w[0]);
    }
}

static void call_peer(void)
{
    tell((uint64_t)(int64_t)call(CHILD_SLOT_PEER, 0));
}

static void receive(void)
{
    struct ipc_msg msg;
    struct ipc_from from = sys_recv(CHILD_SLOT_PEER, &msg);

    while (from.token > 0)
        from = sys_reply_recv(CHILD_SLOT_PEER, from.token, 0, &msg);
}

static void run(void)
{
    for (;;)
        __asm__ volatile("pause");
}

static void ask(void)
{
    uint64_t space, cursor;

    if (mm_space_new(&space) != OK)
        return;
    for (;;) {
        if (mm_cursor_open(space, 0, PAGE_BYTES, MM_CURSOR_MUT, &cursor) != OK ||
            mm_close(cursor) != OK)
            return;
    }
}

static void fault(void)
{
    (void)*(volatile uint64_t *)NOWHERE;
}

int main(const struct start_page *start)
{
    static void (*const act[])(void) = {
        [CHILD_OWNS_LINE] = own_line, [CHILD_CALLS] = call_peer, [CHILD_RECEIVES] = receive,
        [CHILD_RUNS] = run,           [CHILD_ASKS] = ask,        [CHILD_FAULTS] = fault,
    };

    mm_client_init(start->message);
    act[start->arg[CHILD_ARG_ROLE]]();
    return 0;
}
