/*
 * noreturn void _start(const struct start_page *)
 *
 * Where a program begins: rdi is the start page, rsp an empty stack. Ends the chain of frame
 * pointers and aligns the stack as the C ABI wants it at a call.
 */
    .section .text._start, "ax"
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp
    andq $-16, %rsp
    call crt1
    ud2
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
