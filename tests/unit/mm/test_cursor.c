/* The operations of one cursor, as contract 1.2, 1.3 and part 5 have them. */
#include "world.h"

static uint64_t space, cursor;

static void start(vaddr_t from, vaddr_t to)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    cursor = ok(0, MM_CURSOR_OPEN, space, from, to, MM_CURSOR_MUT);
}

static uint64_t frame(void)
{
    return ok(0, MM_FRAME_ALLOC, 1, 0, 0);
}

static void at(vaddr_t va)
{
    cr_assert_eq(ok(0, MM_ADDR, cursor), va);
}

Test(cursor, a_first_query_on_a_fresh_space_shows_one_page)
{
    start(0, P);
    cr_assert_eq(ok(0, MM_QUERY, cursor), 0);
    cr_assert_eq(world_out[1], P);
    cr_assert_eq(world_out[2], 0);
    world_end();
}

Test(cursor, ranges_are_checked_before_alignment)
{
    start(0, P);
    must(E_RANGE, 0, MM_CURSOR_OPEN, space, 0, 0, 0);
    must(E_RANGE, 0, MM_CURSOR_OPEN, space, P, 0, 0);
    must(E_RANGE, 0, MM_CURSOR_OPEN, space, 0x1234, 0x1234, 0);
    must(E_RANGE, 0, MM_CURSOR_OPEN, space, USER_END - P, USER_END + 1, 0);
    must(E_RANGE, 0, MM_CURSOR_OPEN, space, 0xffff800000000000u, 0xffff800000001000u, 0);
    must(E_RANGE, 0, MM_CURSOR_OPEN, space, 0, UINT64_MAX, 0);
    must(E_ALIGN, 0, MM_CURSOR_OPEN, space, P + 1, 2 * P, 0);
    must(E_ALIGN, 0, MM_CURSOR_OPEN, space, 0x5800, 0x6800, 0);
    must(E_INVAL, 0, MM_CURSOR_OPEN, space, P, 2 * P, 4);
    must(E_HANDLE, 0, MM_CURSOR_OPEN, 0, 0, 0, 0);
    ok(0, MM_CURSOR_OPEN, space, USER_END - P, USER_END, MM_CURSOR_MUT);
    world_end();
}

Test(cursor, what_is_mapped_is_found_and_shown)
{
    start(0x1000, 0x5000);
    uint64_t f = frame(), id = world_out[1];

    cr_assert_eq(ok(0, MM_MAP, cursor, RW, f), 0);
    at(0x2000);
    ok(0, MM_JUMP, cursor, 0x1000);
    cr_assert_eq(ok(0, MM_QUERY, cursor), 0x1000);
    cr_assert_eq(world_out[1], P);
    cr_assert_eq(world_out[2], RW | MM_PRESENT);
    cr_assert_eq(world_out[3], id);
    cr_assert_eq(ok(0, MM_FIND_NEXT, cursor, 4 * P), 1);
    cr_assert_eq(world_out[1], 0x1000);
    must(E_OUTSIDE, 0, MM_JUMP, cursor, 0x5000);
    at(0x1000);
    cr_assert_eq(ok(0, MM_PROTECT_NEXT, cursor, P, R), 1);
    cr_assert_eq(world_out[1], 0x1000);
    cr_assert_eq(world_out[2], P);
    ok(0, MM_JUMP, cursor, 0x1000);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, 4 * P), 1);
    at(0x5000);
    must(E_LEN, 0, MM_UNMAP, cursor, P);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, 0), 0);
    must(E_OUTSIDE, 0, MM_QUERY, cursor);
    must(E_LEN, 0, MM_MAP, cursor, RW, f);
    world_end();
}

Test(cursor, at_the_end_of_a_guard_node_it_can_go_back)
{
    start(HP - P, HP);
    uint64_t f = frame();

    ok(0, MM_MAP, cursor, RW, f);
    at(HP);
    must(E_OUTSIDE, 0, MM_JUMP, cursor, HP);
    ok(0, MM_JUMP, cursor, HP - P);
    cr_assert_eq(ok(0, MM_QUERY, cursor), HP - P);
    world_end();
}

Test(cursor, find_next_stops_at_the_barrier)
{
    start(GP, GP + P);
    uint64_t f = frame();

    ok(0, MM_MAP1, space, 2 * HP, RW, f);
    cursor = ok(0, MM_CURSOR_OPEN, space, HP - P, HP + P, MM_CURSOR_MUT);
    cr_assert_eq(ok(0, MM_FIND_NEXT, cursor, 2 * P), 0);
    at(HP + P);
    cr_assert_eq(ok(0, MM_FIND_NEXT, cursor, 0), 0);
    world_end();
}

Test(cursor, lengths_that_overflow_are_refused)
{
    start(GP, GP + 16 * P);
    const uint64_t bad[] = { 0 - GP, 0 - P, 1ull << 63, 17 * P };

    for (uint32_t i = 0; i < 4; i++) {
        must(E_LEN, 0, MM_FIND_NEXT, cursor, bad[i]);
        must(E_LEN, 0, MM_UNMAP, cursor, bad[i]);
        must(E_LEN, 0, MM_PROTECT_NEXT, cursor, bad[i], R);
        at(GP);
    }
    must(E_ALIGN, 0, MM_FIND_NEXT, cursor, 0x800);
    must(E_ALIGN, 0, MM_UNMAP, cursor, 0x800);
    must(E_ALIGN, 0, MM_PROTECT_NEXT, cursor, P + 1, R);
    must(E_OUTSIDE, 0, MM_JUMP, cursor, GP - P);
    must(E_ALIGN, 0, MM_JUMP, cursor, GP + 1);
    at(GP);
    world_end();
}

Test(cursor, a_hole_is_shown_as_large_as_the_walk_found_it)
{
    start(0, GP);
    cr_assert_eq(ok(0, MM_QUERY, cursor), 0);
    cr_assert_eq(world_out[1], HP);
    uint64_t far = ok(0, MM_CURSOR_OPEN, space, 4 * GP, 6 * GP, MM_CURSOR_MUT);

    cr_assert_eq(ok(0, MM_QUERY, far), 4 * GP);
    cr_assert_eq(world_out[1], GP);
    world_end();
}

Test(cursor, two_far_mappings_are_found_in_order)
{
    start(0, 8 * GP);
    uint64_t f = frame();

    ok(0, MM_JUMP, cursor, 7 * P);
    ok(0, MM_MAP, cursor, RW, f);
    ok(0, MM_JUMP, cursor, GP);
    ok(0, MM_MAP, cursor, RW, f);
    ok(0, MM_JUMP, cursor, 0);
    cr_assert_eq(ok(0, MM_FIND_NEXT, cursor, 8 * P), 1);
    at(7 * P);
    ok(0, MM_JUMP, cursor, 8 * P);
    cr_assert_eq(ok(0, MM_FIND_NEXT, cursor, 2 * GP), 1);
    at(GP);
    world_end();
}

Test(cursor, a_replaced_frame_is_counted_and_let_go)
{
    start(0x1000, 0x5000);
    uint64_t free = world_stat(COUNTER_frames_free);
    uint64_t f = frame(), g = frame();

    ok(0, MM_MAP, cursor, RW, f);
    ok(0, MM_CLOSE, f);
    cr_assert_eq(world_stat(COUNTER_frames_free), free - 2);
    ok(0, MM_JUMP, cursor, 0x1000);
    must(E_MAPPED, 0, MM_MAP, cursor, RW | MM_EXCL, g);
    at(0x1000);
    cr_assert_eq(ok(0, MM_MAP, cursor, RW, g), 1);
    cr_assert_eq(world_stat(COUNTER_frames_free), free - 1);
    ok(0, MM_JUMP, cursor, 0x1000);
    cr_assert_eq(ok(0, MM_MAP, cursor, RW, g), 1); /* itself by itself */
    cr_assert_eq(ok(0, MM_UNMAP, cursor, 0), 0);
    ok(0, MM_JUMP, cursor, 0x1000);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, P), 1);
    ok(0, MM_CLOSE, g);
    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    must(E_STALE, 0, MM_MAP, cursor, RW, g);
    world_end();
}

Test(cursor, the_last_page_is_mappable_but_never_executable)
{
    start(USER_END - 2 * P, USER_END);
    uint64_t f = frame();

    ok(0, MM_MAP, cursor, RX, f);
    must(E_INVAL, 0, MM_MAP, cursor, RX, f);
    ok(0, MM_MAP, cursor, R, f);
    ok(0, MM_JUMP, cursor, USER_END - P);
    must(E_INVAL, 0, MM_PROTECT_NEXT, cursor, P, RX);
    at(USER_END - P);
    ok(0, MM_CLOSE, cursor);
    must(E_INVAL, 0, MM_PROTECT1, space, USER_END - 2 * P, 2 * P, RX);
    cr_assert_eq(ok(0, MM_PROTECT1, space, USER_END - 2 * P, P, R), 1);
    world_end();
}

Test(cursor, a_mapping_without_access_is_still_a_mapping)
{
    start(0, 4 * P);
    uint64_t f = frame();

    ok(0, MM_MAP, cursor, 0, f);
    ok(0, MM_JUMP, cursor, 0);
    ok(0, MM_QUERY, cursor);
    cr_assert_eq(world_out[2], MM_PRESENT);
    cr_assert_eq(ok(0, MM_FIND_NEXT, cursor, 4 * P), 1);
    must(E_MAPPED, 0, MM_MAP, cursor, R | MM_EXCL, f);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, P), 1);
    world_end();
}

Test(cursor, properties_beyond_a_clients_are_refused)
{
    start(0, 4 * P);
    uint64_t f = frame();
    const uint32_t bad[] = {
        PROP_ACCESSED, PROP_DIRTY, 1u << 5, PROP_AVAIL1, 1u << 10, 1u << 31
    };

    for (uint32_t i = 0; i < 6; i++) {
        must(E_INVAL, 0, MM_MAP, cursor, R | bad[i], f);
        must(E_INVAL, 0, MM_PROTECT_NEXT, cursor, P, R | bad[i]);
    }
    for (uint32_t cache = 0; cache < 4; cache++) {
        uint32_t prop = RW | PROP_AVAIL2 | cache << PROP_CACHE_SHIFT;

        ok(0, MM_MAP, cursor, prop, f);
        ok(0, MM_JUMP, cursor, 0);
        ok(0, MM_QUERY, cursor);
        cr_assert_eq(world_out[2], prop | MM_PRESENT);
    }
    world_end();
}

Test(cursor, whole_subtrees_go_at_once_and_empty_ones_too)
{
    start(0, 2 * GP);
    uint64_t run = ok(0, MM_FRAME_ALLOC, 1024, 0, 0);

    ok(0, MM_JUMP, cursor, HP - 3 * P);
    ok(0, MM_MAP, cursor, RW, run);
    uint64_t nodes = world_stat(COUNTER_nodes), all = world_stat(COUNTER_flush_all);

    ok(0, MM_JUMP, cursor, HP);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, HP), 512);
    cr_assert_eq(world_out[1], 512);
    cr_assert_eq(world_stat(COUNTER_nodes), nodes - 1);
    cr_assert_eq(world_stat(COUNTER_flush_all), all + 1);
    ok(0, MM_JUMP, cursor, 0);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, 2 * GP), 512);
    cr_assert_eq(world_stat(COUNTER_nodes), 1); /* the guard is the level-3 node */
    ok(0, MM_JUMP, cursor, 0);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, 2 * GP), 0);
    world_end();
}

Test(cursor, an_empty_node_is_kept_by_its_own_cursor)
{
    start(HP, 2 * HP);
    uint64_t f = frame(), nodes = world_stat(COUNTER_nodes);

    ok(0, MM_MAP, cursor, RW, f);
    ok(0, MM_JUMP, cursor, HP);
    cr_assert_eq(ok(0, MM_UNMAP, cursor, HP), 1);
    cr_assert_eq(world_stat(COUNTER_nodes), nodes);
    ok(0, MM_CLOSE, cursor);
    cr_assert_eq(world_stat(COUNTER_nodes), nodes);
    cr_assert_eq(ok(0, MM_UNMAP1, space, 0, GP), 0);
    cr_assert_eq(world_stat(COUNTER_nodes), nodes - 1);
    world_end();
}

Test(cursor, thirty_one_pages_stay_precise_and_one_more_does_not)
{
    start(0, 64 * P);
    uint64_t run = ok(0, MM_FRAME_ALLOC, 64, 0, 0);

    for (uint32_t n = 30; n <= 33; n++) {
        ok(0, MM_JUMP, cursor, 0);
        ok(0, MM_MAP, cursor, RW, run);
        ok(0, MM_JUMP, cursor, 0);
        uint64_t precise = world_stat(COUNTER_invlpg), all = world_stat(COUNTER_flush_all);

        cr_assert_eq(ok(0, MM_UNMAP, cursor, n * P), n);
        cr_assert_eq(world_stat(COUNTER_invlpg), precise + (n < 32 ? n : 0));
        cr_assert_eq(world_stat(COUNTER_flush_all), all + (n < 32 ? 0 : 1));
    }
    world_end();
}

Test(cursor, queued_flushes_are_counted_when_they_are_dispatched)
{
    start(0, 64 * P);
    uint64_t batches = world_stat(COUNTER_batches), precise = world_stat(COUNTER_invlpg);

    ok(0, MM_DISPATCH, cursor);
    ok(0, MM_FLUSH, cursor, P, 3 * P);
    ok(0, MM_SYNC, cursor);
    cr_assert_eq(world_stat(COUNTER_batches), batches);
    ok(0, MM_DISPATCH, cursor);
    cr_assert_eq(world_stat(COUNTER_batches), batches + 1);
    cr_assert_eq(world_stat(COUNTER_invlpg), precise + 2);
    must(E_RANGE, 0, MM_FLUSH, cursor, 3 * P, P);
    must(E_RANGE, 0, MM_FLUSH, cursor, P, USER_END + P);
    must(E_OUTSIDE, 0, MM_FLUSH, cursor, 63 * P, 65 * P);
    must(E_ALIGN, 0, MM_FLUSH, cursor, 1, P);
    ok(0, MM_FLUSH, cursor, 0, 0);
    ok(0, MM_CLOSE, cursor); /* closing dispatches */
    cr_assert_eq(world_stat(COUNTER_batches), batches + 2);
    world_end();
}

Test(cursor, a_protect_that_takes_a_right_away_is_flushed)
{
    start(0, 4 * P);
    uint64_t f = frame(), precise;

    ok(0, MM_MAP, cursor, RW, f);
    precise = world_stat(COUNTER_invlpg);
    ok(0, MM_JUMP, cursor, 0);
    ok(0, MM_PROTECT_NEXT, cursor, P, R);
    ok(0, MM_JUMP, cursor, 0);
    ok(0, MM_PROTECT_NEXT, cursor, P, RW); /* only gives */
    cr_assert_eq(world_stat(COUNTER_invlpg), precise);
    ok(0, MM_DISPATCH, cursor);
    cr_assert_eq(world_stat(COUNTER_invlpg), precise + 1);
    cr_assert_eq(ok(0, MM_PROTECT_NEXT, cursor, 2 * P, R), 0);
    at(3 * P);
    world_end();
}

Test(cursor, a_read_cursor_changes_nothing)
{
    start(0, 4 * P);
    uint64_t f = frame();
    uint64_t reader = ok(0, MM_CURSOR_OPEN, space, GP, GP + 4 * P, 0);

    must(E_ACCESS, 0, MM_MAP, reader, RW, f);
    must(E_ACCESS, 0, MM_UNMAP, reader, P);
    must(E_ACCESS, 0, MM_PROTECT_NEXT, reader, P, R);
    must(E_ACCESS, 0, MM_FLUSH, reader, 0, 0);
    must(E_ACCESS, 0, MM_DISPATCH, reader);
    must(E_ACCESS, 0, MM_SYNC, reader);
    cr_assert_eq(ok(0, MM_FIND_NEXT, reader, 4 * P), 0);
    world_end();
}
