#include "kernel/fault.h"

#include "base/pte.h"
#include "base/va.h"
#include "cpu_arch.h"
#include "kernel/cap.h"
#include "kernel/ipc.h"
#include "kernel/sched.h"
#include "memory_arch.h"

/* Who is asked next. */
enum fault_stage { ASK_PAGER, ASK_HANDLER, ASK_NOBODY };

/* Which bits an entry must have, and which not, on the way of an access. */
struct need {
    uint64_t mask, want;
};

static struct need need_of(enum fault_access access)
{
    uint64_t want = PTE_PRESENT | PTE_USER | (access == ACCESS_W ? PTE_WRITE : 0);

    return (struct need){ want | (access == ACCESS_X ? PTE_NX : 0), want };
}

static inline bool permits(struct need n, uint64_t e)
{
    return ((e ^ n.want) & n.mask) == 0;
}

/* True iff the tables of t's root permit the access now: the TLB was behind them. */
static bool spurious(const struct thread *t, enum fault_access access, vaddr_t va)
{
    struct need n = need_of(access);
    uint64_t e = pt_load((pfn_t)t->root, va_index(va, 4));

    if (!permits(n, e))
        return false;
    e = pt_load(pte_child(e), va_index(va, 3));
    if (!permits(n, e) || (e & PTE_LEAF) != 0)
        return permits(n, e);
    e = pt_load(pte_child(e), va_index(va, 2));
    if (!permits(n, e) || (e & PTE_LEAF) != 0)
        return permits(n, e);
    return permits(n, pt_load(pte_child(e), va_index(va, 1)));
}

/* The space's handler. */
static struct endpoint *pager_of(struct thread *t, uint32_t *badge)
{
    *badge = t->pager_badge;
    if (t->pager == NO_FRAME || frame_gen[t->pager] != t->pager_gen)
        return NULL;
    return object_get(t->pager, OBJ_ENDPOINT);
}

/* Its own. */
static struct endpoint *handler_of(struct thread *t, uint32_t *badge)
{
    struct cap *c = t->handler == 0 ? NULL : cap_get(t, t->handler, CAP_ENDPOINT, RIGHT_SEND);

    if (c == NULL)
        return NULL;
    *badge = c->badge;
    return c->object;
}

/* Ask whoever is next; after the last one the thread ends. */
static void ask(struct thread *t)
{
    struct endpoint *e = NULL;
    uint32_t badge;

    while (e == NULL && t->stage != ASK_NOBODY) {
        e = t->stage == ASK_PAGER ? pager_of(t, &badge) : handler_of(t, &badge);
        t->stage++;
    }
    if (e != NULL)
        ipc_send_fault(t, e, badge);
    else
        thread_end(t);
}

void fault_raise(enum fault_kind kind, enum fault_access access, enum fault_reason reason,
                 vaddr_t address, uint64_t error)
{
    struct thread *t = cpu_this()->current;

    if (kind == FAULT_PAGE && reason != REASON_RESERVED && spurious(t, access, address))
        return;
    t->fault.head = FAULT_HEAD | kind | (uint64_t)access << 8 | (uint64_t)reason << 16;
    t->fault.address = address;
    t->fault.error = error;
    t->stage = kind == FAULT_PAGE ? ASK_PAGER : ASK_HANDLER;
    t->ticks = 0;
    ask(t);
}

void fault_answered(struct thread *t, uint64_t answer, uint64_t ip)
{
    if (answer != FAULT_RETRY && answer != FAULT_JUMP) {
        ask(t);
        return;
    }
    if (answer == FAULT_JUMP)
        t->ctx.rip = ip;
    t->fault.head = 0;
    sched_ready(t);
}

void fault_bad_ip(void)
{
    struct thread *t = cpu_this()->current;

    t->full = 1;
    fault_raise(FAULT_ADDRESS, ACCESS_X, REASON_OTHER, t->ctx.rip, 0);
}
