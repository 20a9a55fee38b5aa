/*
 * The probe's page (see probe.h). The kernel links section .probe, puts it alone on one
 * page, and maps that page read-only and user-executable at PROBE_BASE in every root.
 *
 * The code is position-independent except for one constant: the address of `landing`, which
 * code that PROBE_EXEC jumped to finds on its stack when it returns. Nothing here writes
 * memory but the stores that were asked for.
 */
#include "clients/agent/probe.h"

.set SYS_CALL, 1              /* enum sys, asserted in agent_probe.c */
.set SYS_EXIT, 7
.set PROBE_PAGE, 0xffff968000000000 /* PROBE_BASE, asserted there too */

.macro routine name, offset
    .org probe_page + \offset, 0xcc
    \name:
.endm

    .section .probe, "ax", @progbits
    .balign 4096
    .globl probe_page
    .type probe_page, @object
probe_page:

/* Entry: rdi is the thread's argument and not used; nothing is known about the registers. */
routine entry, PROBE_ENTRY
    xorl %esi, %esi
    movl $PROBE_SAYS_READY, %edx
    jmp ask

/* The value found is in rsi. */
routine done, PROBE_DONE
    movl $PROBE_SAYS_DONE, %edx
ask:
    xorl %r10d, %r10d
    xorl %r8d, %r8d
    xorl %r9d, %r9d
    movl $PROBE_SLOT, %edi
    movl $SYS_CALL, %eax
    syscall
    testq %rax, %rax
    js end
    jmp *%rsi

/* The agent is gone. */
routine end, PROBE_END
    movl $1, %edi
    movl $SYS_EXIT, %eax
    syscall
    jmp end

routine load8, PROBE_LOAD8
    movzbl (%rdx), %esi
    jmp done
routine load16, PROBE_LOAD16
    movzwl (%rdx), %esi
    jmp done
routine load32, PROBE_LOAD32
    movl (%rdx), %esi
    jmp done
routine load64, PROBE_LOAD64
    movq (%rdx), %rsi
    jmp done

routine store8, PROBE_STORE8
    movb %r10b, (%rdx)
    xorl %esi, %esi
    jmp done
routine store16, PROBE_STORE16
    movw %r10w, (%rdx)
    xorl %esi, %esi
    jmp done
routine store32, PROBE_STORE32
    movl %r10d, (%rdx)
    xorl %esi, %esi
    jmp done
routine store64, PROBE_STORE64
    movq %r10, (%rdx)
    xorl %esi, %esi
    jmp done

routine exec, PROBE_EXEC
    leaq stack(%rip), %rsp
    jmp *%rdx
routine landing, PROBE_LANDING
    xorl %esi, %esi
    jmp done

routine stack, PROBE_STACK
    .quad PROBE_PAGE + PROBE_LANDING

    .org probe_page + PROBE_BYTES, 0xcc
    .size probe_page, PROBE_BYTES
    .section .note.GNU-stack, "", @progbits
