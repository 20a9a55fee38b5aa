/* The table of system calls (include/abi/syscall.h), for what entry.S does not do itself. */
#pragma once
#include "kernel/thread.h"

/* t's message registers are saved in t->ctx; answers go there too. */
void syscall_dispatch(struct thread *t);

/* Boot only: fills the table of every CPU's kstat. */
extern uint64_t object_count;
