/* The system calls that need the MEMORY capability: frames, edits, flushes, objects. */
#pragma once
#include "kernel/thread.h"

/* SYS_PT_EDIT1, the one that has to be quick; its status goes to t, too.
 * Requires: t holds MEMORY. */
void memory_call_edit1(struct thread *t);

/* Any of them. Requires: t holds MEMORY, SYS_PT_EDIT <= nr < SYS_COUNT, nr != SYS_PT_EDIT1. */
NODISCARD status_t memory_call(struct thread *t, uint32_t nr);

/* SYS_THREAD_STATE and SYS_THREAD_INFO: what thread f is doing, into t's registers. */
void memory_call_thread_info(struct thread *t, pfn_t f);
