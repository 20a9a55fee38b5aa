#include "servers/mm/client/mm_ask.h"

#include <sys.h>

#include "servers/mm/client/mm_client.h"

uint64_t *mm_ask_page;

void mm_client_init(uint64_t *page)
{
    mm_ask_page = page;
}

status_t mm_ask(enum mm_label label, uint32_t count, struct ipc_msg *msg)
{
    uint32_t extra = count > IPC_REG_ARGS ? count - IPC_REG_ARGS : 0;
    status_t sent;

    msg->w[0] = IPC_HEAD(label, count);
    sent = sys_call(SLOT_MM, extra, msg, &extra);
    return sent != OK ? sent : (status_t)msg->w[0];
}

status_t mm_ask_plain(enum mm_label label, uint32_t count, struct ipc_msg msg)
{
    return mm_ask(label, count, &msg);
}

status_t mm_ask_one(enum mm_label label, uint32_t count, struct ipc_msg msg, uint64_t *result)
{
    status_t status = mm_ask(label, count, &msg);

    if (status == OK)
        *result = msg.w[1];
    return status;
}
