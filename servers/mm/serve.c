#include "serve.h"

#include "core/counters.h"
#include "core/frame_pool.h"
#include "core/node_pool.h"
#include "core/own_frame.h"
#include "core/process.h"
#include "core/saturation.h"
#include "core/wait.h"
#include "core/window.h"
#include "serve_move.h"

struct counters counters;
static uint64_t frames_total;

const struct serve_operation serve_operations[MM_LABEL_END] = {
#define MM_OP(name, label, least, most, args, results) [label] = { serve_##name, least, most },
#include "abi/mm.def"
#undef MM_OP
};

void serve_init(void)
{
    counters = (struct counters){ 0 };
    frames_total = 0;
    frame_pool_init();
    node_pool_init();
    own_frame_init();
    vm_space_init();
    cursor_init();
    window_init();
    client_init();
    process_init();
    saturation_init();
    wait_init();
    serve_move_init();
}

void serve_started(void)
{
    frames_total = frame_pool_free();
}

uint64_t serve_frames_free(void)
{
    return frames_total - frame_pool_used() - counters.nodes - counters.spaces;
}

/* Store the message of a request that waits. */
static int32_t defer(const struct request *r, struct vm_space *s, struct vrange range)
{
    pfn_t extra = NO_FRAME;

    if (r->count > IPC_REG_ARGS) {
        status_t st = own_frame_new(&extra);

        if (st != OK)
            return st;
        for (uint32_t i = 0; i < r->count - IPC_REG_ARGS; i++)
            ((uint64_t *)port_frame(extra))[i] = r->more[i];
    }

    struct wait_request *w = wait_enter(r->client->slot, s, range);

    w->token = r->token;
    w->label = r->label;
    w->count = r->count;
    for (uint32_t i = 0; i < IPC_REG_ARGS; i++)
        w->arg[i] = r->arg[i];
    w->extra = extra;
    return SERVE_LATER;
}

int32_t serve_lock(const struct request *r, struct vm_space *s, struct vrange range, bool wait)
{
    if (r->again)
        return OK;
    switch (wait_try(r->client->slot, s, range)) {
    case WAIT_GRANTED:
        return OK;
    case WAIT_CYCLE:
        counters.lock_conflicts++;
        return E_BUSY;
    case WAIT_MUST:
        counters.lock_conflicts++;
        if (!wait || (r->label & MM_TRY) != 0 || wait_of(r->client->slot) != NULL)
            return E_BUSY;
        return defer(r, s, range);
    }
    return E_INTERNAL;
}

static void answer(int64_t token, int32_t status, const struct request *r)
{
    struct ipc_msg msg = { { (uint64_t)(int64_t)status } };

    for (uint32_t i = 0; i < r->results && i < SERVE_RESULTS; i++)
        msg.w[1 + i] = r->out[i];
    port_reply(token, &msg);
}

void serve_refuse(const struct client *c, const struct vm_space *s, uint64_t via)
{
    const struct wait_request *w = wait_of(c->slot);

    /* Every request that waits for a lock names its space first. */
    if (w == NULL || w->space != s || w->arg[0] != via)
        return;

    struct wait_request gone = wait_leave(c->slot);

    if (gone.extra != NO_FRAME)
        own_frame_free(gone.extra);
    answer(gone.token, E_STALE, &(struct request){ 0 });
}

/* Serve again what has waited. */
static void serve_again(struct wait_request *w, enum wait_outcome outcome)
{
    struct request r = { .client = client_at(w->client),
                         .token = w->token,
                         .label = w->label,
                         .count = w->count,
                         .again = true };
    int32_t status = E_BUSY;

    for (uint32_t i = 0; i < IPC_REG_ARGS; i++)
        r.arg[i] = w->arg[i];
    if (w->extra != NO_FRAME)
        r.more = port_frame(w->extra);
    if (outcome == WAIT_GRANTED)
        status = serve(&r);
    if (w->extra != NO_FRAME)
        own_frame_free(w->extra);
    answer(w->token, status, &r);
}

void serve_waiting(void)
{
    struct wait_request *next;

    for (struct wait_request *w = wait_first(); w != NULL; w = next) {
        enum wait_outcome outcome = wait_again(w);

        next = wait_next(w);
        if (outcome == WAIT_MUST)
            continue;

        struct wait_request gone = wait_leave(w->client);

        serve_again(&gone, outcome);
    }
}
