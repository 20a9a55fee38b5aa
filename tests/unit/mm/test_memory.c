/* Running out of memory: at every allocation, and for real. */
#include <string.h>

#include "core/frame_pool.h"
#include "core/start.h"
#include "kernel/frame.h"
#include "world.h"

static uint64_t space, run, single;

static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    run = ok(0, MM_FRAME_ALLOC, 1030, 0, 0);
    single = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
}

/* What a failed request must leave as it was. */
static uint64_t footprint(void)
{
    return world_stat(COUNTER_nodes) << 40 | world_stat(COUNTER_frames_free) << 8 |
           world_stat(COUNTER_cursors);
}

/* Fail the 1st, 2nd, … allocation of a request until it succeeds. Returns how many. */
static uint32_t until_done(uint32_t count, const uint64_t *words)
{
    for (uint32_t n = 1;; n++) {
        uint64_t before = footprint();
        int32_t status;

        ok(0, MM_FAIL_ALLOC, n);
        status = world_ask(0, count, words);
        ok(0, MM_FAIL_ALLOC, 0);
        if (status == OK)
            return n - 1;
        cr_assert_eq(status, E_NOMEM);
        cr_assert_eq(footprint(), before, "allocation %u left something", n);
    }
}

#define allocations(...) until_done(WORDS(__VA_ARGS__))

Test(memory, a_failed_node_leaves_the_space_as_it_was)
{
    start();
    cr_assert_eq(allocations(MM_MAP1, space, 5 * GP, RW, single), 3);
    cr_assert_eq(allocations(MM_MAP1, space, 5 * GP + P, RW, single), 0);
    cr_assert_eq(allocations(MM_MAP1, space, 512 * GP - 3 * P, RW, run), 7);
    cr_assert_eq(allocations(MM_CURSOR_OPEN, space, 1100 * GP, 1100 * GP + P, 0), 3);
    cr_assert_eq(allocations(MM_QUERY1, space, 2 * GP), 2);
    cr_assert_eq(allocations(MM_UNMAP1, space, 3 * GP, GP), 1);
    cr_assert_eq(allocations(MM_SPACE_NEW), 1);
    cr_assert_eq(allocations(MM_FRAME_ALLOC, 3, 0, 0), 1);
    cr_assert_eq(allocations(MM_FRAME_ALLOC, 3, 0, MM_FRAME_EACH), 3);
    world_end();
}

Test(memory, what_a_freed_frame_held_is_gone)
{
    start();
    ok(0, MM_FRAME_ALLOC, 1, 0x11, 0);
    uint64_t f = world_out[0];
    const uint8_t *byte = port_frame((pfn_t)(world_out[1] - serve_identity(0)));

    ok(0, MM_MAP1, space, P, RW, f);
    ok(0, MM_CLOSE, f);
    cr_assert_eq(byte[0], 0x11);
    cr_assert_eq(byte[P - 1], 0x11);
    ok(0, MM_UNMAP1, space, P, P);
    for (uint32_t i = 0; i < P; i++)
        cr_assert_eq(byte[i], 0xdb, "byte %u is 0x%02x", i, byte[i]);
    world_end();
}

Test(memory, a_failed_map_of_a_cursor_leaves_it_where_it_was)
{
    start();
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, 1024 * GP, MM_CURSOR_MUT);

    ok(0, MM_JUMP, c, 512 * GP - 600 * P);
    cr_assert_eq(allocations(MM_MAP, c, RW, run), 2 + 2 + 3);
    cr_assert_eq(ok(0, MM_ADDR, c), 512 * GP + 430 * P);
    world_end();
}

Test(memory, with_every_frame_taken_nodes_are_given_back_and_then_it_is_over)
{
    world_start(400, 1);
    space = ok(0, MM_SPACE_NEW);
    uint64_t n = 0, last = 0;

    while (ask(0, MM_FRAME_ALLOC, 1, 0, 0) == OK) {
        last = world_out[0];
        n++;
    }
    cr_assert(n > 300);
    must(E_NOMEM, 0, MM_MAP1, space, 0, RW, last);
    must(E_NOMEM, 0, MM_CURSOR_OPEN, space, 0, P, 0);
    must(E_NOMEM, 0, MM_SPACE_NEW);
    ok(0, MM_CLOSE, last);
    ok(0, MM_SPACE_NEW);
    world_end();
}

Test(memory, nodes_move_between_levels_under_pressure)
{
    world_start(200, 1);
    space = ok(0, MM_SPACE_NEW);
    for (uint32_t round = 0; round < 3; round++) {
        uint64_t f = ok(0, MM_FRAME_ALLOC, 1, 0, 0), n = 0;

        while (n < 255 && ask(0, MM_MAP1, space, n * 512 * GP, RW, f) == OK)
            n++;
        cr_assert(n > 30 && n < 255);
        cr_assert_eq(ok(0, MM_UNMAP1, space, 0, USER_END), n);
        uint64_t big = ok(0, MM_FRAME_ALLOC, 100, 0, 0);

        ok(0, MM_CLOSE, big);
        ok(0, MM_CLOSE, f);
    }
    world_end();
}

/* Three nodes are missing: those of the upper levels are not taken for the lowest. */
Test(memory, the_last_frames_are_nodes_of_all_levels_or_of_none)
{
    uint64_t h[400], n = 0;

    world_start(400, 1);
    space = ok(0, MM_SPACE_NEW);
    while (ask(0, MM_FRAME_ALLOC, 1, 0, 0) == OK)
        h[n++] = world_out[0];
    for (uint64_t k = 1; k < 3; k++) {
        ok(0, MM_CLOSE, h[n - k]);
        must(E_NOMEM, 0, MM_MAP1, space, GP, RW, h[0]);
        must(E_NOMEM, 0, MM_QUERY1, space, GP);
    }
    ok(0, MM_CLOSE, h[n - 3]);
    ok(0, MM_MAP1, space, GP, RW, h[0]);
    world_end();
}

/* Frames around words of the pool's bitmap: one in use, a word's last, a run over two words. */
static bool is_used_at_start(pfn_t f)
{
    return f == 64 || f == 127 || (f >= 190 && f < 200) || f == 447;
}

Test(memory, at_the_start_the_pool_has_exactly_the_data_frames_that_nobody_uses)
{
    static const struct boot_record empty;
    uint32_t unused = 0;

    port_host_reset(448, 1);
    frame_init(300, 7, FRAME_KERNEL);
    for (pfn_t f = 2; f < 448; f++)
        frame_refs[f] += is_used_at_start(f);
    serve_init();
    start_frames(&empty);
    for (pfn_t f = 0; f < 512; f++) {
        bool expected = f >= 2 && f < 448 && !is_used_at_start(f) && (f < 300 || f >= 307);

        cr_assert_eq(frame_pool_has(f), expected, "frame %u", f);
        unused += expected;
    }
    cr_assert_eq(frame_pool_free(), unused);
}

Test(memory, a_frame_that_nobody_has_used_is_poisoned_before_it_is_handed_out)
{
    uint8_t poison[PAGE_BYTES];
    pfn_t f;

    memset(poison, 0xdb, sizeof poison);
    world_start(WORLD_FRAMES, 1);
    cr_assert_eq(frame_pool_take(1, FRAME_USE_OTHER, &f), OK);
    cr_assert_eq(memcmp(port_frame(f), poison, PAGE_BYTES), 0);
    frame_pool_put(f);
    world_end();
}
