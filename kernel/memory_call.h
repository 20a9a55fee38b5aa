/* The system calls that need the MEMORY capability: frames, edits, flushes, objects. */
#pragma once
#include "kernel/thread.h"

/* Requires: t holds MEMORY, SYS_PT_EDIT <= nr < SYS_COUNT. */
NODISCARD status_t memory_call(struct thread *t, uint32_t nr);

/* SYS_THREAD_STATE and SYS_THREAD_INFO: what thread f is doing, into t's registers. */
void memory_call_thread_info(struct thread *t, pfn_t f);
