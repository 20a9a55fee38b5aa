/*
 * The system call entry, the two IPC fast paths, and the way back to user mode.
 *
 * On entry (SYSCALL): rcx = user ip, r11 = user flags, interrupts off, user stack. What the C
 * ABI keeps is saved in the thread at once; message registers stay where they are, and on the
 * fast paths they are the message. Anything unusual falls to slow_call, which saves them too
 * and goes to C.
 */
#include "registers.inc"
#include "selectors.h"

# r12 is ready: make it the current thread (rsp) and load its root. Uses rbx, rcx, r11, r13.
# The kernel root holds no user translation: on it a CPU counts as flushed for ever. That is
# withdrawn before another root is stored.
        .macro  become_r12
        incq    %gs:CPU_IPC
        movl    $A_THREAD_READY, T_STATE(%r12)
        mov     %r12, %gs:CPU_CURRENT
        mov     %r12, %rsp
        mov     T_ROOT(%rsp), %rcx
        mov     %gs:CPU_ROOT, %rbx
        cmp     %rbx, %rcx
        je      9f
        mov     tlb_clock(%rip), %r13           # read before the flush ...
        mov     %gs:CPU_INDEX, %r11
        cmp     %ebx, frame_template(%rip)
        jne     7f
        mov     %r13, tlb_flushed(, %r11, 8)
7:      mov     %rcx, %gs:CPU_ROOT
        mov     %ecx, tlb_root(, %r11, 4)
        mov     %rcx, %rbx
        shl     $12, %rcx
        mov     %rcx, %cr3
        incq    %gs:CPU_CR3_LOADS
        cmp     %ebx, frame_template(%rip)
        jne     8f
        mov     $-1, %r13
8:      mov     %r13, tlb_flushed(, %r11, 8)    # ... published after it
9:
        .endm

# The live endpoint in slot rdi, with this right: its capability to r13, itself to rbp. More
# words than the registers hold stand in rdi above the slot. Uses rcx and r14.
        .macro  endpoint_in_slot right
        cmp     $A_CAP_SLOTS, %rdi
        jae     slow_call
        mov     %edi, %r13d
        shl     $C_BYTES_LOG2, %r13
        add     T_CAPS(%rsp), %r13
        cmpb    $A_CAP_ENDPOINT, C_KIND(%r13)
        jne     slow_call
        testb   $\right, C_RIGHTS(%r13)
        jz      slow_call
        mov     C_FRAME(%r13), %ecx
        mov     C_GEN(%r13), %r14
        cmp     %r14, frame_gen(, %rcx, 8)
        jne     slow_call
        mov     C_OBJECT(%r13), %rbp
        .endm

# The current thread waits for a message at the endpoint in rbp; rcx = CPU_QUEUE.
        .macro  receive_at_rbp
        mov     %rsp, E_WAITER(%rbp, %rcx)
        movl    $A_THREAD_RECEIVING, T_STATE(%rsp)
        mov     %rbp, T_WAIT(%rsp)
        .endm

# SYSRET and IRET to the address in rcx fault in ring 0 if it is not canonical: never try.
        .macro  check_ip scratch
        mov     %rcx, %\scratch
        shl     $16, %\scratch
        sar     $16, %\scratch
        cmp     %rcx, %\scratch
        jne     leave_bad_ip
        .endm

        .text
        .global syscall_entry
        .type syscall_entry, @function
        .align 16
syscall_entry:
        swapgs
        mov     %rsp, %gs:CPU_USER_RSP
        mov     %gs:CPU_CURRENT, %rsp
        save    rsp, KEPT
        mov     %rcx, T_rip(%rsp)
        mov     %r11, T_rflags(%rsp)
        mov     %gs:CPU_USER_RSP, %rcx
        mov     %rcx, T_rsp(%rsp)

        cmp     $A_SYS_REPLY_RECV, %rax
        je      fast_reply_recv
        cmp     $A_SYS_CALL, %rax
        jne     other_call

# call: rdi = slot | extra << 32; the words stay in rsi, rdx, r10, r8, r9.
        endpoint_in_slot A_RIGHT_SEND
        mov     %gs:CPU_QUEUE, %rcx
        mov     E_WAITER(%rbp, %rcx), %r12      # its receiver on this CPU
        test    %r12, %r12
        jz      slow_call
        mov     T_PRIORITY(%r12), %r14d
        cmp     T_PRIORITY(%rsp), %r14d
        jb      slow_call                       # the caller would go on first

        movq    $0, E_WAITER(%rbp, %rcx)
        movl    $A_THREAD_WAITING, T_STATE(%rsp)
        mov     %rbp, T_WAIT(%rsp)
        mov     T_TOKEN(%rsp), %rax
        add     $A_TOKEN_STEP, %rax
        mov     %rax, T_TOKEN(%rsp)
        mov     C_BADGE(%r13), %edi             # and no extra words
        jmp     switch_to

# reply_recv: rbx = token of the caller to answer, rdi = slot (extra words: slow).
fast_reply_recv:
        endpoint_in_slot A_RIGHT_RECV

        mov     %ebx, %ecx                      # the token's frame: is it a thread?
        and     $(A_TOKEN_STEP - 1), %ecx
        cmp     frame_count(%rip), %ecx
        jae     slow_call
        cmpb    $A_FRAME_OBJECT, frame_type(%rcx)
        jne     slow_call
        cmpw    $A_OBJ_THREAD, frame_live(, %rcx, 2)
        jne     slow_call
        shl     $12, %rcx
        mov     $0xffff800000000000, %r12       # PHYSMAP
        add     %rcx, %r12
        cmp     %rbx, T_TOKEN(%r12)             # this very call
        jne     slow_call
        cmpl    $A_THREAD_WAITING, T_STATE(%r12)
        jne     slow_call
        cmp     %rbp, T_WAIT(%r12)              # at the endpoint the replier receives on
        jne     slow_call
        mov     %gs:CPU_READY, %r14d
        test    T_ABOVE(%r12), %r14d            # somebody else would go first
        jnz     slow_call
        mov     %gs:CPU_QUEUE, %rcx
        mov     E_WAITER(%rbp, %rcx), %r14      # nothing to receive, nobody receiving
        or      E_HEAD(%rbp, %rcx), %r14
        or      E_BITS(%rbp), %r14
        jnz     slow_call
        cmpl    $0, T_FULL(%r12)                # it did not call, it faulted
        jne     answer_fault

        receive_at_rbp
        xor     %eax, %eax                      # OK
        xor     %edi, %edi                      # no extra words

# Run r12, which waited in a system call, with rax, rdi and the message registers as they are.
switch_to:
        become_r12
1:      restore rsp, KEPT
# Leave to the thread in rsp; everything but rcx, r11 and rsp is as it shall be.
leave_sysret:
        mov     T_rip(%rsp), %rcx
        check_ip r11
        mov     T_rflags(%rsp), %r11
        mov     T_rsp(%rsp), %rsp
        swapgs
        sysretq
        .size syscall_entry, . - syscall_entry

# reply_recv to a thread that faulted: rsi = enum fault_answer, rdx = where to go on.
answer_fault:
        cmp     $A_FAULT_JUMP, %rsi
        ja      slow_call                       # refused: the next handler is asked
        jne     2f
        mov     %rdx, T_rip(%r12)
2:      movq    $0, T_FAULT(%r12)
        receive_at_rbp
        become_r12
        jmp     leave_iret

# Into C and, in the common case, back to the caller. All message registers go to the thread.
        .macro  call_c
        save    rsp, MESSAGE
        mov     %rsp, %rdi
        mov     %gs:CPU_STACK, %rsp
        incq    %gs:CPU_SYSCALLS
        call    syscall_dispatch                # void syscall_dispatch(struct thread *)
        cmpl    $0, %gs:CPU_RESCHED
        jne     leave
        mov     %gs:CPU_CURRENT, %rsp
        cmpl    $0, T_FULL(%rsp)
        jne     leave
        restore rsp, MESSAGE
        .endm

# From the entry: what the C ABI keeps is still the caller's, and C keeps it.
other_call:
        test    %rax, %rax
        jz      null_call
        call_c
        jmp     leave_sysret
null_call:
        incq    %gs:CPU_SYSCALLS
        jmp     leave_sysret

# From a fast path, which has used some of those registers.
slow_call:
        call_c
        jmp     1b

# Leave to whoever sched_pick names.
        .global leave
leave:
        mov     %gs:CPU_STACK, %rsp
        call    sched_pick
        mov     %rax, %rsp
        cmpl    $0, T_FULL(%rsp)
        jne     leave_iret
        restore rsp, MESSAGE
        jmp     1b

leave_bad_ip:
        mov     %gs:CPU_STACK, %rsp
        call    fault_bad_ip                    # a fault of the current thread
        jmp     leave

# Every register, by IRET. The frame is built on the kernel stack.
leave_iret:
        mov     T_rip(%rsp), %rcx
        check_ip rax
        movl    $0, T_FULL(%rsp)
        mov     %rsp, %rbx
        mov     %gs:CPU_STACK, %rsp
        mov     T_rflags(%rbx), %rax
        and     $USER_FLAGS_MASK, %rax
        or      $USER_FLAGS_SET, %rax
        pushq   $SEL_UDATA
        pushq   T_rsp(%rbx)
        pushq   %rax
        pushq   $SEL_UCODE
        pushq   T_rip(%rbx)
        restore rbx, rax, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
        mov     T_rbx(%rbx), %rbx
        swapgs
        iretq

# void cpu_idle(void): open interrupts until one comes. trap_from_kernel returns past the hlt.
        .global cpu_idle
        .type cpu_idle, @function
cpu_idle:
        sti
        hlt
        cli
        ret
        .size cpu_idle, . - cpu_idle
