/* Windows on the host: ends, partial counts, values that roll back, exclusion, remapping. */
#include "world.h"

static uint64_t space, frame[2];

/* Client 0's space with pages at P (rw) and 2P (r), then a hole. */
static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    frame[0] = ok(0, MM_FRAME_ALLOC, 1, 0x11, 0);
    frame[1] = ok(0, MM_FRAME_ALLOC, 1, 0x22, 0);
    ok(0, MM_MAP1, space, P, RW, frame[0]);
    ok(0, MM_MAP1, space, 2 * P, R, frame[1]);
}

static uint64_t reader(vaddr_t va, uint64_t bytes)
{
    return ok(0, MM_WINDOW_NEW, space, va, bytes, 0);
}

static uint64_t writer(vaddr_t va, uint64_t bytes)
{
    return ok(0, MM_WINDOW_NEW, space, va, bytes, MM_WINDOW_WRITER);
}

static void remains(uint64_t window, uint64_t bytes)
{
    cr_assert_eq(ok(0, MM_WINDOW_REMAIN, window), bytes);
}

Test(window, lies_below_the_last_user_page)
{
    start();
    const uint64_t end = MAX_USER;

    ok(0, MM_WINDOW_NEW, space, 0, 0, 0);
    ok(0, MM_WINDOW_NEW, space, end, 0, 0);
    ok(0, MM_WINDOW_NEW, space, 0, end, MM_WINDOW_WRITER);
    must(E_ACCESS, 0, MM_WINDOW_NEW, space, 0, end + 1, 0);
    must(E_ACCESS, 0, MM_WINDOW_NEW, space, end, 1, 0);
    must(E_ACCESS, 0, MM_WINDOW_NEW, space, end + 1, 0, 0);
    must(E_ACCESS, 0, MM_WINDOW_NEW, space, P, 0 - P, 0);
    must(E_ACCESS, 0, MM_WINDOW_NEW, space, P, UINT64_MAX, MM_WINDOW_WRITER);
    must(E_ACCESS, 0, MM_WINDOW_NEW, space, 0 - P, P, 0);
    must(E_INVAL, 0, MM_WINDOW_NEW, space, 0, P, 2);
    cr_assert_eq(world_stat(COUNTER_windows), 3);
    world_end();
}

Test(window, limit_only_shrinks_and_skip_stays_inside)
{
    start();
    uint64_t r = reader(P, 100);

    ok(0, MM_WINDOW_SKIP, r, 90);
    must(E_INVAL, 0, MM_WINDOW_SKIP, r, 11);
    must(E_INVAL, 0, MM_WINDOW_SKIP, r, UINT64_MAX);
    remains(r, 10);
    ok(0, MM_WINDOW_LIMIT, r, UINT64_MAX);
    remains(r, 10);
    ok(0, MM_WINDOW_LIMIT, r, 4);
    ok(0, MM_WINDOW_LIMIT, r, 8);
    remains(r, 4);
    ok(0, MM_WINDOW_SKIP, r, 4);
    remains(r, 0);
    world_end();
}

Test(window, zeros_stop_at_the_first_page_that_may_not_be_written)
{
    start();
    uint64_t w = writer(2 * P - 6, 100);

    must(E_FAULT, 0, MM_WINDOW_ZERO, w, 50);
    cr_assert_eq(world_out[0], 6);
    remains(w, 94);
    must(E_FAULT, 0, MM_WINDOW_ZERO, w, 50);
    cr_assert_eq(world_out[0], 0);
    cr_assert_eq(ok(0, MM_WINDOW_ZERO, w, 0), 0);
    uint64_t r = reader(2 * P - 8, 16);

    cr_assert_eq(ok(0, MM_WINDOW_READ_VAL, r, 8), 0x1111);
    cr_assert_eq(ok(0, MM_WINDOW_READ_VAL, r, 8), 0x2222222222222222);
    world_end();
}

Test(window, a_copy_stops_where_either_side_stops_and_both_move)
{
    start();
    uint64_t from = reader(3 * P - 10, 100), to = writer(P, 100);

    must(E_FAULT, 0, MM_WINDOW_COPY, to, from);
    cr_assert_eq(world_out[0], 10);
    remains(from, 90);
    remains(to, 90);
    uint64_t rest = reader(2 * P, 5);

    cr_assert_eq(ok(0, MM_WINDOW_COPY, to, rest), 5);
    remains(rest, 0);
    remains(to, 85);
    must(E_ACCESS, 0, MM_WINDOW_COPY, from, to);

    ok(0, MM_MAP1, space, 16 * P, RW, ok(0, MM_FRAME_ALLOC, 2, 0, 0));
    from = reader(2 * P - 3, 3 * P);
    to = writer(17 * P - 1, 3 * P);
    must(E_FAULT, 0, MM_WINDOW_COPY, to, from);
    cr_assert_eq(world_out[0], P + 1);
    remains(from, 2 * P - 1);
    remains(to, 2 * P - 1);
    world_end();
}

Test(window, a_value_is_moved_whole_or_not_at_all)
{
    start();
    uint64_t w = writer(2 * P - 4, 8), r = reader(3 * P - 4, 8), over = reader(2 * P - 2, 4);

    must(E_FAULT, 0, MM_WINDOW_WRITE_VAL, w, 8, UINT64_MAX);
    remains(w, 8);
    must(E_FAULT, 0, MM_WINDOW_READ_VAL, r, 8);
    remains(r, 8);
    cr_assert_eq(ok(0, MM_WINDOW_READ_VAL, over, 4), 0x22221111);
    must(E_INVAL, 0, MM_WINDOW_READ_VAL, over, 1);
    must(E_INVAL, 0, MM_WINDOW_READ_VAL, r, 3);
    world_end();
}

Test(window, single_accesses_are_aligned_and_cas_tells_what_it_found)
{
    start();
    uint64_t w = writer(P, 8), odd = writer(P + 2, 8), low = reader(2 * P, 2);

    ok(0, MM_WINDOW_CAS, w, 0x11111111, 7);
    cr_assert_eq(world_out[0], 0x11111111);
    cr_assert_eq(world_out[1], 1);
    cr_assert_eq(ok(0, MM_WINDOW_CAS, w, 8, 9), 7);
    cr_assert_eq(world_out[1], 0);
    cr_assert_eq(ok(0, MM_WINDOW_LOAD, w), 7);
    remains(w, 8);
    must(E_ALIGN, 0, MM_WINDOW_LOAD, odd);
    must(E_ALIGN, 0, MM_WINDOW_CAS, odd, 0, 1);
    must(E_ALIGN, 0, MM_WINDOW_READ_ONCE, odd, 4);
    must(E_ALIGN, 0, MM_WINDOW_WRITE_ONCE, odd, 8, 0);
    cr_assert_eq(ok(0, MM_WINDOW_READ_ONCE, odd, 2), 0);
    remains(odd, 6);
    must(E_INVAL, 0, MM_WINDOW_LOAD, low);
    must(E_ACCESS, 0, MM_WINDOW_WRITE_ONCE, low, 1, 0);
    world_end();
}

Test(window, an_active_writer_excludes_who_shares_a_byte)
{
    start();
    uint64_t w = writer(P, 16), inside = reader(P + 15, 1), beside = reader(P + 16, 1);
    uint64_t empty = reader(P + 8, 0);

    ok(0, MM_WINDOW_ACTIVATE, w);
    must(E_BUSY, 0, MM_WINDOW_READ_VAL, inside, 1);
    must(E_BUSY, 0, MM_WINDOW_ACTIVATE, inside);
    remains(inside, 1);
    ok(0, MM_WINDOW_ACTIVATE, beside);
    ok(0, MM_WINDOW_ACTIVATE, empty);
    ok(0, MM_WINDOW_SKIP, w, 16);
    must(E_BUSY, 0, MM_WINDOW_READ_VAL, inside, 1);
    ok(0, MM_WINDOW_DISPOSE, w);
    ok(0, MM_WINDOW_ACTIVATE, inside);
    must(E_BUSY, 0, MM_WINDOW_ACTIVATE, w);
    ok(0, MM_CLOSE, inside);
    ok(0, MM_WINDOW_ACTIVATE, w);
    world_end();
}

Test(window, sees_what_is_mapped_when_it_is_used)
{
    start();
    uint64_t r = reader(P, 8);

    cr_assert_eq(ok(0, MM_WINDOW_READ_VAL, r, 2), 0x1111);
    cr_assert_eq(ok(0, MM_UNMAP1, space, P, P), 1);
    must(E_FAULT, 0, MM_WINDOW_READ_VAL, r, 2);
    remains(r, 6);
    ok(0, MM_MAP1, space, P, R, frame[1]);
    cr_assert_eq(ok(0, MM_WINDOW_READ_VAL, r, 2), 0x2222);
    ok(0, MM_PROTECT1, space, P, P, 0);
    must(E_FAULT, 0, MM_WINDOW_READ_VAL, r, 2);
    must(E_BUSY, 0, MM_CLOSE, space);
    ok(0, MM_CLOSE, r);
    ok(0, MM_CLOSE, space);
    world_end();
}

Test(window, needs_the_right_that_its_kind_uses)
{
    start();
    uint64_t read = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_READ);
    uint64_t write = ok(0, MM_GRANT, space, world_client(2), MM_RIGHT_WRITE);
    uint64_t map = ok(0, MM_GRANT, space, world_client(3), MM_RIGHT_MAP | MM_RIGHT_GRANT);

    ok(1, MM_WINDOW_NEW, read, P, 8, 0);
    must(E_ACCESS, 1, MM_WINDOW_NEW, read, P, 8, MM_WINDOW_WRITER);
    uint64_t w = ok(2, MM_WINDOW_NEW, write, P, 8, MM_WINDOW_WRITER);

    must(E_ACCESS, 2, MM_WINDOW_NEW, write, P, 8, 0);
    must(E_ACCESS, 2, MM_WINDOW_LOAD, w);
    must(E_ACCESS, 2, MM_WINDOW_CAS, w, 0, 0);
    ok(2, MM_WINDOW_WRITE_VAL, w, 4, 5);
    must(E_ACCESS, 3, MM_WINDOW_NEW, map, P, 8, 0);
    must(E_HANDLE, 1, MM_WINDOW_REMAIN, w + (1ull << 40));
    world_end();
}
