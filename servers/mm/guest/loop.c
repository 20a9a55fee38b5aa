/* Receive, serve, answer. */
#include "abi/fault.h"
#include "guest.h"
#include "serve.h"
#include "sys.h"

static uint64_t *page; /* mm's message page */

/* The request that a message is, or false: it is malformed. */
static bool decode(const struct ipc_msg *msg, struct ipc_from from, struct request *r)
{
    uint64_t count = msg->w[0] >> 32;

    r->label = (uint32_t)msg->w[0];
    r->count = (uint32_t)count;
    r->token = from.token;
    for (uint32_t i = 0; i < IPC_REG_ARGS; i++)
        r->arg[i] = msg->w[1 + i];
    r->more = r->page = page;
    r->again = false;
    r->results = 0;
    return from.extra == (count > IPC_REG_ARGS ? count - IPC_REG_ARGS : 0);
}

/* Put the answer into msg. Returns how many words of it are in the message page. */
static uint32_t encode(const struct request *r, int32_t status, struct ipc_msg *msg)
{
    uint32_t results = status == OK ? r->results : 0;

    msg->w[0] = (uint64_t)(int64_t)status;
    for (uint32_t i = 0; i < SERVE_RESULTS; i++)
        msg->w[1 + i] = i < results ? r->out[i] : 0;
    return results > SERVE_RESULTS ? results - SERVE_RESULTS : 0;
}

/* Returns SERVE_LATER, or another value: then msg and *extra are the answer. */
static int32_t handle(struct ipc_msg *msg, struct ipc_from from, uint32_t *extra)
{
    struct request r;
    int32_t status;

    if (from.extra == IPC_FAULT) {
        *msg = (struct ipc_msg){ { FAULT_REFUSE } };
        *extra = 0;
        return OK;
    }
    r.client = client_find(from.badge);
    status = decode(msg, from, &r) ? OK : E_INVAL;
    if (r.client == NULL)
        status = E_PEER;
    if (status == OK)
        status = serve(&r);
    if (status != SERVE_LATER)
        *extra = encode(&r, status, msg);
    return status;
}

void loop_run(uint64_t *message)
{
    struct ipc_msg msg;
    struct ipc_from from;
    uint32_t extra = 0;

    page = message;
    from = sys_recv(MM_SLOT_ENDPOINT, &msg);
    for (;;) {
        if (from.token > 0 && handle(&msg, from, &extra) != SERVE_LATER) {
            from = sys_reply_recv(MM_SLOT_ENDPOINT, from.token, extra, &msg);
            continue;
        }
        if (from.token == 0 && (msg.w[0] & MM_NOTIFY_DEATH) != 0)
            serve_deaths();
        from = sys_recv(MM_SLOT_ENDPOINT, &msg);
    }
}
