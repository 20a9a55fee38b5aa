/* What each CPU owns: cpu_this() of cpu_arch.h finds it. Offsets: arch/x86_64/offsets.h. */
#pragma once
#include "cpu_arch.h"
#include "kernel/thread.h"

struct cpu {
    struct cpu *self;
    uint64_t user_rsp;      /* scratch of the system call entry */
    struct thread *current; /* NULL while idle */
    uint64_t stack;         /* top of the kernel stack */
    uint64_t root;          /* level-4 node in CR3 */
    uint64_t index;
    uint64_t queue; /* offset of this CPU's endpoint_queue in an endpoint */
    uint64_t ipc, cr3_loads, syscalls;
    uint32_t ready;   /* bit p: a thread of priority p is ready */
    uint32_t resched; /* current may not simply go on */
    struct thread
        *handoff; /* made ready last, in no queue: runs next if nobody goes before it */
    struct thread_queue queues[PRIORITY_MAX + 1];
    uint64_t ticks;
    struct thread_queue till_tick; /* receivers that wait no longer than until the next tick */
};

extern struct cpu cpus[CPU_MAX];
