/* Receive, serve, answer. */
#include "abi/fault.h"
#include "guest.h"
#include "serve_move.h"
#include "sys.h"

static struct request r; /* the one that is being served */

static inline void decode(const struct ipc_msg *msg, struct ipc_from from)
{
    r.client = client_find(from.badge);
    r.label = (uint32_t)msg->w[0];
    r.count = (uint32_t)(msg->w[0] >> 32);
    r.token = from.token;
    r.arg[0] = msg->w[1];
    r.arg[1] = msg->w[2];
    r.arg[2] = msg->w[3];
    r.arg[3] = msg->w[4];
    r.out[0] = r.out[1] = r.out[2] = r.out[3] = 0;
    r.results = 0;
}

/* Serve *msg, and put the answer there. Returns SERVE_LATER, or another value: then *extra is
 * the number of words in the message page. */
static inline int32_t handle(struct ipc_msg *msg, struct ipc_from from, uint32_t *extra)
{
    int32_t status = E_INVAL;

    decode(msg, from);
    if (r.client == NULL)
        status = E_PEER;
    else if (from.extra == (r.count > IPC_REG_ARGS ? r.count - IPC_REG_ARGS : 0))
        status = serve(&r);

    *extra = 0;
    if (status != OK) {
        *msg = (struct ipc_msg){ { (uint64_t)(int64_t)status } };
        if (status == E_FAULT)
            msg->w[1] = r.out[0]; /* how far it went */
        return status;
    }
    if (r.results > SERVE_RESULTS)
        *extra = r.results - SERVE_RESULTS;
    *msg = (struct ipc_msg){ { OK, r.out[0], r.out[1], r.out[2], r.out[3] } };
    return OK;
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

/* By value, so that the loop's own message never leaves the registers. */
struct received {
    struct ipc_from from;
    struct ipc_msg msg;
};

/* As long as nobody asks, copies go on: a slice at each tick, or one after the other when
 * nobody else wants to run. */
static __attribute__((noinline)) struct received receive_between_slices(void)
{
    struct received got;

    while (serve_moves_any()) {
        got.from = sys_recv_tick(MM_SLOT_ENDPOINT, &got.msg);
        if (got.from.token != E_NOTQUIET) /* else the tick came, and no message */
            return got;
        serve_move_slice();
    }
    got.from = sys_recv(MM_SLOT_ENDPOINT, &got.msg);
    return got;
}

/* The next message. */
static inline struct ipc_from receive(struct ipc_msg *msg)
{
    if (!serve_moves_any())
        return sys_recv(MM_SLOT_ENDPOINT, msg);

    struct received got = receive_between_slices();

    *msg = got.msg;
    return got.from;
}

/* Answer, and the next message. */
static inline struct ipc_from reply_receive(int64_t token, uint32_t extra, struct ipc_msg *msg)
{
    if (!serve_moves_any())
        return sys_reply_recv(MM_SLOT_ENDPOINT, token, extra, msg);
    if (sys_reply(MM_SLOT_ENDPOINT, token, extra, msg) != OK) {
        /* Not reported: a caller that died needs no answer. */
    }
    return receive(msg);
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
            from = reply_receive(from.token, extra, &msg);
            continue;
        }
        if (from.token == 0 && (msg.w[0] & MM_NOTIFY_DEATH) != 0)
            serve_deaths();
        from = receive(&msg);
    }
}
