/* The end: one readable record on the debug port and COM2, then the emulator's panic exit. */
#pragma once
#include "kernel/thread.h"

_Noreturn void panic(const char *cause);

/* The same, with the registers and the fault of a user thread. */
_Noreturn void panic_thread(const char *cause, const struct thread *t);

/* The same, for an exception in the kernel itself. */
struct trap_frame {
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};
_Noreturn void panic_trap(const struct trap_frame *f, uint64_t rbp);
