/*
 * Exceptions and interrupts. From user mode: all registers into the current thread, then C.
 * From the kernel: only the idle loop's interrupts and the harmless #DB and NMI come back.
 */
#include "registers.inc"

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
        mov     %rax, T_rax(%rbx)
        pop     %rax
        mov     %rax, T_rbx(%rbx)
        save    rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
        mov     F_RIP(%rsp), %rax
        mov     %rax, T_rip(%rbx)
        mov     F_RFLAGS(%rsp), %rax
        mov     %rax, T_rflags(%rbx)
        mov     F_RSP(%rsp), %rax
        mov     %rax, T_rsp(%rbx)
        movl    $1, T_FULL(%rbx)
        mov     F_VECTOR(%rsp), %rdi
        mov     F_ERROR(%rsp), %rsi
        mov     %gs:CPU_STACK, %rsp
        xor     %ebp, %ebp
        pushq   $2                              # the user's flags end here: DF, and AC, which
        popfq                                   # would open what SMAP closes
        call    trap_user                       # void trap_user(vector, error)
        jmp     leave

# Only caller-saved registers need keeping: what interrupted C code returns to it.
trap_from_kernel:
        .irp    r, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11, rbp
        push    %\r
        .endr
        mov     %rsp, %rbp
        lea     80(%rsp), %rdi                  # the frame
        and     $-16, %rsp
        cld
        call    trap_kernel                     # void trap_kernel(struct trap_frame *)
        mov     %rbp, %rsp
        .irp    r, rbp, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
        pop     %\r
        .endr
        add     $16, %rsp
        iretq
