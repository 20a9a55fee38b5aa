#include "ops.h"

#define P ((uint64_t)PAGE_BYTES)
#define SYM(name) (SYMBOL + SYM_##name)
#define REST (SYMBOL + 0x100)   /* to the end of the cursor's range */
#define BEHIND (SYMBOL + 0x101) /* one page more than that */

enum { R = PROP_R, RW = PROP_R | PROP_W, RX = PROP_R | PROP_X };
enum { MUT = MM_CURSOR_MUT };

#define COUNT(...) sizeof((uint64_t[]){ __VA_ARGS__ }) / 8

/* clang-format off */
#define OP(text, when, label, ...) \
    { text, when, { label, COUNT(__VA_ARGS__), { __VA_ARGS__ } } }
#define OPEN(first, end, flags) \
    OP("open " #first " " #end " " #flags, OP_CLOSED, \
       MM_CURSOR_OPEN, SYM(SPACE), (first) * P, (end) * P, flags)
#define BY(name, ...) \
    OP(#name " " #__VA_ARGS__, OP_OPEN, MM_##name, SYM(CURSOR), __VA_ARGS__)
/* In one request, also with a cursor in the way: then it is E_BUSY. */
#define ONCE(name, ...) \
    OP(#name " " #__VA_ARGS__, OP_ALWAYS, MM_##name | MM_TRY, SYM(SPACE), __VA_ARGS__)
/* clang-format on */

const struct op ops[] = {
    OPEN(0, 64, MUT),
    OPEN(3, 6, MUT),
    OPEN(4, 8, MUT),
    OPEN(14, 18, MUT),
    OPEN(61, 64, MUT),
    OPEN(5, 5, MUT),
    OPEN(60, 65, MUT),
    OPEN(3, 5, 0),

    OP("close", OP_OPEN, MM_CLOSE, SYM(CURSOR)),
    OP("query", OP_OPEN, MM_QUERY, SYM(CURSOR)),
    OP("addr", OP_OPEN, MM_ADDR, SYM(CURSOR)),
    BY(JUMP, 0 * P),
    BY(JUMP, 3 * P),
    BY(JUMP, 4 * P),
    BY(JUMP, 15 * P),
    BY(JUMP, 63 * P),
    BY(JUMP, 64 * P),
    BY(FIND_NEXT, P),
    BY(FIND_NEXT, REST),
    BY(MAP, RW, SYM(PAGE)),
    BY(MAP, R, SYM(RUN)),
    BY(MAP, RW, SYM(PAGE), SYM(PAGE)),
    BY(MAP, RX, SYM(PAGE)),
    BY(MAP, R | MM_EXCL, SYM(RUN)),
    BY(MAP_HUGE, RW, SYM(HUGE)),
    BY(MAP_HUGE, R | MM_EXCL, SYM(HUGE)),
    BY(UNMAP, 0),
    BY(UNMAP, P),
    BY(UNMAP, 3 * P),
    BY(UNMAP, 4 * P),
    BY(UNMAP, REST),
    BY(UNMAP, BEHIND),
    BY(PROTECT_NEXT, P, R),
    BY(PROTECT_NEXT, REST, 0),
    BY(PROTECT_NEXT, REST, RW),

    ONCE(MAP1, 0 * P, R, SYM(PAGE)),
    ONCE(MAP1, 3 * P, RW, SYM(PAGE)),
    ONCE(MAP1, 63 * P, RX, SYM(PAGE)),
    ONCE(MAP1, 2 * P, R, SYM(RUN)),
    ONCE(MAP1, 14 * P, RW, SYM(RUN)),
    ONCE(MAP1, 62 * P, R, SYM(RUN)),
    ONCE(MAP1, 3 * P, RW, SYM(PAGE), SYM(PAGE)),
    ONCE(MAP1, 3 * P, R | MM_EXCL, SYM(RUN)),
    ONCE(UNMAP1, 0 * P, 64 * P),
    ONCE(UNMAP1, 2 * P, 3 * P),
    ONCE(UNMAP1, 4 * P, 4 * P),
    ONCE(UNMAP1, 15 * P, 2 * P),
    ONCE(UNMAP1, 63 * P, P),
    ONCE(PROTECT1, 0 * P, 64 * P, R),
    ONCE(PROTECT1, 3 * P, 2 * P, 0),
    ONCE(PROTECT1, 15 * P, P, RW),
    ONCE(QUERY1, 3 * P),
    ONCE(QUERY1, 16 * P),
    OP("reap", OP_ALWAYS, MM_REAP | MM_TRY, SYM(SPACE)),
};
const uint32_t ops_count = sizeof ops / sizeof ops[0];
static_assert(sizeof ops / sizeof ops[0] <= OPS_MAX, "room");

bool op_applies(const struct op *op)
{
    return op->when == OP_ALWAYS || (op->when == OP_OPEN) == side_core_open();
}

struct side_request op_request(const struct op *op)
{
    struct side_request r = op->request;

    for (uint32_t i = 0; i < r.count; i++)
        if (r.arg[i] == REST || r.arg[i] == BEHIND)
            r.arg[i] = side_core_rest() + (r.arg[i] - REST) * P;
    return r;
}
