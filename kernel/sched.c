#include "kernel/sched.h"

#include "cpu_arch.h"

static void enqueue(struct cpu *c, struct thread *t)
{
    struct ready_queue *q = &c->queues[t->priority];

    t->next = NULL;
    t->prev = q->tail;
    if (q->tail != NULL)
        q->tail->next = t;
    else
        q->head = t;
    q->tail = t;
    c->ready |= 1u << t->priority;
}

void sched_remove(struct thread *t)
{
    struct cpu *c = cpu_this();
    struct ready_queue *q = &c->queues[t->priority];

    if (t->prev != NULL)
        t->prev->next = t->next;
    else
        q->head = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    else
        q->tail = t->prev;
    t->next = t->prev = NULL;
    if (q->head == NULL)
        c->ready &= ~(1u << t->priority);
}

void sched_ready(struct thread *t)
{
    struct cpu *c = cpu_this();

    t->state = THREAD_READY;
    enqueue(c, t);
    c->resched = 1;
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

/* The flush time is the clock as read before the load and published after it (tlb.h). */
static void load_root(struct cpu *c, uint64_t root)
{
    uint64_t now = tlb_clock;

    if (c->root == root)
        return;
    if (c->root == frame_template)
        tlb_flushed[c->index] = now;
    c->root = root;
    tlb_root[c->index] = (uint32_t)root;
    cpu_load_cr3(root * PAGE_BYTES);
    c->cr3_loads++;
    tlb_flushed[c->index] = root == frame_template ? FLUSHED_FOREVER : now;
}

struct thread *sched_pick(void)
{
    struct cpu *c = cpu_this();
    struct thread *t = c->current;

    c->resched = 0;
    if (t != NULL && t->state != THREAD_READY)
        t = NULL;
    if (t != NULL && (c->ready & t->above) != 0) {
        /* Preempted, not yielding: it keeps its turn among its equals. */
        enqueue(c, t);
        t = NULL;
    }
    if (t == NULL) {
        c->current = NULL;
        while (c->ready == 0) {
            load_root(c, frame_template);
            cpu_idle();
        }
        t = pop_highest(c);
    }
    c->current = t;
    load_root(c, t->root);
    return t;
}

bool sched_quiet(void) { return cpu_this()->ready == 0; }
