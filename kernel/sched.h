/* Fixed priorities, round robin within one. The running thread is in no queue. */
#pragma once
#include "kernel/cpu.h"

/* t, which was blocked, can run. Returns at once; sets resched if t goes before current. */
void sched_ready(struct thread *t);

/* t leaves its ready queue. */
void sched_remove(struct thread *t);

/* current goes behind the others of its priority. */
void sched_rotate(void);

/* The thread to run next, with its root loaded: current if it may go on, else the first of
 * the highest priority; idles until there is one. Called by entry.S before it leaves. */
struct thread *sched_pick(void);

/* Load this root, which flushes this CPU. The flush time is the clock as read before the load
 * and published after it; on the kernel root a CPU counts as flushed for ever, which it
 * withdraws before another root is stored (tlb.h; entry.S does the same). */
void sched_load_root(uint64_t root);

/* True iff nobody but current can run on this CPU. */
bool sched_quiet(void);
