#include "kernel/panic.h"

#include <assert.h>
#include <stdio.h>

#include "cpu_arch.h"
#include "kernel/cpu.h"
#include "kernel/klog.h"

static void registers(const struct context *c)
{
    klog("PANIC  rip %#018lx rsp %#018lx rflags %#lx\n", c->rip, c->rsp, c->rflags);
    klog("PANIC  rax %#018lx rbx %#018lx rcx %#018lx\n", c->rax, c->rbx, c->rcx);
    klog("PANIC  rdx %#018lx rsi %#018lx rdi %#018lx\n", c->rdx, c->rsi, c->rdi);
    klog("PANIC  rbp %#018lx r8  %#018lx r9  %#018lx\n", c->rbp, c->r8, c->r9);
    klog("PANIC  r10 %#018lx r11 %#018lx r12 %#018lx\n", c->r10, c->r11, c->r12);
    klog("PANIC  r13 %#018lx r14 %#018lx r15 %#018lx\n", c->r13, c->r14, c->r15);
}

static bool kernel_pointer(uint64_t p)
{
    return p >= 0xffffffff80000000u && p % 8 == 0;
}

/* Frame pointers are kept in the kernel: each frame is (caller's rbp, return address). */
static void back_trace(uint64_t rbp)
{
    for (int depth = 0; depth < 16 && kernel_pointer(rbp); depth++) {
        const uint64_t *frame = (const uint64_t *)rbp;

        if (frame[1] == 0)
            break;
        klog("PANIC  called from %#018lx\n", frame[1] - 1);
        rbp = frame[0];
    }
}

static void each_cpu(void)
{
    for (uint32_t i = 0; i < tlb_cpus; i++) {
        const struct thread *t = cpus[i].current;

        if (t == NULL)
            klog("PANIC  cpu %u idle, root %#lx\n", i, cpus[i].root);
        else
            klog("PANIC  cpu %u ran thread %#x at %#018lx, root %#lx\n", i, t->frame,
                 t->ctx.rip, cpus[i].root);
    }
}

static _Noreturn void finish(void)
{
    each_cpu();
    klog("PANIC end\n");
    klog_drain();
    cpu_out8(0xf4, 0x12);
    for (const char *s = "Shutdown"; *s != '\0'; s++)
        cpu_out8(0x8900, (uint8_t)*s);
    for (;;)
        cpu_halt();
}

void panic(const char *cause)
{
    klog("PANIC %s\n", cause);
    back_trace((uint64_t)__builtin_frame_address(0));
    finish();
}

void assert_fail(const char *text, const char *file, int line)
{
    char cause[120];

    snprintf(cause, sizeof cause, "assertion failed: %s, %s:%d", text, file, line);
    panic(cause);
}

void panic_thread(const char *cause, const struct thread *t)
{
    klog("PANIC %s: thread %#x\n", cause, t->frame);
    klog("PANIC  fault %#lx address %#018lx error %#lx\n", t->fault.head, t->fault.address,
         t->fault.error);
    registers(&t->ctx);
    finish();
}

static const char *const exception[32] = {
    [0] = "division by zero", [1] = "debug exception",     [2] = "non-maskable interrupt",
    [3] = "breakpoint",       [6] = "invalid instruction", [7] = "no floating point unit",
    [8] = "double fault",     [10] = "invalid task state", [11] = "segment not present",
    [12] = "stack fault",     [13] = "general protection", [14] = "page fault",
    [17] = "alignment check", [18] = "machine check",
};

void panic_trap(const struct trap_frame *f, uint64_t rbp)
{
    const char *name = f->vector < 32 ? exception[f->vector] : NULL;

    klog("PANIC %s in the kernel at %#018lx\n", name != NULL ? name : "exception", f->rip);
    klog("PANIC  vector %lu error %#lx cr2 %#018lx\n", f->vector, f->error, cpu_read_cr2());
    klog("PANIC  rsp %#018lx rflags %#lx\n", f->rsp, f->rflags);
    back_trace(rbp);
    finish();
}
