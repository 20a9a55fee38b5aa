/* Threads: their settings, the space they run in, their end. */
#include "kernel/thread.h"

#include "cpu_arch.h"
#include "kernel/death.h"
#include "kernel/ipc.h"
#include "kernel/sched.h"
#include "memory_arch.h"

static status_t set_table(struct thread *t, uint64_t value)
{
    struct cap_table *ct = object_get(value, OBJ_TABLE);

    if (ct == NULL)
        return E_TYPE;
    if (t->table != NO_FRAME)
        return E_BUSY;
    ct->users++;
    t->table = (pfn_t)value;
    t->caps = ct->cap;
    return OK;
}

static status_t set_message(struct thread *t, uint64_t value)
{
    status_t st = OK;

    if (value != NO_FRAME)
        st = frame_pin(value);
    if (st != OK)
        return st;
    if (t->message != NO_FRAME)
        frame_unpin(t->message);
    t->message = (pfn_t)value;
    return OK;
}

static status_t set_pager(struct thread *t, uint64_t value)
{
    if (value != NO_FRAME && object_get(value, OBJ_ENDPOINT) == NULL)
        return E_TYPE;
    t->pager = (pfn_t)value;
    if (value != NO_FRAME)
        t->pager_gen = frame_gen[value];
    return OK;
}

/* Not while it is ready: a queue is found by priority. */
static status_t set_priority(struct thread *t, uint64_t value)
{
    if (value > PRIORITY_MAX)
        return E_INVAL;
    if (t->state == THREAD_READY)
        return E_BUSY;
    t->priority = (uint32_t)value;
    t->above = ~((2u << value) - 1);
    return OK;
}

status_t thread_set(uint64_t f, uint64_t field, uint64_t value)
{
    struct thread *t = object_get(f, OBJ_THREAD);

    if (t == NULL)
        return E_TYPE;
    switch (field) {
    case THREAD_TABLE:
        return set_table(t, value);
    case THREAD_PRIORITY:
        return set_priority(t, value);
    case THREAD_MESSAGE:
        return set_message(t, value);
    case THREAD_HANDLER:
        t->handler = (uint32_t)value;
        return OK;
    case THREAD_PAGER:
        return set_pager(t, value);
    case THREAD_PAGER_BADGE:
        t->pager_badge = (uint32_t)value;
        return OK;
    case THREAD_LIMIT:
        t->limit = (uint32_t)value;
        return OK;
    default:
        return E_INVAL;
    }
}

/* The last unbind stamps the root; whoever still has it loaded counts as not flushed. */
static uint64_t unbind(struct thread *t)
{
    pfn_t old = (pfn_t)t->root;

    if (old == frame_template)
        return 0;
    t->root = frame_template;
    frame_parent[old]--;
    if (frame_parent[old] == 0)
        frame_stamp[old] = tlb_stamp();
    return tlb_ticket(old);
}

status_t thread_bind(uint64_t f, uint64_t root, uint64_t *ticket)
{
    struct thread *t = object_get(f, OBJ_THREAD);

    if (t == NULL)
        return E_TYPE;
    if (root != NO_FRAME && (root >= frame_count || frame_type[root] != FRAME_PT4))
        return E_TYPE;
    if (root != NO_FRAME)
        frame_parent[root]++;
    *ticket = unbind(t);
    if (root != NO_FRAME)
        t->root = root;
    cpu_this()->resched = 1; /* if it was the current thread: load the new root */
    return OK;
}

status_t thread_start(uint64_t f, uint64_t ip, uint64_t sp, uint64_t arg)
{
    struct thread *t = object_get(f, OBJ_THREAD);

    if (t == NULL || t->table == NO_FRAME)
        return E_TYPE;
    if (t->state != THREAD_STOPPED)
        return E_BUSY;
    t->ctx.rip = ip;
    t->ctx.rsp = sp;
    t->ctx.rdi = arg;
    t->ctx.rflags = 0x202;
    t->full = 1;
    sched_ready(t);
    return OK;
}

void thread_end(struct thread *t)
{
    struct cpu *c = cpu_this();

    if (t->state == THREAD_READY && c->current != t)
        sched_remove(t);
    ipc_leave(t);
    t->state = THREAD_DEAD;
    if (unbind(t) != 0) {
        /* Nobody waits for this ticket: the root's own stamp says when it is quiet. */
    }
    c->resched = 1;
    death_notify(t);
}
