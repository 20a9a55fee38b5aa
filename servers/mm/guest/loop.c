/* Receive, serve, answer. */
#include "abi/fault.h"
#include "guest.h"
#include "serve.h"
#include "sys.h"

static struct request r; /* the one that is being served */

/* Serve *msg, and put the answer there. Returns SERVE_LATER, or another value: then *extra is
 * the number of words in the message page. */
static inline int32_t handle(struct ipc_msg *msg, struct ipc_from from, uint32_t *extra)
{
    uint64_t count = msg->w[0] >> 32;
    int32_t status = E_INVAL;

    r.client = client_find(from.badge);
    r.label = (uint32_t)msg->w[0];
    r.count = (uint32_t)count;
    r.token = from.token;
    for (uint32_t i = 0; i < IPC_REG_ARGS; i++) {
        r.arg[i] = msg->w[1 + i];
        r.out[i] = 0;
    }
    r.results = 0;
    if (r.client == NULL)
        status = E_PEER;
    else if (from.extra == (count > IPC_REG_ARGS ? count - IPC_REG_ARGS : 0))
        status = serve(&r);

    msg->w[0] = (uint64_t)(int64_t)status;
    for (uint32_t i = 0; i < SERVE_RESULTS; i++)
        msg->w[1 + i] = status == OK ? r.out[i] : 0;
    *extra = status == OK && r.results > SERVE_RESULTS ? r.results - SERVE_RESULTS : 0;
    return status;
}

/* As handle, for whatever arrived. */
static inline int32_t answer(struct ipc_msg *msg, struct ipc_from from, uint32_t *extra)
{
    if (from.extra != IPC_FAULT)
        return handle(msg, from, extra);
    *msg = (struct ipc_msg){ { FAULT_REFUSE } };
    *extra = 0;
    return OK;
}

void loop_run(uint64_t *message)
{
    struct ipc_msg msg;
    struct ipc_from from;
    uint32_t extra = 0;

    r.more = r.page = message;
    from = sys_recv(MM_SLOT_ENDPOINT, &msg);
    for (;;) {
        if (from.token > 0 && answer(&msg, from, &extra) != SERVE_LATER) {
            from = sys_reply_recv(MM_SLOT_ENDPOINT, from.token, extra, &msg);
            continue;
        }
        if (from.token == 0 && (msg.w[0] & MM_NOTIFY_DEATH) != 0)
            serve_deaths();
        from = sys_recv(MM_SLOT_ENDPOINT, &msg);
    }
}
