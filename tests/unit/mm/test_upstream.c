/* Bugs that asterinas and vostd had, by the numbers of their reports: none of them is here. */
#include "world.h"

static uint64_t space, cursor, frame;

static void start(vaddr_t from, vaddr_t to)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    frame = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    cursor = ok(0, MM_CURSOR_OPEN, space, from, to, MM_CURSOR_MUT);
}

static void at(vaddr_t va)
{
    cr_assert_eq(ok(0, MM_ADDR, cursor), va);
}

/* Is this page mapped, as the cursor sees it? */
static bool mapped(vaddr_t va)
{
    ok(0, MM_JUMP, cursor, va);
    ok(0, MM_QUERY, cursor);
    return (world_out[2] & MM_PRESENT) != 0;
}

/* A range whose end wraps around, or is beyond user space, was taken for a good one. */
Test(upstream, asterinas_1285_a_range_that_wraps_does_not_open)
{
    static const struct vrange bad[] = {
        { 0, 0 },
        { P, 0 },
        { USER_END - P, 0 },
        { USER_END - P, USER_END + P },
        { USER_END, USER_END + P },
        { P, UINT64_MAX },
        { 0 - 2 * P, 0 - P },
        { 0 - P, P },
    };

    start(0, P);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        must(E_RANGE, 0, MM_CURSOR_OPEN, space, bad[i].start, bad[i].end, 0);
        must(E_RANGE, 0, MM_UNMAP1, space, bad[i].start, bad[i].end - bad[i].start);
    }
    ok(0, MM_CLOSE, cursor);
    cursor = ok(0, MM_CURSOR_OPEN, space, 0, USER_END, 0);
    at(0);
    world_end();
}

/* Going back from the end of the range climbed one node too far. */
Test(upstream, asterinas_2709_back_from_the_end_under_every_covering_level)
{
    static const struct vrange covers[] = {
        { HP - P, HP },     { 0, HP },       { HP - P, HP + P },     { 0, GP },
        { GP - P, GP + P }, { 0, 512 * GP }, { 511 * GP, 513 * GP }, { USER_END - P, USER_END },
        { 0, USER_END },
    };

    for (size_t i = 0; i < sizeof(covers) / sizeof(covers[0]); i++) {
        start(covers[i].start, covers[i].end);
        ok(0, MM_JUMP, cursor, covers[i].end - P);
        ok(0, MM_MAP, cursor, RW, frame);
        at(covers[i].end);
        cr_assert(mapped(covers[i].end - P));
        cr_assert(mapped(covers[i].start) == (covers[i].end - covers[i].start == P));
        world_end();
    }
}

/* An unmap whose length wraps answered 0 and did nothing. */
Test(upstream, asterinas_3159_an_unmap_whose_length_wraps_is_an_error)
{
    start(GP, GP + 4 * P);
    ok(0, MM_MAP, cursor, RW, frame);
    ok(0, MM_JUMP, cursor, GP);
    must(E_LEN, 0, MM_UNMAP, cursor, 0 - GP);
    at(GP);
    cr_assert(mapped(GP));
    ok(0, MM_JUMP, cursor, GP);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, 4 * P), 1);
    world_end();
}

/* At the end of its range a cursor went on into what is not its own. */
Test(upstream, asterinas_3166_nothing_happens_beyond_the_end_of_the_range)
{
    start(2 * HP - P, 2 * HP);
    ok(0, MM_MAP1, space, 2 * HP, RW, frame);
    ok(0, MM_MAP, cursor, RW, frame);
    at(2 * HP);
    must(E_OUTSIDE, 0, MM_QUERY, cursor);
    must(E_OUTSIDE, 0, MM_JUMP, cursor, 2 * HP);
    must(E_LEN, 0, MM_MAP, cursor, RW, frame);
    must(E_LEN, 0, MM_UNMAP, cursor, P);
    must(E_LEN, 0, MM_PROTECT_NEXT, cursor, P, R);
    must(E_LEN, 0, MM_FIND_NEXT, cursor, P);
    cr_assert_eq(ok(0, MM_FIND_NEXT, cursor, 0), 0);
    at(2 * HP);
    ok(0, MM_CLOSE, cursor);
    ok(0, MM_QUERY1, space, 2 * HP);
    cr_assert_eq(world_out[2], RW | MM_PRESENT);
    world_end();
}

/* The same as 3159, for every length near 2^64 and every place of the cursor. */
Test(upstream, asterinas_3329_no_length_near_the_top_unmaps_anything)
{
    start(0, 8 * P);
    for (uint32_t i = 0; i < 8; i++)
        ok(0, MM_MAP, cursor, RW, frame);
    for (vaddr_t va = 0; va < 8 * P; va += P)
        for (uint64_t less = P; less <= 16 * P; less += P) {
            ok(0, MM_JUMP, cursor, va);
            must(E_LEN, 0, MM_UNMAP, cursor, 0 - less);
            at(va);
        }
    ok(0, MM_JUMP, cursor, 0);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, 8 * P), 8);
    world_end();
}

/* find_next and protect_next added the length before they compared it. */
Test(upstream, asterinas_3580_lengths_are_compared_before_they_are_added)
{
    static const uint64_t bad[] = { 0 - P,      0 - HP,           0 - GP,     0 - (GP + P),
                                    1ull << 63, (1ull << 63) + P, UINT64_MAX, 5 * P };

    start(GP, GP + 4 * P);
    ok(0, MM_MAP, cursor, RW, frame);
    ok(0, MM_JUMP, cursor, GP);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        must(E_LEN, 0, MM_FIND_NEXT, cursor, bad[i]);
        must(E_LEN, 0, MM_PROTECT_NEXT, cursor, bad[i], R);
        must(E_RANGE, 0, MM_PROTECT1, space, GP, bad[i] + (bad[i] == 5 * P ? USER_END : 0), R);
    }
    at(GP);
    ok(0, MM_QUERY, cursor);
    cr_assert_eq(world_out[2], RW | MM_PRESENT);
    world_end();
}

/* Whether what is mapped fits was decided by a sum that overflows at the top. */
Test(upstream, vostd_603_what_does_not_fit_at_the_top_is_not_mapped)
{
    start(USER_END - 2 * P, USER_END);
    ok(0, MM_JUMP, cursor, USER_END - P);
    must(E_LEN, 0, MM_MAP, cursor, RW, frame, frame);
    at(USER_END - P);
    ok(0, MM_MAP, cursor, RW, frame);
    at(USER_END);
    must(E_LEN, 0, MM_MAP, cursor, RW, frame);
    ok(0, MM_CLOSE, cursor);
    must(E_RANGE, 0, MM_MAP1, space, USER_END - P, RW, frame, frame);
    must(E_RANGE, 0, MM_MAP1, space, 0 - P, RW, frame, frame);
    world_end();
}
