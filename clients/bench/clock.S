/* The clock: first of the code that the other processes run too (peer.c). */
        .section bench_peer, "ax", @progbits
        .global bench_clock
        .type bench_clock, @function
        .balign 4096                            # the whole section: it is mapped
bench_clock:
        rdtsc
        shl     $32, %rdx
        or      %rdx, %rax
        ret
        .size bench_clock, . - bench_clock
