#include "kernel/sched.h"

#include "cpu_arch.h"
#include "kernel/thread_queue.h"

static void enqueue(struct cpu *c, struct thread *t)
{
    thread_queue_add(&c->queues[t->priority], t);
    c->ready |= 1u << t->priority;
}

void sched_remove(struct thread *t)
{
    struct cpu *c = cpu_this();
    struct thread_queue *q = &c->queues[t->priority];

    if (c->handoff == t) {
        c->handoff = NULL;
        return;
    }
    thread_queue_remove(q, t);
    if (q->head == NULL)
        c->ready &= ~(1u << t->priority);
}

void sched_ready(struct thread *t)
{
    struct cpu *c = cpu_this();

    t->state = THREAD_READY;
    c->resched = 1;
    if (c->handoff == NULL)
        c->handoff = t;
    else
        enqueue(c, t);
}

void sched_rotate(void)
{
    struct cpu *c = cpu_this();
    struct thread *t = c->current;

    if (t == NULL || (c->ready & 1u << t->priority) == 0)
        return;
    enqueue(c, t);
    c->current = NULL;
    c->resched = 1;
}

static struct thread *pop_highest(struct cpu *c)
{
    uint32_t p = 31u - (uint32_t)__builtin_clz(c->ready);
    struct thread *t = c->queues[p].head;

    sched_remove(t);
    return t;
}

void sched_load_root(uint64_t root)
{
    struct cpu *c = cpu_this();
    uint64_t now = tlb_clock;

    if (c->root == frame_template)
        tlb_flushed[c->index] = now;
    c->root = root;
    tlb_root[c->index] = (uint32_t)root;
    cpu_load_cr3(root * PAGE_BYTES);
    c->cr3_loads++;
    tlb_flushed[c->index] = root == frame_template ? FLUSHED_FOREVER : now;
}

static void switch_root(const struct cpu *c, uint64_t root)
{
    if (c->root != root)
        sched_load_root(root);
}

/* Whoever was made ready last takes over from a thread that blocked, if nobody goes before
 * it: the usual case after a message. Else it goes into its queue. */
static struct thread *take_handoff(struct cpu *c, bool blocked)
{
    struct thread *t = c->handoff;

    c->handoff = NULL;
    if (t != NULL && (!blocked || (c->ready & t->above) != 0)) {
        enqueue(c, t);
        return NULL;
    }
    return t;
}

static struct thread *pick_queued(struct cpu *c)
{
    struct thread *t = NULL;

    c->current = NULL;
    while (t == NULL && c->ready == 0) {
        switch_root(c, frame_template);
        cpu_idle();
        t = take_handoff(c, true);
    }
    return t != NULL ? t : pop_highest(c);
}

struct thread *sched_pick(void)
{
    struct cpu *c = cpu_this();
    struct thread *t = c->current, *next;
    bool blocked = t == NULL || t->state != THREAD_READY;

    c->resched = 0;
    next = take_handoff(c, blocked);
    if (!blocked && (c->ready & t->above) == 0)
        next = t;
    else if (!blocked)
        enqueue(c, t); /* preempted */
    if (next == NULL)
        next = pick_queued(c);
    c->current = next;
    switch_root(c, next->root);
    return next;
}

bool sched_quiet(void)
{
    struct cpu *c = cpu_this();

    return c->ready == 0 && c->handoff == NULL;
}
