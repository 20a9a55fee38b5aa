/*
 * Faults as messages. The faulting thread "calls" its handler with these words:
 *   w0 = FAULT_HEAD | kind | access << 8 | reason << 16
 *   w1 = address (page faults), w2 = instruction pointer, w3 = stack pointer,
 *   w4 = error code of the processor
 * The handler replies with w0 = enum fault_answer; w1 = instruction pointer for FAULT_JUMP.
 */
#pragma once
#include "abi/types.h"

#define FAULT_HEAD 0xfa000000u

enum fault_kind {
    FAULT_NONE,
    FAULT_PAGE,
    FAULT_PROTECTION, /* #GP, #SS, #NP, #AC */
    FAULT_OPCODE,     /* #UD, #NM, #MF, #XM: x87 and SSE are off */
    FAULT_DIVIDE,     /* #DE, #OF, #BR */
    FAULT_DEBUG,      /* #DB, #BP */
    FAULT_ADDRESS,    /* a non-canonical instruction pointer */
    FAULT_LIMIT,      /* ran longer than THREAD_LIMIT */
    FAULT_SYSCALL,    /* unknown system call number */
    FAULT_EXIT,       /* not a fault: the thread called SYS_EXIT (address = code) */
    FAULT_KINDS
};
enum fault_access { ACCESS_R, ACCESS_W, ACCESS_X };
enum fault_reason { REASON_NOTPRESENT, REASON_PROTECTION, REASON_RESERVED, REASON_OTHER };

enum fault_answer {
    FAULT_RETRY,  /* run the instruction again */
    FAULT_JUMP,   /* go on at w1; all other registers as they were */
    FAULT_REFUSE, /* ask the next handler; after the last one the thread ends */
};

static inline enum fault_kind fault_kind(uint64_t w0)
{
    return (enum fault_kind)(w0 & 0xff);
}
static inline enum fault_access fault_access(uint64_t w0)
{
    return (enum fault_access)(w0 >> 8 & 0xff);
}
static inline enum fault_reason fault_reason(uint64_t w0)
{
    return (enum fault_reason)(w0 >> 16 & 0xff);
}
