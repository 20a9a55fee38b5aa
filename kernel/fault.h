/*
 * A fault of a user thread: retried if spurious, else sent to the space's handler, then to the
 * thread's own, else the thread ends. Each may refuse to the next, a dead one refuses.
 */
#pragma once
#include "kernel/thread.h"

/* The current thread did this. Its context is saved and full. */
void fault_raise(enum fault_kind kind, enum fault_access access, enum fault_reason reason,
                 vaddr_t address, uint64_t error);

/* The handler of t's fault answered: enum fault_answer, and the ip of FAULT_JUMP. */
void fault_answered(struct thread *t, uint64_t answer, uint64_t ip);

/* entry.S: the current thread would go on at a non-canonical address. */
void fault_bad_ip(void);
