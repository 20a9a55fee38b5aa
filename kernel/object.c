/* The life of objects: made in an OBJECT frame, named by generation, ended in bounded steps. */
#include "kernel/ipc.h"
#include "kernel/sched.h"
#include "kernel/thread.h"

#include "memory_arch.h"

struct thread *thread_all;
uint64_t object_count;

/* The endpoint being destroyed, and the next thread to look at: one at a time. */
static struct endpoint *dying;
static struct thread *dying_next;

enum { DESTROY_STEPS = 64 };

static void thread_init(struct thread *t, pfn_t f)
{
    t->frame = f;
    t->token = frame_gen[f] * TOKEN_STEP + f;
    t->root = frame_template;
    t->table = NO_FRAME;
    t->message = NO_FRAME;
    t->pager = NO_FRAME;
    t->state = THREAD_STOPPED;
    t->above = ~1u;
    t->all_next = thread_all;
    if (thread_all != NULL)
        thread_all->all_prev = t;
    thread_all = t;
}

status_t object_init(uint64_t frame, enum obj_kind kind, uint64_t *gen)
{
    pfn_t f = (pfn_t)frame;

    if (kind != OBJ_THREAD && kind != OBJ_ENDPOINT && kind != OBJ_TABLE)
        return E_INVAL;
    if (object_get(frame, OBJ_NONE) == NULL)
        return E_TYPE;

    frame_zero(f);
    frame_gen[f]++;
    frame_live[f] = (uint16_t)kind;
    if (kind == OBJ_THREAD)
        thread_init(frame_address(f), f);
    if (kind == OBJ_ENDPOINT)
        ((struct endpoint *)frame_address(f))->frame = f;
    object_count++;
    *gen = frame_gen[f];
    return OK;
}

static void object_end(pfn_t f)
{
    frame_live[f] = OBJ_NONE;
    frame_gen[f]++;
    object_count--;
}

static status_t thread_destroy(struct thread *t)
{
    pfn_t f = t->frame;
    uint64_t ticket;

    if (cpu_this()->current == t)
        return E_BUSY;
    if (t->state != THREAD_DEAD)
        thread_end(t);
    if (thread_bind(f, NO_FRAME, &ticket) != OK)
        return E_TYPE; /* it may have been bound after its end */
    if (t->table != NO_FRAME)
        ((struct cap_table *)frame_address(t->table))->users--;
    if (t->message != NO_FRAME)
        frame_unpin(t->message);
    if (dying_next == t)
        dying_next = t->all_next;
    if (t->all_prev != NULL)
        t->all_prev->all_next = t->all_next;
    else
        thread_all = t->all_next;
    if (t->all_next != NULL)
        t->all_next->all_prev = t->all_prev;
    /* Tokens count on from where they are, in whatever object comes next. */
    frame_gen[f] = t->token / TOKEN_STEP;
    object_end(f);
    return OK;
}

/* Does t wait there? (The fast paths leave `wait` behind in a thread that runs again.) */
static bool blocked_at(const struct thread *t, const struct endpoint *e)
{
    return t->wait == e && (t->state == THREAD_SENDING || t->state == THREAD_WAITING ||
                            t->state == THREAD_RECEIVING);
}

/* Everybody who waits at e gets E_PEER: receivers, queued callers, and (by a scan of all
 * threads in slices, since they are on no list) callers that wait for a reply. */
static status_t endpoint_destroy(struct endpoint *e)
{
    uint32_t steps = 0;

    if (dying != NULL && dying != e)
        return E_BUSY;
    if (dying == NULL) {
        dying = e;
        dying_next = thread_all;
        frame_gen[e->frame]++; /* from here on nobody reaches it by capability */
    }
    while (dying_next != NULL && steps < DESTROY_STEPS) {
        struct thread *t = dying_next;

        dying_next = t->all_next;
        steps++;
        if (blocked_at(t, e))
            ipc_abort(t);
    }
    if (dying_next != NULL)
        return E_NOTQUIET;
    dying = NULL;
    object_end(e->frame);
    return OK;
}

static status_t table_destroy(pfn_t f)
{
    if (((struct cap_table *)frame_address(f))->users != 0)
        return E_BUSY;
    object_end(f);
    return OK;
}

status_t object_destroy(uint64_t frame)
{
    pfn_t f = (pfn_t)frame;

    if (frame >= frame_count || frame_type[f] != FRAME_OBJECT)
        return E_TYPE;
    switch ((enum obj_kind)frame_live[f]) {
    case OBJ_THREAD:
        return thread_destroy(frame_address(f));
    case OBJ_ENDPOINT:
        return endpoint_destroy(frame_address(f));
    case OBJ_TABLE:
        return table_destroy(f);
    case OBJ_NONE:
        break;
    }
    return E_TYPE;
}
