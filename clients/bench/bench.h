/*
 * The bench: what an operation costs, in instructions, seen from the client.
 *
 * Under `-icount shift=0` the time-stamp counter counts instructions, so that the difference
 * of two readings is exact. Each operation reads the clock right before and right after
 * itself; what two readings with nothing between them differ by is subtracted.
 */
#pragma once
#include "abi/mm.h"

enum {
    BENCH_WARM_UPS = 4,
    BENCH_RUNS = 16,
    BENCH_PAGES = 512,   /* of the operations on many pages */
    BENCH_WORDS = 64,    /* of the long message */
    BENCH_FAR = 1 << 20, /* bytes of the longest read through a window */
};

/* The time-stamp counter. The host looks for this function's first instruction in a trace. */
uint64_t bench_clock(void);

/* One operation. `act` does it once and answers by how much the clock went on. */
struct bench_op {
    const char *name;
    uint32_t divisor; /* pages of which the report tells the price of one */
    void (*before)(void);
    uint64_t (*act)(void);
    void (*after)(void);
};

/* The operations, ended by one without a name. The first is the empty one. */
extern const struct bench_op bench_ops[];
