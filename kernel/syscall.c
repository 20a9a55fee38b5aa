#include "kernel/syscall.h"

#include "cpu_arch.h"
#include "kernel/device.h"
#include "kernel/fault.h"
#include "kernel/ipc.h"
#include "kernel/memory_call.h"
#include "kernel/sched.h"

static void put(struct thread *t, status_t st)
{
    t->ctx.rax = (uint64_t)(int64_t)st;
}

static void sys_yield(struct thread *t)
{
    put(t, OK);
    sched_rotate();
}

static void sys_exit(struct thread *t)
{
    t->fault.head = FAULT_HEAD | FAULT_EXIT;
    t->fault.address = t->ctx.rdi;
    thread_end(t);
}

static void sys_clock(struct thread *t)
{
    uint64_t tsc = cpu_tsc(), hz = timer_tsc_per_second();

    put(t, OK);
    t->ctx.rsi = tsc / hz * 1000000 + tsc % hz * 1000000 / hz;
    t->ctx.rdx = cpu_this()->ticks;
}

static void sys_quiet(struct thread *t)
{
    put(t, OK);
    t->ctx.rsi = !sched_quiet()                       ? QUIET_NOT
                 : cpu_this()->till_tick.head != NULL ? QUIET_TILL_TICK
                                                      : QUIET;
}

static void sys_thread_state(struct thread *t)
{
    struct cap *c = cap_get(t, t->ctx.rdi, CAP_THREAD, RIGHT_STATE);

    put(t, c == NULL ? E_CAP : memory_call_thread_info(&t->ctx, c->frame));
}

static void sys_cap_copy(struct thread *t)
{
    put(t, cap_copy(t, t->ctx.rdi, t->ctx.rsi, t->ctx.rdx, (uint32_t)t->ctx.r10,
                    (uint32_t)t->ctx.r8));
}

static void sys_cap_drop(struct thread *t)
{
    put(t, cap_drop(t, t->ctx.rdi));
}

/* entry.S itself answers SYS_NULL. */
static void (*const table[SYS_PT_EDIT])(struct thread *) = {
    [SYS_CALL] = ipc_call,          [SYS_RECV] = ipc_recv,
    [SYS_REPLY] = ipc_reply,        [SYS_REPLY_RECV] = ipc_reply_recv,
    [SYS_NOTIFY] = ipc_notify,      [SYS_YIELD] = sys_yield,
    [SYS_EXIT] = sys_exit,          [SYS_CLOCK] = sys_clock,
    [SYS_QUIET] = sys_quiet,        [SYS_THREAD_STATE] = sys_thread_state,
    [SYS_CAP_COPY] = sys_cap_copy,  [SYS_CAP_DROP] = sys_cap_drop,
    [SYS_PORT] = device_port,       [SYS_IRQ_BIND] = device_irq_bind,
    [SYS_IRQ_ACK] = device_irq_ack,
};

void syscall_dispatch(struct thread *t)
{
    uint64_t nr = t->ctx.rax;

    t->ticks = 0;
    if (nr == SYS_PT_EDIT1 && t->caps[SLOT_MM].kind == CAP_MEMORY) {
        memory_call_edit1(t);
    } else if (nr < SYS_PT_EDIT) {
        table[nr](t);
    } else if (nr >= SYS_COUNT) {
        t->full = 1;
        t->ctx.rcx = t->ctx.r11 = 0;
        fault_raise(FAULT_SYSCALL, ACCESS_X, REASON_OTHER, nr, 0);
    } else if (t->caps[SLOT_MM].kind != CAP_MEMORY) {
        put(t, E_CAP);
    } else {
        put(t, memory_call(&t->ctx, (uint32_t)nr));
    }
}
