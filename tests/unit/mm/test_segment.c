/* Runs of frames and parts of them: who holds what, and offsets that would wrap. */
#include "core/own_frame.h"
#include "kernel/frame.h"
#include "world.h"

static uint64_t run, id;
static pfn_t first;

static void start(uint32_t count)
{
    struct handle_entry *e;

    world_start(WORLD_FRAMES, 1);
    run = ok(0, MM_FRAME_ALLOC, count, 0x5a, 0);
    id = world_out[1];
    cr_assert_eq(handle_find(&client_find(world_client(0))->handles, run, KIND_FRAME, &e), OK);
    first = e->value;
}

/* The holds of frames first .. first+7 of the run. */
static void holds(const char *each)
{
    for (uint32_t i = 0; each[i] != 0; i++)
        cr_assert_eq(frame_parent[first + i], (uint32_t)(each[i] - '0'), "frame %u", i);
}

Test(segment, a_slice_holds_its_frames_beside_the_run)
{
    start(8);
    uint64_t free = world_stat(COUNTER_frames_free);
    uint64_t slice = ok(0, MM_FRAME_SLICE, run, 2 * P, 3 * P);

    cr_assert_eq(world_out[1], id + 2);
    holds("11222111");
    uint64_t inner = ok(0, MM_FRAME_SLICE, slice, P, 2 * P);

    cr_assert_eq(world_out[1], id + 3);
    holds("11233111");
    ok(0, MM_CLOSE, run);
    holds("00122000");
    cr_assert_eq(world_stat(COUNTER_frames_free), free + 5);
    ok(0, MM_CLOSE, slice);
    holds("00011000");
    cr_assert_eq(((uint8_t *)port_frame(first + 3))[5], 0x5a);
    ok(0, MM_CLOSE, inner);
    cr_assert_eq(world_stat(COUNTER_frames_free), free + 8);
    world_end();
}

Test(segment, a_split_leaves_every_frame_held_once)
{
    start(8);
    uint64_t front = ok(0, MM_FRAME_SPLIT, run, 3 * P), rest = world_out[2];

    cr_assert_eq(world_out[1], id);
    cr_assert_eq(world_out[3], id + 3);
    holds("11111111");
    must(E_STALE, 0, MM_CLOSE, run);
    must(E_RANGE, 0, MM_FRAME_SLICE, front, 3 * P, P);
    must(E_RANGE, 0, MM_FRAME_SLICE, rest, 5 * P, P);
    ok(0, MM_CLOSE, front);
    holds("00011111");
    ok(0, MM_FRAME_SPLIT, rest, 4 * P);
    front = world_out[0];
    rest = world_out[2];
    must(E_RANGE, 0, MM_FRAME_SPLIT, rest, P); /* one frame is left */
    ok(0, MM_CLOSE, front);
    holds("00000001");
    ok(0, MM_CLOSE, rest);
    world_end();
}

Test(segment, revoking_a_run_takes_its_parts_back)
{
    start(8);
    uint64_t theirs = ok(0, MM_GRANT, run, world_client(1), MM_RIGHT_ALL);
    uint64_t mine = ok(0, MM_FRAME_SLICE, run, 0, P);
    uint64_t slice = ok(1, MM_FRAME_SLICE, theirs, P, 4 * P);

    ok(1, MM_FRAME_SPLIT, theirs, 6 * P);
    uint64_t front = world_out[0], rest = world_out[2];
    uint64_t third = ok(1, MM_GRANT, slice, world_client(2), MM_RIGHT_MAP | MM_RIGHT_READ);

    holds("34444222");
    ok(0, MM_REVOKE, run);
    holds("21111111");
    must(E_STALE, 1, MM_CLOSE, slice);
    must(E_STALE, 1, MM_CLOSE, front);
    must(E_STALE, 1, MM_CLOSE, rest);
    must(E_STALE, 2, MM_CLOSE, third);
    ok(0, MM_CLOSE, mine); /* one's own part is no grant */
    world_end();
}

Test(segment, offsets_and_lengths_that_would_wrap_are_refused)
{
    static const uint64_t bad[][2] = {
        { 0, 0 },
        { 8 * P, 0 },
        { 8 * P, P },
        { 7 * P, 2 * P },
        { 0, 9 * P },
        { P, 0 - P },
        { P, 0 - 2 * P },
        { 0 - P, P },
        { 0 - P, 2 * P },
        { 1ull << 63, 1ull << 63 },
        { 4 * P, 1ull << 44 },
        { (1ull << 44) + P, P },
    };

    start(8);
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        must(E_RANGE, 0, MM_FRAME_SLICE, run, bad[i][0], bad[i][1]);
    must(E_ALIGN, 0, MM_FRAME_SLICE, run, 1, P);
    must(E_ALIGN, 0, MM_FRAME_SLICE, run, P, P - 1);
    must(E_RANGE, 0, MM_FRAME_SLICE, run, 7 * P + 1, P); /* before E_ALIGN */
    must(E_RANGE, 0, MM_FRAME_SPLIT, run, 0);
    must(E_RANGE, 0, MM_FRAME_SPLIT, run, 8 * P);
    must(E_RANGE, 0, MM_FRAME_SPLIT, run, 0 - P);
    must(E_ALIGN, 0, MM_FRAME_SPLIT, run, P + 8);
    must(E_HANDLE, 0, MM_FRAME_SPLIT, 0, P);
    must(E_HANDLE, 1, MM_FRAME_SLICE, 1, 0, P);
    holds("11111111");
    ok(0, MM_CLOSE, run);
    must(E_STALE, 0, MM_FRAME_SLICE, run, 0, P);
    must(E_STALE, 0, MM_FRAME_SPLIT, run, P);
    world_end();
}

Test(segment, a_part_has_the_rights_of_the_whole)
{
    start(8);
    uint64_t theirs = ok(0, MM_GRANT, run, world_client(1), MM_RIGHT_MAP | MM_RIGHT_READ);
    uint64_t slice = ok(1, MM_FRAME_SLICE, theirs, P, 4 * P);
    uint64_t rest = (slice = ok(1, MM_FRAME_SPLIT, slice, P), world_out[2]);
    uint64_t space = ok(1, MM_SPACE_NEW);

    must(E_ACCESS, 1, MM_MAP1, space, 0, RW, slice);
    must(E_ACCESS, 1, MM_MAP1, space, 0, RW, rest);
    must(E_ACCESS, 1, MM_GRANT, rest, world_client(2), MM_RIGHT_READ);
    must(OK, 1, MM_MAP1, space, 0, R, slice);
    must(OK, 1, MM_MAP1, space, P, R, rest);
    ok(1, MM_QUERY1, space, P);
    cr_assert_eq(world_out[3], id + 2);
    must(E_ACCESS, 1, MM_PROTECT1, space, 0, 4 * P, RW);
    world_end();
}

Test(segment, a_part_of_a_run_is_no_leaf_and_a_whole_one_is)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t space = ok(0, MM_SPACE_NEW), c;
    uint64_t h = ok(0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE);
    uint64_t whole = ok(0, MM_FRAME_SLICE, h, 0, HP);
    uint64_t rest = (h = ok(0, MM_FRAME_SPLIT, h, P), world_out[2]);

    c = ok(0, MM_CURSOR_OPEN, space, 0, GP, MM_CURSOR_MUT);
    must(E_INVAL, 0, MM_MAP_HUGE, c, RW, rest);
    must(E_INVAL, 0, MM_MAP_HUGE, c, RW, h);
    must(OK, 0, MM_MAP_HUGE, c, RW, whole);
    uint64_t many = ok(0, MM_FRAME_ALLOC, 1024, 0, 0), fits = 0;

    for (uint32_t i = 0; i < 512; i++) { /* 512 frames from wherever: one of 512 fits */
        uint64_t part = ok(0, MM_FRAME_SLICE, many, i * P, HP);

        fits += ask(0, MM_MAP_HUGE, c, RW, part) == OK;
    }
    cr_assert_eq(fits, 1);
    world_end();
}

Test(segment, a_handle_that_finds_no_room_takes_no_hold)
{
    start(8);
    uint64_t count = own_frame_count();

    for (uint32_t i = 0; i < HANDLE_SLAB - 1; i++) /* the slab of frames is full then */
        ok(0, MM_FRAME_SLICE, run, 0, P);
    cr_assert_eq(own_frame_count(), count);
    cr_assert_eq(frame_parent[first], HANDLE_SLAB);
    while (ask(1, MM_FRAME_ALLOC, 1, 0, 0) == OK) {
    }
    must(E_NOMEM, 0, MM_FRAME_SLICE, run, 0, P);
    must(E_NOMEM, 0, MM_FRAME_SPLIT, run, P);
    cr_assert_eq(frame_parent[first], HANDLE_SLAB);
    world_end();
}
