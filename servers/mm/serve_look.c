/* Looking at mm: counters, waits, the checker, failing allocations. */
#include "core/census.h"
#include "core/check.h"
#include "core/counters.h"
#include "core/fail.h"
#include "core/frame_pool.h"
#include "core/saturation.h"
#include "core/wait.h"
#include "serve.h"

/* Without those of requests that read a counter: this one, earlier ones and their answers. */
static uint64_t messages(void)
{
    return port_kstat(KSTAT_IPC) - 2 * counters.looks - 1;
}

static uint64_t read_counter(enum mm_counter which)
{
    switch (which) {
    case COUNTER_frames_free:
        return serve_frames_free();
    case COUNTER_nodes:
        return counters.nodes;
    case COUNTER_cursors:
        return counters.cursors;
    case COUNTER_windows:
        return counters.windows;
    case COUNTER_lock_conflicts:
        return counters.lock_conflicts;
    case COUNTER_invlpg:
        return counters.invlpg;
    case COUNTER_flush_all:
        return counters.flush_all;
    case COUNTER_batches:
        return counters.batches;
    case COUNTER_edits:
        return port_kstat(KSTAT_EDITS);
    case COUNTER_ipc:
        return messages();
    case COUNTER_ipi:
        return port_kstat(KSTAT_IPI);
    case COUNTER_COUNT:
        break;
    }
    return 0;
}

int32_t serve_STAT(struct request *r)
{
    if (r->arg[0] >= COUNTER_COUNT)
        return E_INVAL;
    r->out[0] = read_counter((enum mm_counter)r->arg[0]);
    counters.looks++;
    r->results = 1;
    return OK;
}

int32_t serve_CENSUS(struct request *r)
{
    struct census left = census_take();

    r->out[0] = left.frames;
    r->out[1] = left.nodes;
    r->out[2] = left.objects;
    r->results = 3;
    return OK;
}

int32_t serve_CHECK(struct request *r)
{
    struct check_result found;
    status_t st = port_kcheck(&found.row, &found.detail);

    if (st == OK && found.row == 0) /* mm's rows rely on the kernel's */
        st = check_all(&found);
    if (st != OK)
        return st;
    r->out[0] = found.row;
    r->out[1] = found.detail;
    r->results = 2;
    return OK;
}

int32_t serve_CORRUPT(struct request *r)
{
    status_t st = E_INVAL;

    if (!r->client->trusted)
        return E_ACCESS;
    if ((r->arg[0] & MM_CORRUPT_KERNEL) == 0)
        st = check_corrupt(r->arg[0]);
    return st == E_INVAL ? port_kcorrupt(r->arg[0] & ~(uint64_t)MM_CORRUPT_KERNEL) : st;
}

int32_t serve_FAIL_ALLOC(struct request *r)
{
    bool own = r->count == 2 && r->arg[1] == 1;

    if (r->count == 2 && !own)
        return E_INVAL;
    if (!r->client->trusted)
        return E_ACCESS;
    return own ? fail_arm_own(r->arg[0]) : fail_arm(r->arg[0]);
}

int32_t serve_SATURATE(struct request *r)
{
    struct client *c = client_find(r->arg[0]);
    struct handle_entry *e;
    uint32_t saturation;
    status_t st;

    if (!r->client->trusted)
        return E_ACCESS;
    if (c == NULL)
        return E_PEER;
    st = handle_find(&c->handles, r->arg[1], KIND_FRAME, &e);
    if (st == OK && handle_count(e) != 1)
        st = E_INVAL;
    if (st == OK)
        st = saturation_begin(e->value, &saturation);
    if (st != OK)
        return st;
    st = handle_new(&c->handles, KIND_SATURATION, saturation, handle_meta(0, 0), &r->out[0]);
    if (st != OK)
        saturation_end(saturation);
    r->results = 1;
    return st;
}

/* Word i of the answer. */
static uint64_t *word(struct request *r, uint32_t i)
{
    return i < SERVE_RESULTS ? &r->out[i] : &r->page[i - SERVE_RESULTS];
}

int32_t serve_WAITS(struct request *r)
{
    static struct wait_reason reasons[(MM_ARGS_MAX - 1) / 3];
    const struct client *c = client_find(r->arg[0]);
    const struct wait_request *w;
    uint32_t n = 0;

    if (c == NULL)
        return E_PEER;
    w = wait_of(c->slot);
    if (w != NULL)
        n = wait_reasons(w, reasons, (MM_ARGS_MAX - 1) / 3);
    *word(r, 0) = n;
    for (uint32_t i = 0; i < n; i++) {
        *word(r, 1 + 3 * i) = reasons[i].kind;
        *word(r, 2 + 3 * i) = client_at(reasons[i].client)->id;
        *word(r, 3 + 3 * i) = reasons[i].cursor;
    }
    r->results = 1 + 3 * n;
    return OK;
}
