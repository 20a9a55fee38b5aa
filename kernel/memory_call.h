/* The system calls that need the MEMORY capability: frames, edits, flushes, objects. */
#pragma once
#include "kernel/thread.h"

/* SYS_PT_EDIT1, the one that has to be quick; its status goes to t, too.
 * Requires: t holds MEMORY. */
void memory_call_edit1(struct thread *t);

/* Any of them, with the registers of the current thread. Requires: it holds MEMORY,
 * SYS_PT_EDIT <= nr < SYS_COUNT, nr != SYS_PT_EDIT1. */
NODISCARD status_t memory_call(struct context *r, uint32_t nr);

/* SYS_THREAD_STATE and SYS_THREAD_INFO: what thread f is doing, into r. Returns: OK; E_TYPE. */
NODISCARD status_t memory_call_thread_info(struct context *r, uint64_t f);
