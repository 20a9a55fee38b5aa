/*
 * Exceptions and interrupts. From user mode: all registers into the current thread, then C.
 * From the kernel: only the idle loop's interrupts and the harmless #DB and NMI come back.
 */
#include "offsets.h"

# What lies on the stack once a stub has pushed its vector: vector, error, ip, cs, flags, sp, ss
#define F_VECTOR 0
#define F_ERROR 8
#define F_RIP 16
#define F_CS 24
#define F_RFLAGS 32
#define F_RSP 40

        .text
        .altmacro
        .macro stub vector
        .align 16
        .set has_code, (\vector == 8) || (\vector >= 10 && \vector <= 14)
        .set has_code, has_code || (\vector == 17) || (\vector == 21)
        .set has_code, has_code || (\vector == 29) || (\vector == 30)
        .if has_code
        .else
        pushq   $0                              # the processor pushed no error code
        .endif
        pushq   $\vector
        jmp     trap_common
        .endm

# 256 stubs of 16 bytes each, in order (trap.c takes their addresses from trap_stubs).
        .global trap_stubs
        .align 16
trap_stubs:
        .set v, 0
        .rept 256
        stub %v
        .set v, v + 1
        .endr
        .align 16

trap_common:
        testb   $3, F_CS(%rsp)
        jz      trap_from_kernel
        swapgs
        push    %rbx
        mov     %gs:CPU_CURRENT, %rbx
        mov     %rax, T_RAX(%rbx)
        pop     %rax
        mov     %rax, T_RBX(%rbx)
        mov     %rcx, T_RCX(%rbx)
        mov     %rdx, T_RDX(%rbx)
        mov     %rsi, T_RSI(%rbx)
        mov     %rdi, T_RDI(%rbx)
        mov     %rbp, T_RBP(%rbx)
        mov     %r8, T_R8(%rbx)
        mov     %r9, T_R9(%rbx)
        mov     %r10, T_R10(%rbx)
        mov     %r11, T_R11(%rbx)
        mov     %r12, T_R12(%rbx)
        mov     %r13, T_R13(%rbx)
        mov     %r14, T_R14(%rbx)
        mov     %r15, T_R15(%rbx)
        mov     F_RIP(%rsp), %rax
        mov     %rax, T_RIP(%rbx)
        mov     F_RFLAGS(%rsp), %rax
        mov     %rax, T_RFLAGS(%rbx)
        mov     F_RSP(%rsp), %rax
        mov     %rax, T_RSP(%rbx)
        movl    $1, T_FULL(%rbx)
        mov     F_VECTOR(%rsp), %rdi
        mov     F_ERROR(%rsp), %rsi
        mov     %gs:CPU_STACK, %rsp
        xor     %ebp, %ebp
        cld
        call    trap_user                       # void trap_user(vector, error)
        jmp     leave

# Only caller-saved registers need keeping: what interrupted C code returns to it.
trap_from_kernel:
        push    %rax
        push    %rcx
        push    %rdx
        push    %rsi
        push    %rdi
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %rbp
        mov     %rsp, %rbp
        lea     80(%rsp), %rdi                  # the frame
        and     $-16, %rsp
        cld
        call    trap_kernel                     # void trap_kernel(struct trap_frame *)
        mov     %rbp, %rsp
        pop     %rbp
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rdi
        pop     %rsi
        pop     %rdx
        pop     %rcx
        pop     %rax
        add     $16, %rsp
        iretq
