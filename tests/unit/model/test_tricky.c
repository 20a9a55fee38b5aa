/* The tricky cases of the contract (5.1), asserted of the model one by one. */
#include <criterion/criterion.h>

#include "ask.h"

static uint64_t s, f;

static void begin(void)
{
    world_begin();
    s = new_space(0);
    f = new_frame(0, 0);
}

TestSuite(tricky, .init = begin, .fini = world_end);

static int64_t map(uint64_t c, uint64_t frame)
{
    return ask(0, MM_MAP, c, RW, frame);
}

static int64_t jump(uint64_t c, uint64_t va)
{
    return ask(0, MM_JUMP, c, va);
}

static uint64_t at(uint64_t c)
{
    cr_assert_eq(ask(0, MM_ADDR, c), OK);
    return out[0];
}

/* Is there, at the cursor, what begins at va, so long, with this property (0: nothing)? */
static bool shows(uint64_t c, uint64_t va, uint64_t length, uint64_t prop)
{
    return ask(0, MM_QUERY, c) == OK && out[0] == va && out[1] == length &&
           out[2] == (prop ? prop | MM_PRESENT : 0);
}

static int64_t unmap(uint64_t c, uint64_t length)
{
    return ask(0, MM_UNMAP, c, length);
}

Test(tricky, at_the_end_of_the_guard_query_fails_and_jumping_back_works)
{
    uint64_t c = new_cursor(0, s, 0, 2 * HP);
    uint64_t h = new_huge(0);

    cr_assert_eq(jump(c, HP), OK);
    cr_assert_eq(ask(0, MM_MAP_HUGE, c, RW, h), OK);
    cr_assert_eq(at(c), 2 * HP);
    cr_assert_eq(ask(0, MM_QUERY, c), E_OUTSIDE);
    cr_assert_eq(map(c, f), E_LEN);
    cr_assert_eq(jump(c, 0), OK);
    cr_assert(shows(c, 0, HP, 0));
    cr_assert_eq(jump(c, 2 * HP - HP / 2), OK);
    cr_assert(shows(c, HP, HP, RW), "the mapping's range, though it begins before the cursor");
}

Test(tricky, at_the_end_of_a_level_one_guard)
{
    uint64_t c = new_cursor(0, s, HP - P, HP);

    cr_assert_eq(map(c, f), OK);
    cr_assert_eq(at(c), HP);
    cr_assert_eq(jump(c, HP), E_OUTSIDE);
    cr_assert_eq(jump(c, HP - P), OK);
    cr_assert(shows(c, HP - P, P, RW));
}

Test(tricky, find_next_stops_exactly_behind_its_length)
{
    uint64_t high = new_cursor(0, s, 2 * HP, 2 * HP + P);
    cr_assert_eq(map(high, f), OK);
    cr_assert_eq(ask(0, MM_CLOSE, high), OK);
    uint64_t c = new_cursor(0, s, HP - P, HP + P);

    cr_assert_eq(ask(0, MM_FIND_NEXT, c, 2 * P), OK);
    cr_assert_eq(out[0], 0);
    cr_assert_eq(at(c), HP + P);
}

Test(tricky, lengths_that_wrap_are_too_long_and_change_nothing)
{
    uint64_t c = new_cursor(0, s, 0, GP);
    const uint64_t hostile[] = { 0 - (uint64_t)P, 0 - GP, 1ull << 63, UINT64_MAX };

    cr_assert_eq(jump(c, GP - P), OK);
    cr_assert_eq(map(c, f), OK);
    cr_assert_eq(jump(c, GP - P), OK);
    for (uint32_t i = 0; i < 4; i++) {
        cr_assert_eq(ask(0, MM_FIND_NEXT, c, hostile[i]), E_LEN);
        cr_assert_eq(unmap(c, hostile[i]), E_LEN);
        cr_assert_eq(ask(0, MM_PROTECT_NEXT, c, hostile[i], PROP_R), E_LEN);
        cr_assert(shows(c, GP - P, P, RW));
    }
}

Test(tricky, a_sub_tree_counts_what_is_in_it_and_is_a_full_flush)
{
    uint64_t c = new_cursor(0, s, 0, GP);

    cr_assert_eq(jump(c, HP + P), OK);
    cr_assert_eq(map(c, f), OK);
    cr_assert_eq(jump(c, 0), OK);
    uint64_t nodes = counted(COUNTER_nodes), all = counted(COUNTER_flush_all);
    cr_assert_eq(unmap(c, GP), OK);
    cr_assert_eq(out[0], 1);
    cr_assert_eq(counted(COUNTER_nodes), nodes - 1);
    cr_assert_eq(counted(COUNTER_flush_all), all + 1);
    cr_assert_eq(at(c), GP);
}

Test(tricky, an_empty_node_inside_is_reaped_with_nothing_counted)
{
    uint64_t c = new_cursor(0, s, HP, 2 * HP);
    cr_assert_eq(map(c, f), OK);
    cr_assert_eq(jump(c, HP), OK);
    cr_assert_eq(unmap(c, HP), OK, "the guard itself stays");
    cr_assert_eq(out[0], 1);
    uint64_t nodes = counted(COUNTER_nodes), all = counted(COUNTER_flush_all);
    cr_assert_eq(ask(0, MM_CLOSE, c), OK);
    cr_assert_eq(counted(COUNTER_nodes), nodes);
    cr_assert_eq(ask(0, MM_UNMAP1, s, 0, GP), OK);
    cr_assert_eq(out[0], 0);
    cr_assert_eq(counted(COUNTER_nodes), nodes - 1);
    cr_assert_eq(counted(COUNTER_flush_all), all + 1);
}

Test(tricky, protect_in_a_large_leaf_changes_its_pages_only)
{
    uint64_t h = new_huge(0), c = new_cursor(0, s, 0, GP);

    cr_assert_eq(ask(0, MM_MAP_HUGE, c, RW, h), OK);
    cr_assert_eq(jump(c, 18 * P), OK);
    for (uint64_t page = 18; page < 20; page++) {
        cr_assert_eq(ask(0, MM_PROTECT_NEXT, c, P, PROP_R), OK);
        cr_assert_eq(out[0], 1);
        cr_assert_eq(out[1], page * P);
        cr_assert_eq(out[2], P);
    }
    for (uint64_t page = 0; page < PT_ENTRIES; page++) {
        cr_assert_eq(jump(c, page * P), OK);
        cr_assert(shows(c, page * P, P, page == 18 || page == 19 ? (uint64_t)PROP_R : RW));
    }
}

Test(tricky, unmap_in_the_middle_of_large_leaves)
{
    uint64_t c = new_cursor(0, s, 0, GP);

    for (uint32_t i = 0; i < 3; i++)
        cr_assert_eq(ask(0, MM_MAP_HUGE, c, RW, new_huge(0)), OK);
    uint64_t nodes = counted(COUNTER_nodes);
    cr_assert_eq(jump(c, HP / 2), OK);
    cr_assert_eq(unmap(c, 2 * HP), OK); /* half, one whole, half */
    cr_assert_eq(out[0], 256 + 1 + 256);
    cr_assert_eq(out[1], 1024);
    cr_assert_eq(counted(COUNTER_nodes), nodes + 2);
    cr_assert_eq(jump(c, HP / 2 - P), OK);
    cr_assert(shows(c, HP / 2 - P, P, RW));
    cr_assert_eq(jump(c, 3 * HP - HP / 2), OK);
    cr_assert(shows(c, 3 * HP - HP / 2, P, RW));
}

Test(tricky, a_replaced_frame_lives_as_long_as_something_holds_it)
{
    uint64_t g = new_frame(0, 1), c = new_cursor(0, s, 0, P);
    cr_assert_eq(map(c, f), OK);
    cr_assert_eq(out[0], 0);
    cr_assert_eq(ask(0, MM_CLOSE, f), OK);
    uint64_t unused = counted(COUNTER_frames_free);
    cr_assert_eq(jump(c, 0), OK);
    cr_assert_eq(map(c, g), OK);
    cr_assert_eq(out[0], 1, "something was replaced");
    cr_assert_eq(counted(COUNTER_frames_free), unused + 1);
    cr_assert_eq(jump(c, 0), OK);
    cr_assert_eq(map(c, g), OK, "by itself");
    cr_assert_eq(counted(COUNTER_frames_free), unused + 1);
}

Test(tricky, a_page_over_a_large_leaf_leaves_its_siblings)
{
    uint64_t c = new_cursor(0, s, 0, GP);

    cr_assert_eq(ask(0, MM_MAP_HUGE, c, RW, new_huge(0)), OK);
    cr_assert_eq(jump(c, 7 * P), OK);
    cr_assert_eq(ask(0, MM_MAP, c, PROP_R, f), OK);
    cr_assert_eq(jump(c, 0), OK);
    cr_assert_eq(unmap(c, HP), OK);
    cr_assert_eq(out[0], 512);
}

Test(tricky, the_last_user_page_is_for_cursors_without_execute)
{
    uint64_t last = USER_END - P, c = new_cursor(0, s, last, USER_END);

    cr_assert_eq(ask(0, MM_MAP, c, PROP_R | PROP_X, f), E_INVAL);
    cr_assert_eq(map(c, f), OK);
    cr_assert_eq(ask(0, MM_WINDOW_NEW, s, last, 1, 0), E_ACCESS);
    cr_assert_eq(ask(0, MM_WINDOW_NEW, s, MAX_USER, 0, 0), OK);
    cr_assert_eq(ask(0, MM_WINDOW_NEW, s, MAX_USER - P, P, 0), OK);
    cr_assert_eq(ask(0, MM_WINDOW_NEW, s, MAX_USER - P, P + 1, 0), E_ACCESS);
    cr_assert_eq(ask(0, MM_WINDOW_NEW, s, P, UINT64_MAX, 0), E_ACCESS);
}

Test(tricky, a_hole_may_be_larger_than_the_cursor)
{
    uint64_t wide = new_cursor(0, s, 0, 512 * GP);

    cr_assert_eq(jump(wide, GP + P), OK);
    cr_assert(shows(wide, GP, GP, 0), "its level-3 node is there, nothing below");
    cr_assert_eq(ask(0, MM_CLOSE, wide), OK);
    uint64_t c = new_cursor(0, s, 3 * P, 5 * P);
    cr_assert(shows(c, 3 * P, P, 0), "the covering node was made");
}

Test(tricky, range_comes_before_alignment)
{
    cr_assert_eq(ask(0, MM_CURSOR_OPEN, s, 0, 0, 0), E_RANGE);
    cr_assert_eq(ask(0, MM_CURSOR_OPEN, s, P, 1, 0), E_RANGE);
    cr_assert_eq(ask(0, MM_CURSOR_OPEN, s, USER_END + 1, USER_END + 3, 0), E_RANGE);
    cr_assert_eq(ask(0, MM_CURSOR_OPEN, s, 0, USER_END + 1, 0), E_RANGE);
    cr_assert_eq(ask(0, MM_CURSOR_OPEN, s, 1, P + 1, 0), E_ALIGN);
}

Test(tricky, no_access_is_mapped_all_the_same)
{
    uint64_t c = new_cursor(0, s, 0, P);

    cr_assert_eq(ask(0, MM_MAP, c, 0, f), OK);
    cr_assert_eq(jump(c, 0), OK);
    cr_assert_eq(ask(0, MM_QUERY, c), OK);
    cr_assert_eq(out[2], MM_PRESENT);
    cr_assert_eq(unmap(c, P), OK);
    cr_assert_eq(out[0], 1);
}

Test(tricky, closing_dispatches_what_is_queued)
{
    uint64_t c = new_cursor(0, s, 0, 2 * P), batches = counted(COUNTER_batches);

    cr_assert_eq(ask(0, MM_FLUSH, c, 0, 2 * P), OK);
    cr_assert_eq(counted(COUNTER_batches), batches);
    cr_assert_eq(ask(0, MM_CLOSE, c), OK);
    cr_assert_eq(counted(COUNTER_batches), batches + 1);
    cr_assert_eq(counted(COUNTER_invlpg), 2);
}

Test(tricky, thirty_one_pages_stay_single_thirty_two_do_not)
{
    for (uint64_t pages = 31; pages <= 33; pages++) {
        uint64_t c = new_cursor(0, s, 0, HP), singles = counted(COUNTER_invlpg);
        uint64_t all = counted(COUNTER_flush_all);
        for (uint64_t i = 0; i < pages; i++)
            cr_assert_eq(ask(0, MM_FLUSH, c, i * P, (i + 1) * P), OK);
        cr_assert_eq(ask(0, MM_DISPATCH, c), OK);
        cr_assert_eq(counted(COUNTER_invlpg), singles + (pages < 32 ? pages : 0));
        cr_assert_eq(counted(COUNTER_flush_all), all + (pages >= 32));
        cr_assert_eq(ask(0, MM_CLOSE, c), OK);
    }
}

Test(tricky, disjoint_ranges_conflict_under_one_node_and_only_there)
{
    uint64_t c = new_cursor(0, s, 0, 2 * P);

    cr_assert_eq(ask(0, MM_GRANT, s, model_id(world, 1), MM_RIGHT_ALL), OK);
    uint64_t theirs = out[0];
    cr_assert_eq(ask(1, MM_CURSOR_OPEN, theirs, 8 * P, 9 * P, MM_CURSOR_TRY), E_BUSY);
    cr_assert_eq(ask(1, MM_CURSOR_OPEN, theirs, HP, HP + P, MM_CURSOR_TRY), OK,
                 "another table: its parent is there, and nobody's");
    cr_assert_eq(ask(0, MM_CLOSE, c), OK);
}

Test(tricky, a_saturated_frame_is_refused_and_nothing_changes)
{
    uint64_t c = new_cursor(0, s, 0, GP), saturation;

    cr_assert_eq(model_saturate(world, model_id(world, 0), f, &saturation), OK);
    uint64_t nodes = counted(COUNTER_nodes);
    cr_assert_eq(map(c, f), E_SATURATED);
    cr_assert_eq(at(c), 0);
    cr_assert_eq(counted(COUNTER_nodes), nodes);
    cr_assert_eq(ask(0, MM_CLOSE, saturation), OK);
    cr_assert_eq(map(c, f), OK);
}

Test(tricky, each_node_of_a_map_may_be_the_one_that_fails)
{
    uint64_t c = new_cursor(0, s, 0, USER_END), nodes = counted(COUNTER_nodes);

    for (uint64_t nth = 1; nth <= 3; nth++) {
        model_fail_alloc(world, nth);
        cr_assert_eq(map(c, f), E_NOMEM);
        cr_assert_eq(counted(COUNTER_nodes), nodes);
        cr_assert_eq(at(c), 0);
    }
    model_fail_alloc(world, 4);
    cr_assert_eq(map(c, f), OK);
    cr_assert_eq(counted(COUNTER_nodes), nodes + 3);
    model_fail_alloc(world, 0);
}

Test(tricky, a_split_that_fails_leaves_the_leaf)
{
    uint64_t c = new_cursor(0, s, 0, GP);

    cr_assert_eq(ask(0, MM_MAP_HUGE, c, RW, new_huge(0)), OK);
    cr_assert_eq(jump(c, P), OK);
    model_fail_alloc(world, 1);
    cr_assert_eq(unmap(c, P), E_NOMEM);
    model_fail_alloc(world, 1);
    cr_assert_eq(ask(0, MM_PROTECT_NEXT, c, P, PROP_R), E_NOMEM);
    model_fail_alloc(world, 0);
    cr_assert(shows(c, 0, HP, RW));
    cr_assert_eq(at(c), P);
}
