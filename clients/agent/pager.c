#include "clients/agent/pager.h"

#include <sys.h>

#include "abi/mm.h"

enum { FAULTS_SLOT = 103 };
static_assert((int)FAULTS_SLOT < (int)CAP_SLOTS, "in the table");

static int64_t held; /* token of the fault that was taken; 0: none */
static uint64_t head;

status_t pager_init(void)
{
    struct ipc_msg msg = { { IPC_HEAD(MM_ENDPOINT_NEW, 1), FAULTS_SLOT } };
    uint32_t extra;
    status_t status = sys_call(SLOT_MM, 0, &msg, &extra);

    if (status == OK)
        status = (status_t)msg.w[0];
    if (status != OK)
        return status;
    msg.w[0] = IPC_HEAD(MM_FAULTS_AT, 1); /* its argument is the handle just made */
    status = sys_call(SLOT_MM, 0, &msg, &extra);
    return status == OK ? (status_t)msg.w[0] : status;
}

status_t pager_take(uint64_t *address)
{
    struct ipc_msg msg;

    if (held != 0)
        return E_BUSY;

    struct ipc_from from = sys_recv(FAULTS_SLOT, &msg);
    if (from.token < 0)
        return (status_t)from.token;
    if (from.extra != IPC_FAULT)
        return E_PEER; /* only the kernel can reach this endpoint */
    held = from.token;
    head = msg.w[0];
    *address = msg.w[1];
    return OK;
}

status_t pager_why(enum fault_access *access, enum fault_reason *reason)
{
    if (held == 0)
        return E_INVAL;
    *access = fault_access(head);
    *reason = fault_reason(head);
    return OK;
}

status_t pager_answer(enum fault_answer answer)
{
    struct ipc_msg msg = { { answer } };
    int64_t token = held;

    if (token == 0)
        return E_INVAL;
    held = 0;
    return sys_reply(FAULTS_SLOT, token, 0, &msg);
}
