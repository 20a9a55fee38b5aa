# _start: rdi is the address of the start page. The stack is aligned here, whoever made it.
        .text
        .global _start
        .type _start, @function
_start:
        xor     %ebp, %ebp
        and     $-16, %rsp
        call    program_main                    # void program_main(const struct start_page *)
        ud2
        .size _start, . - _start
