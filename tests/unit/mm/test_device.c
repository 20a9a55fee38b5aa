/* Device memory: no counts, uncached, out of reach of everything that is for frames. */
#include "core/frame_pool.h"
#include "kernel/frame.h"
#include "world.h"

enum { UC = CACHE_UC << PROP_CACHE_SHIFT, FIRST = 0x20000, PAGES = 6 };

static uint64_t space, device, id, frame;
static struct vm_space *s;

static void start(uint32_t cpus)
{
    world_boot.devices = 1;
    world_boot.device[0] = (struct boot_device){ FIRST, PAGES };
    if (!frame_is_device(FIRST))
        cr_assert_eq(frame_add_device(FIRST, PAGES), OK);
    world_start(WORLD_FRAMES, cpus);
    space = ok(0, MM_SPACE_NEW);
    frame = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    device = ok(0, MM_DEVICE, world_client(0), 0);
    id = world_out[1];
    cr_assert_eq(world_out[2], PAGES * P);
    s = vm_space_at(WORLD_CLIENTS);
    world_load(space, s);
}

static uint64_t open(vaddr_t from, vaddr_t to)
{
    return ok(0, MM_CURSOR_OPEN, space, from, to, MM_CURSOR_MUT);
}

Test(device, pages_are_mapped_clipped_and_counted_by_nobody)
{
    for (uint32_t cpus = 1; cpus <= 2; cpus++) {
        start(cpus);
        uint64_t c = open(0, 2 * HP), free = world_stat(COUNTER_frames_free);

        ok(0, MM_JUMP, c, HP - 2 * P); /* over the edge of a table */
        ok(0, MM_MAP_DEVICE, c, device, 0, PAGES * P, RW | UC);
        cr_assert_eq(world_out[1], PAGES * P);
        cr_assert_eq(ok(0, MM_ADDR, c), HP + 4 * P);
        for (uint32_t i = 0; i < PAGES; i++) {
            ok(0, MM_JUMP, c, HP - 2 * P + i * P);
            ok(0, MM_QUERY, c);
            cr_assert_eq(world_out[2] & PROP_CLIENT, RW | UC);
            cr_assert_eq(world_out[3], id + i);
        }
        cr_assert_eq(world_stat(COUNTER_frames_free), free - 2); /* two tables */
        ok(0, MM_JUMP, c, 0);
        ok(0, MM_MAP_DEVICE, c, device, 5 * P, 9 * P, R | UC);
        cr_assert_eq(world_out[1], P);
        ok(0, MM_MAP_DEVICE, c, device, 6 * P, P, R | UC);
        cr_assert_eq(world_out[1], 0);
        ok(0, MM_MAP_DEVICE, c, device, 0 - P, 2 * P, R | UC);
        cr_assert_eq(world_out[1], 0);
        cr_assert_eq(ok(0, MM_ADDR, c), P);
        ok(0, MM_JUMP, c, 0);
        cr_assert_eq(ok(0, MM_UNMAP, c, 2 * HP), PAGES + 1);
        cr_assert_eq(world_stat(COUNTER_frames_free), free); /* the tables were whole */
        world_unload();
    }
}

Test(device, frames_and_device_pages_replace_each_other)
{
    for (uint32_t cpus = 1; cpus <= 2; cpus++) {
        start(cpus);
        uint64_t c = open(0, HP);

        ok(0, MM_MAP, c, RW, frame);
        ok(0, MM_CLOSE, frame);
        ok(0, MM_JUMP, c, 0);
        uint64_t free = world_stat(COUNTER_frames_free);

        cr_assert_eq(ok(0, MM_MAP_DEVICE, c, device, 0, P, RW | UC), 1);
        cr_assert_eq(world_stat(COUNTER_frames_free), free + 1);
        frame = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
        ok(0, MM_JUMP, c, 0);
        must(E_MAPPED, 0, MM_MAP, c, R | MM_EXCL, frame);
        cr_assert_eq(ok(0, MM_MAP, c, R, frame), 1);
        cr_assert_eq(ok(0, MM_MAP_DEVICE, c, device, 0, 3 * P, RW | UC), 0);
        ok(0, MM_JUMP, c, 0);
        cr_assert_eq(ok(0, MM_UNMAP, c, 4 * P), 4);
        world_unload();
    }
}

Test(device, nothing_makes_it_cached_or_executable)
{
    static const uint64_t bad[] = { RW, R | CACHE_WT << PROP_CACHE_SHIFT, RX | UC,
                                    RW | UC | PROP_AVAIL1, RW | UC | MM_EXCL };
    start(1);
    uint64_t c = open(0, HP);

    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        must(E_INVAL, 0, MM_MAP_DEVICE, c, device, 0, P, bad[i]);
    ok(0, MM_MAP, c, RW, frame);
    must(E_INVAL, 0, MM_MAP_DEVICE, c, device, 0, P, RW);
    ok(0, MM_MAP_DEVICE, c, device, 0, P, RW | UC);
    ok(0, MM_JUMP, c, P);
    must(E_INVAL, 0, MM_PROTECT_NEXT, c, P, R);
    must(E_INVAL, 0, MM_PROTECT_NEXT, c, P, RX | UC);
    ok(0, MM_CLOSE, c);
    must(E_INVAL, 0, MM_PROTECT1, space, P, P, R);
    must(E_INVAL, 0, MM_PROTECT1, space, P, P, RX | UC);
    must(E_INVAL, 0, MM_PROTECT1, space, 0, 4 * P, R);
    ok(0, MM_QUERY1, space, 0);
    cr_assert_eq(world_out[2] & PROP_CLIENT, RW);
    cr_assert_eq(ok(0, MM_PROTECT1, space, 0, 4 * P, R | UC), 2);
    cr_assert_eq(ok(0, MM_PROTECT1, space, 0, P, RX), 1); /* the frame is free to be */
    world_unload();
}

Test(device, a_device_is_no_frame_and_not_everybodys)
{
    start(1);
    uint64_t c = open(0, HP), given;

    must(E_ACCESS, 1, MM_DEVICE, world_client(1), 0);
    must(E_INVAL, 0, MM_DEVICE, world_client(1), 1);
    must(E_PEER, 0, MM_DEVICE, 0, 0);
    must(E_HANDLE, 0, MM_MAP, c, RW | UC, device);
    must(E_HANDLE, 0, MM_MAP_HUGE, c, RW | UC, device);
    must(E_HANDLE, 0, MM_MAP1, space, 0, RW | UC, device);
    must(E_HANDLE, 0, MM_FRAME_SLICE, device, 0, P);
    must(E_HANDLE, 0, MM_FRAME_SPLIT, device, P);
    must(E_HANDLE, 0, MM_MAP_DEVICE, c, frame, 0, P, R | UC);
    must(E_LEN, 0, MM_MAP_DEVICE, open(GP, GP + P), device, 1, 3 * P, R | UC);
    must(E_ALIGN, 0, MM_MAP_DEVICE, c, device, 1, P, R | UC);
    must(E_ALIGN, 0, MM_MAP_DEVICE, c, device, P, 1, R | UC);
    given = ok(0, MM_GRANT, device, world_client(1), MM_RIGHT_MAP | MM_RIGHT_READ);
    uint64_t theirs = ok(1, MM_SPACE_NEW);
    uint64_t k = ok(1, MM_CURSOR_OPEN, theirs, 0, HP, MM_CURSOR_MUT);

    must(E_ACCESS, 1, MM_MAP_DEVICE, k, given, 0, P, RW | UC);
    must(OK, 1, MM_MAP_DEVICE, k, given, 0, P, R | UC);
    ok(1, MM_JUMP, k, 0);
    must(E_ACCESS, 1, MM_PROTECT_NEXT, k, P, RW | UC);
    ok(0, MM_REVOKE, device);
    must(E_STALE, 1, MM_MAP_DEVICE, k, given, 0, P, R | UC);
    cr_assert_eq(ok(1, MM_UNMAP, k, HP), 1);
    ok(0, MM_CLOSE, device);
    must(E_STALE, 0, MM_MAP_DEVICE, c, device, 0, P, R | UC);
    world_unload();
}

Test(device, failing_nodes_leave_nothing)
{
    start(1);
    uint64_t c = open(512 * GP - P, 512 * GP + P), nodes = world_stat(COUNTER_nodes);

    for (uint32_t n = 1; n <= 6; n++) {
        ok(0, MM_FAIL_ALLOC, n);
        must(E_NOMEM, 0, MM_MAP_DEVICE, c, device, 0, 2 * P, R | UC);
        cr_assert_eq(world_stat(COUNTER_nodes), nodes);
        cr_assert_eq(ok(0, MM_ADDR, c), 512 * GP - P);
    }
    ok(0, MM_FAIL_ALLOC, 0);
    ok(0, MM_MAP_DEVICE, c, device, 0, 2 * P, R | UC);
    cr_assert_eq(world_stat(COUNTER_nodes), nodes + 6);
    world_unload();
}
