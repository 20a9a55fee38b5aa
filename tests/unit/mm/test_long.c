/* Copies longer than a slice: what others get in between, whose turn it is, what ends them. */
#include "serve_move.h"
#include "world.h"

enum { PIECES = 8 }; /* of 2 MiB, all on the same frames: two slices */
#define ALL (PIECES * HP)

static uint64_t space, run;

static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    run = ok(0, MM_FRAME_ALLOC, 512, 0x11, 0);
    for (uint64_t i = 1; i <= PIECES; i++)
        ok(0, MM_MAP1, space, i * HP, RW, run);
    cr_assert_eq(ALL, 2ull * SERVE_SLICE);
}

static uint64_t writer(uint32_t client, uint64_t number)
{
    return ok(client, MM_WINDOW_NEW, number, HP, ALL, MM_WINDOW_WRITER);
}

Test(long, goes_on_and_is_answered_with_its_count)
{
    start();
    uint64_t w = writer(0, space);

    must(SERVE_LATER, 0, MM_WINDOW_ZERO, w, UINT64_MAX);
    cr_assert(serve_moves_any());
    serve_move_slice();
    cr_assert_not(serve_moves_any());
    cr_assert_eq(world_reply(0), OK);
    cr_assert_eq(world_out[0], ALL);
    cr_assert_eq(ok(0, MM_WINDOW_REMAIN, w), 0);
    world_end();
}

Test(long, has_its_windows_to_itself_until_it_ends)
{
    start();
    uint64_t w = writer(0, space), v = writer(0, space);
    uint64_t r = ok(0, MM_WINDOW_NEW, space, HP, 8, 0);

    must(SERVE_LATER, 0, MM_WINDOW_ZERO, w, ALL);
    must(E_BUSY, 0, MM_WINDOW_READ_VAL, r, 1);
    must(E_BUSY, 0, MM_WINDOW_WRITE_VAL, w, 1, 0);
    must(E_BUSY, 0, MM_WINDOW_LIMIT, w, 0);
    must(E_BUSY, 0, MM_WINDOW_SKIP, w, 1);
    must(E_BUSY, 0, MM_WINDOW_ATTACH, w, space, ALL + HP);
    must(E_BUSY, 0, MM_CLOSE, w);
    must(E_BUSY, 0, MM_WINDOW_ZERO, v, ALL);
    ok(0, MM_WINDOW_DISPOSE, w); /* it was not active but for the copy, and is still */
    must(E_BUSY, 0, MM_WINDOW_READ_VAL, r, 1);
    serve_move_slice();
    cr_assert_eq(world_reply(0), OK);
    ok(0, MM_WINDOW_READ_VAL, r, 1);
    ok(0, MM_CLOSE, w);
    world_end();
}

Test(long, ends_at_the_byte_that_was_unmapped_meanwhile)
{
    start();
    uint64_t w = writer(0, space);

    must(SERVE_LATER, 0, MM_WINDOW_ZERO, w, ALL);
    ok(0, MM_UNMAP1, space, HP + ALL - P, P);
    serve_move_slice();
    cr_assert_eq(world_reply(0), E_FAULT);
    cr_assert_eq(world_out[0], ALL - P);
    cr_assert_eq(ok(0, MM_WINDOW_REMAIN, w), P);
    world_end();
}

Test(long, two_take_turns_and_one_client_has_one)
{
    start();
    uint64_t other = ok(1, MM_SPACE_NEW), theirs = ok(1, MM_FRAME_ALLOC, 512, 0x22, 0);
    uint64_t third = ok(0, MM_SPACE_NEW);

    for (uint64_t i = 1; i <= PIECES; i++) {
        ok(1, MM_MAP1, other, i * HP, RW, theirs);
        ok(0, MM_MAP1, third, i * HP, RW, run);
    }
    uint64_t mine = writer(0, space), his = writer(1, other), second = writer(0, third);

    must(SERVE_LATER, 0, MM_WINDOW_ZERO, mine, ALL);
    must(SERVE_LATER, 1, MM_WINDOW_ZERO, his, ALL);
    must(E_BUSY, 0, MM_WINDOW_ZERO, second, ALL);
    cr_assert_eq(ok(0, MM_WINDOW_ZERO, second, SERVE_SLICE), SERVE_SLICE);
    serve_move_slice();
    serve_move_slice();
    cr_assert_not(serve_moves_any());
    cr_assert_eq(world_reply(1), OK); /* behind client 0 comes client 1 */
    cr_assert_eq(world_reply(0), OK);
    world_end();
}

Test(long, ends_when_its_window_is_taken_back)
{
    start();
    uint64_t theirs = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_WRITE);
    uint64_t w = writer(1, theirs);

    must(SERVE_LATER, 1, MM_WINDOW_ZERO, w, ALL);
    ok(0, MM_REVOKE, space);
    cr_assert_not(serve_moves_any());
    cr_assert_eq(world_reply(1), E_STALE);
    must(E_STALE, 1, MM_WINDOW_REMAIN, w);
    world_end();
}
