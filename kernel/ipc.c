#include "kernel/ipc.h"

#include "cpu_arch.h"
#include "kernel/fault.h"
#include "kernel/sched.h"
#include "kernel/thread_queue.h"
#include "memory_arch.h"

enum { TICK_STEPS = 16 }; /* threads that one tick lets go on; others wait for the next */

static struct endpoint_queue *queue_here(struct endpoint *e)
{
    return &e->queue[cpu_this()->index];
}

/* Copy extra words between message pages. Returns how many arrived: a thread without a page
 * gets none. */
static uint32_t copy_extra(struct thread *to, const struct thread *from, uint32_t extra)
{
    if (extra == 0 || to->message == NO_FRAME || from->message == NO_FRAME)
        return 0;
    cpu_copy_words(frame_address(to->message), frame_address(from->message), extra);
    return extra;
}

static bool extra_ok(const struct thread *t, uint64_t extra)
{
    return extra == 0 || (extra <= IPC_EXTRA_MAX && t->message != NO_FRAME);
}

static void put_words(struct context *to, const struct context *from)
{
    to->rsi = from->rsi;
    to->rdx = from->rdx;
    to->r10 = from->r10;
    to->r8 = from->r8;
    to->r9 = from->r9;
}

static void put_fault(struct context *to, const struct thread *t)
{
    to->rsi = t->fault.head;
    to->rdx = t->fault.address;
    to->r10 = t->ctx.rip;
    to->r8 = t->ctx.rsp;
    to->r9 = t->fault.error;
}

/* Hand sender's message to receiver; sender then waits for the reply. */
static void deliver(struct thread *receiver, struct thread *sender)
{
    uint32_t extra = 0;

    if (sender->fault.head != 0) {
        put_fault(&receiver->ctx, sender);
        extra = IPC_FAULT;
    } else {
        put_words(&receiver->ctx, &sender->ctx);
        extra = copy_extra(receiver, sender, sender->extra);
    }
    sender->state = THREAD_WAITING;
    sender->token += TOKEN_STEP;
    receiver->ctx.rax = sender->token;
    receiver->ctx.rdi = sender->badge | (uint64_t)extra << 32;
    cpu_this()->ipc++;
}

static struct thread *receiver_of(const struct endpoint_queue *q)
{
    return q->waiter != NULL ? q->waiter : q->till_tick;
}

/* t, the receiver here, waits no longer. */
static void stop_receiving(struct endpoint_queue *q, struct thread *t)
{
    t->wait = NULL;
    if (q->waiter == t) {
        q->waiter = NULL;
        return;
    }
    q->till_tick = NULL;
    thread_queue_remove(&cpu_this()->till_tick, t);
}

/* t, blocked as the caller, is received now or queued. */
static void send(struct thread *t, struct endpoint *e, uint32_t badge, uint32_t extra)
{
    struct endpoint_queue *q = queue_here(e);
    struct thread *receiver = receiver_of(q);

    t->wait = e;
    t->badge = badge;
    t->extra = extra;
    cpu_this()->resched = 1;
    if (receiver == NULL) {
        t->state = THREAD_SENDING;
        thread_queue_add(&q->callers, t);
        return;
    }
    stop_receiving(q, receiver);
    deliver(receiver, t);
    sched_ready(receiver);
}

/* The capability in the slot that t names in rdi, an endpoint with this right; else NULL, and
 * t is told. */
static struct cap *named(struct thread *t, enum cap_right right)
{
    struct cap *c = cap_get(t, (uint32_t)t->ctx.rdi, CAP_ENDPOINT, right);

    if (c == NULL)
        t->ctx.rax = (uint64_t)E_CAP;
    return c;
}

void ipc_call(struct thread *t)
{
    struct cap *c = named(t, RIGHT_SEND);
    uint64_t extra = t->ctx.rdi >> 32;

    if (c == NULL)
        return;
    if (extra_ok(t, extra))
        send(t, c->object, c->badge, (uint32_t)extra);
    else
        t->ctx.rax = (uint64_t)E_INVAL;
}

void ipc_send_fault(struct thread *t, struct endpoint *e, uint32_t badge)
{
    send(t, e, badge, 0);
}

static void wait_to_receive(struct thread *t, struct endpoint *e)
{
    t->state = THREAD_RECEIVING;
    t->wait = e;
    cpu_this()->resched = 1;
}

static void receive(struct thread *t, struct endpoint *e)
{
    struct endpoint_queue *q = queue_here(e);

    if (e->bits != 0) {
        t->ctx.rax = 0;
        t->ctx.rdi = 0;
        t->ctx.rsi = e->bits;
        e->bits = 0;
    } else if (q->callers.head != NULL) {
        struct thread *sender = q->callers.head;

        thread_queue_remove(&q->callers, sender);
        deliver(t, sender);
    } else if (receiver_of(q) != NULL) {
        t->ctx.rax = (uint64_t)E_BUSY;
    } else {
        q->waiter = t;
        wait_to_receive(t, e);
    }
}

/* Nothing is there, and nobody can send before the tick if nobody else can run. */
static void receive_till_tick(struct thread *t, struct endpoint *e)
{
    if (sched_quiet()) {
        t->ctx.rax = (uint64_t)E_NOTQUIET;
        return;
    }
    queue_here(e)->till_tick = t;
    thread_queue_add(&cpu_this()->till_tick, t);
    wait_to_receive(t, e);
}

static bool would_wait(struct endpoint *e)
{
    const struct endpoint_queue *q = queue_here(e);

    return e->bits == 0 && q->callers.head == NULL && receiver_of(q) == NULL;
}

void ipc_recv(struct thread *t)
{
    struct cap *c = named(t, RIGHT_RECV);
    uint64_t how = t->ctx.rdi >> 32;

    if (c == NULL || how > SYS_RECV_TICK)
        t->ctx.rax = (uint64_t)E_CAP;
    else if (how == SYS_RECV_TICK && would_wait(c->object))
        receive_till_tick(t, c->object);
    else
        receive(t, c->object);
}

void ipc_tick(void)
{
    struct thread *t = cpu_this()->till_tick.head;

    for (uint32_t n = 0; t != NULL && n < TICK_STEPS; n++) {
        stop_receiving(queue_here(t->wait), t);
        t->ctx.rax = (uint64_t)E_NOTQUIET;
        t->ctx.rdi = 0;
        sched_ready(t);
        t = cpu_this()->till_tick.head;
    }
}

/* The thread that waits at e for exactly this reply, or NULL. */
static struct thread *reply_target(struct endpoint *e, uint64_t token)
{
    struct thread *to = object_get(token % TOKEN_STEP, OBJ_THREAD);

    if (to == NULL || to->token != token || to->state != THREAD_WAITING || to->wait != e)
        return NULL;
    return to;
}

/* Answer `to` with t's words. */
static void answer(struct thread *to, struct thread *t, uint32_t extra)
{
    to->wait = NULL;
    cpu_this()->ipc++;
    if (to->fault.head != 0) {
        fault_answered(to, t->ctx.rsi, t->ctx.rdx);
        return;
    }
    put_words(&to->ctx, &t->ctx);
    to->ctx.rax = OK;
    to->ctx.rdi = (uint64_t)copy_extra(to, t, extra) << 32;
    sched_ready(to);
}

static status_t reply(struct thread *t, struct endpoint *e, uint64_t extra)
{
    struct thread *to = reply_target(e, t->ctx.rbx);

    if (to == NULL)
        return E_PEER;
    if (!extra_ok(t, extra))
        return E_INVAL;
    answer(to, t, (uint32_t)extra);
    return OK;
}

void ipc_reply(struct thread *t)
{
    struct cap *c = named(t, RIGHT_RECV);

    if (c != NULL)
        t->ctx.rax = (uint64_t)reply(t, c->object, t->ctx.rdi >> 32);
}

void ipc_reply_recv(struct thread *t)
{
    struct cap *c = named(t, RIGHT_RECV);
    struct endpoint *e;

    if (c == NULL)
        return;
    e = c->object;
    if (reply(t, e, t->ctx.rdi >> 32) != OK) {
        /* Not reported: a caller that died needs no answer. */
    }
    receive(t, e);
}

void ipc_notify_endpoint(struct endpoint *e, uint64_t bits)
{
    struct endpoint_queue *q = queue_here(e);
    struct thread *receiver = receiver_of(q);

    e->bits |= bits;
    if (receiver == NULL)
        return;
    stop_receiving(q, receiver);
    receive(receiver, e);
    sched_ready(receiver);
}

void ipc_notify(struct thread *t)
{
    struct cap *c = cap_get(t, t->ctx.rdi, CAP_ENDPOINT, RIGHT_NOTIFY);

    t->ctx.rax = (uint64_t)(c == NULL ? E_CAP : OK);
    if (c != NULL && t->ctx.rsi != 0)
        ipc_notify_endpoint(c->object, t->ctx.rsi);
}

void ipc_leave(struct thread *t)
{
    struct endpoint *e = t->wait;

    if (e == NULL)
        return;
    if (t->state == THREAD_SENDING)
        thread_queue_remove(&queue_here(e)->callers, t);
    else if (t->state == THREAD_RECEIVING)
        stop_receiving(queue_here(e), t);
    t->wait = NULL;
}

void ipc_abort(struct thread *t)
{
    bool faulting = t->fault.head != 0;

    ipc_leave(t);
    if (faulting) {
        fault_answered(t, FAULT_REFUSE, 0);
        return;
    }
    t->ctx.rax = (uint64_t)E_PEER;
    t->ctx.rdi = 0;
    sched_ready(t);
}
