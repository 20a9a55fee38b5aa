/* Attached windows on the host, over simulated CPUs: what is mapped where, and when it goes. */
#include "core/check.h"
#include "core/process.h"
#include "kernel/tlb.h"
#include "world.h"

enum { PLACE = 0x10000000 };

static uint64_t space, place, frame[3];

/* Client 0's space with frames at P, 2P (rw) and 3P (r), and another of its spaces. */
static void start(uint32_t cpus)
{
    world_start(WORLD_FRAMES, cpus);
    space = ok(0, MM_SPACE_NEW);
    place = ok(0, MM_SPACE_NEW);
    for (uint64_t i = 0; i < 3; i++) {
        frame[i] = ok(0, MM_FRAME_ALLOC, 1, 0x11 * (i + 1), 0);
        ok(0, MM_MAP1, space, (i + 1) * P, i < 2 ? RW : R, frame[i]);
    }
}

static uint64_t window(vaddr_t va, uint64_t bytes, uint64_t flags)
{
    return ok(0, MM_WINDOW_NEW, space, va, bytes, flags);
}

/* What the place has i pages further: its property, 0: nothing. */
static uint64_t there(uint64_t i)
{
    ok(0, MM_QUERY1, place, PLACE + i * P);
    return world_out[2] & ~(uint64_t)(MM_PRESENT | PROP_ACCESSED | PROP_DIRTY);
}

Test(attach, maps_the_pages_that_have_a_byte_and_no_more)
{
    start(1);
    uint64_t r = window(2 * P - 1, 2, 0);

    ok(0, MM_WINDOW_ATTACH, r, place, PLACE);
    cr_assert_eq(there(0), R);
    cr_assert_eq(there(1), R);
    cr_assert_eq(there(2), 0);
    must(E_BUSY, 0, MM_WINDOW_ATTACH, r, place, PLACE + 2 * P);
    ok(0, MM_WINDOW_DISPOSE, r);
    cr_assert_eq(there(0), 0);
    uint64_t w = window(P, P, MM_WINDOW_WRITER);

    ok(0, MM_WINDOW_ATTACH, w, place, PLACE);
    cr_assert_eq(there(0), RW);
    cr_assert_eq(there(1), 0);
    ok(0, MM_CLOSE, w);
    cr_assert_eq(there(0), 0);
    world_end();
}

Test(attach, refuses_what_is_not_there_or_taken)
{
    start(1);
    uint64_t w = window(3 * P, 1, MM_WINDOW_WRITER), r = window(P, 3 * P, 0);

    must(E_FAULT, 0, MM_WINDOW_ATTACH, w, place, PLACE); /* it is read only */
    must(E_RANGE, 0, MM_WINDOW_ATTACH, r, place, USER_END - 2 * P);
    must(E_RANGE, 0, MM_WINDOW_ATTACH, r, place, 0 - P);
    must(E_ALIGN, 0, MM_WINDOW_ATTACH, r, place, PLACE + 1);
    must(E_HANDLE, 0, MM_WINDOW_ATTACH, r, r, PLACE);
    ok(0, MM_MAP1, place, PLACE + 2 * P, R, frame[0]);
    must(E_MAPPED, 0, MM_WINDOW_ATTACH, r, place, PLACE);
    cr_assert_eq(there(0), 0);
    must(E_QUOTA, 0, MM_WINDOW_ATTACH, window(0, 513 * P, 0), place, PLACE);
    uint64_t theirs = ok(0, MM_GRANT, place, world_client(1), MM_RIGHT_READ | MM_RIGHT_WRITE);

    ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_READ);
    uint64_t v = ok(1, MM_WINDOW_NEW, world_out[0], P, P, 0);

    must(E_ACCESS, 1, MM_WINDOW_ATTACH, v, theirs, PLACE);
    ok(1, MM_WINDOW_ATTACH, v, 0, PLACE); /* in its own space it needs nothing */
    world_end();
}

Test(attach, a_page_goes_with_what_it_showed_and_does_not_come_back)
{
    start(1);
    uint64_t r = window(P, 3 * P, 0);

    ok(0, MM_WINDOW_ATTACH, r, place, PLACE);
    ok(0, MM_UNMAP1, space, P, P);
    cr_assert_eq(there(0), 0);
    cr_assert_eq(there(1), R);
    ok(0, MM_MAP1, space, P, RW, frame[0]);
    cr_assert_eq(there(0), 0);
    ok(0, MM_MAP1, space, 2 * P, R, frame[1]); /* the same frame: nothing changes for it */
    cr_assert_eq(there(1), R);
    ok(0, MM_MAP1, space, 2 * P, R, frame[0]);
    cr_assert_eq(there(1), 0);
    ok(0, MM_PROTECT1, space, 3 * P, P, 0);
    cr_assert_eq(there(2), 0);
    world_end();
}

Test(attach, a_writers_page_goes_with_the_right_to_write)
{
    start(1);
    uint64_t w = window(P, 2 * P, MM_WINDOW_WRITER);

    ok(0, MM_WINDOW_ATTACH, w, place, PLACE);
    ok(0, MM_PROTECT1, space, 2 * P, P, R);
    cr_assert_eq(there(0), RW);
    cr_assert_eq(there(1), 0);
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, P, 2 * P, MM_CURSOR_MUT);

    ok(0, MM_PROTECT_NEXT, c, P, R);
    cr_assert_eq(there(0), 0);
    world_end();
}

Test(attach, who_changes_the_place_ends_it)
{
    start(1);
    uint64_t r = window(P, 3 * P, 0), w = window(P, 1, MM_WINDOW_WRITER);

    ok(0, MM_WINDOW_ATTACH, r, place, PLACE);
    must(E_BUSY, 0, MM_WINDOW_ACTIVATE, w);
    must(E_ACCESS, 0, MM_PROTECT1, place, PLACE, P, RW);
    must(E_ACCESS, 0, MM_PROTECT1, place, PLACE, 3 * P, RX);
    cr_assert_eq(ok(0, MM_PROTECT1, place, PLACE + 2 * P, P, 0), 1); /* less is nobody's harm */
    cr_assert_eq(ok(0, MM_UNMAP1, place, PLACE + P, 0x200000 - P), 2);
    cr_assert_eq(there(0), 0);
    ok(0, MM_WINDOW_ACTIVATE, w);
    ok(0, MM_WINDOW_DISPOSE, w);
    ok(0, MM_WINDOW_ATTACH, r, place, PLACE);
    uint64_t c = ok(0, MM_CURSOR_OPEN, place, PLACE, PLACE + P, MM_CURSOR_MUT);

    cr_assert_eq(ok(0, MM_MAP, c, RW, frame[2]), 1);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(there(0), RW);
    cr_assert_eq(there(1), 0);
    world_end();
}

Test(attach, holds_back_who_wants_the_rest_of_its_pages)
{
    start(1);
    uint64_t w = window(P + 8, 8, MM_WINDOW_WRITER), r = window(P + 100, 4, 0);

    ok(0, MM_WINDOW_ACTIVATE, w);
    ok(0, MM_WINDOW_READ_VAL, r, 1);
    ok(0, MM_WINDOW_ATTACH, w, place, PLACE);
    must(E_BUSY, 0, MM_WINDOW_READ_VAL, r, 1);
    ok(0, MM_WINDOW_LIMIT, w, 0);
    must(E_BUSY, 0, MM_WINDOW_READ_VAL, r, 1);
    ok(0, MM_WINDOW_DISPOSE, w);
    ok(0, MM_WINDOW_ACTIVATE, r);
    must(E_BUSY, 0, MM_WINDOW_ATTACH, window(P, 1, MM_WINDOW_WRITER), place, PLACE);
    world_end();
}

Test(attach, every_cpu_forgets_a_page_before_its_frame_is_free)
{
    start(2);
    uint64_t r = window(P, 3 * P, 0);
    struct client *c = client_find(world_client(0));

    ok(0, MM_WINDOW_ATTACH, r, place, PLACE);
    ok(0, MM_ACTIVATE, place);
    port_host_load(1, c->active->root);
    ok(0, MM_CLOSE, frame[0]);
    uint32_t flushes = port_host_flushes;

    ok(0, MM_UNMAP1, space, P, P); /* the host's port fails if the frame is free too early */
    cr_assert_gt(port_host_flushes, flushes);
    flushes = port_host_flushes;
    ok(0, MM_WINDOW_DISPOSE, r);
    cr_assert_gt(port_host_flushes, flushes);
    world_end();
}

Test(attach, ends_with_handles_clients_and_spaces)
{
    start(1);
    uint64_t theirs = ok(0, MM_GRANT, place, world_client(1), MM_RIGHT_ALL);
    uint64_t source = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_READ);
    uint64_t v = ok(1, MM_WINDOW_NEW, source, P, P, 0);

    ok(1, MM_WINDOW_ATTACH, v, theirs, PLACE);
    ok(0, MM_REVOKE, place); /* the place is taken back, the window is not */
    cr_assert_eq(there(0), 0);
    ok(1, MM_WINDOW_READ_VAL, v, 1);
    theirs = ok(0, MM_GRANT, place, world_client(1), MM_RIGHT_ALL);
    ok(1, MM_WINDOW_ATTACH, v, theirs, PLACE);
    ok(0, MM_REVOKE, space);
    cr_assert_eq(there(0), 0);
    must(E_STALE, 1, MM_WINDOW_REMAIN, v);
    uint64_t r = window(P, P, 0);

    ok(0, MM_WINDOW_ATTACH, r, place, PLACE);
    ok(1, MM_CLOSE, theirs);
    ok(0, MM_CLOSE, place); /* the last handle: the space goes, the window is free again */
    ok(0, MM_WINDOW_ACTIVATE, window(P, P, MM_WINDOW_WRITER));
    world_end();
}
