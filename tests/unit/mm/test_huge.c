/*
 * Leaves of 2 MiB: mapped, replaced, split at either edge, protected whole, counted the same
 * on every path. With two CPUs port_host.c fails a test that frees a frame before the flush.
 */
#include "core/process.h"
#include "kernel/frame.h"
#include "world.h"

enum { FRAMES = 3 * WORLD_FRAMES };

static uint64_t space, frame, frame_id;
static struct vm_space *s;

static void start(uint32_t cpus)
{
    world_start(FRAMES, cpus);
    space = ok(0, MM_SPACE_NEW);
    frame = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    frame_id = world_out[1];
    s = vm_space_at(WORLD_CLIENTS);
    world_load(space, s);
}

static uint64_t open(vaddr_t from, vaddr_t to)
{
    return ok(0, MM_CURSOR_OPEN, space, from, to, MM_CURSOR_MUT);
}

static uint64_t new_huge(void)
{
    return ok(0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE);
}

/* A leaf over new frames that only it uses. */
static void put(uint64_t c, vaddr_t va)
{
    uint64_t h = new_huge();

    ok(0, MM_JUMP, c, va);
    cr_assert_eq(ok(0, MM_MAP_HUGE, c, RW, h), 0);
    ok(0, MM_CLOSE, h);
}

/* What stands at va: the slot's length, 0 for a hole. */
static uint64_t leaf_at(uint64_t c, vaddr_t va)
{
    ok(0, MM_JUMP, c, va);
    ok(0, MM_QUERY, c);
    return world_out[2] != 0 ? world_out[1] : 0;
}

static uint64_t unmap_at(uint64_t c, vaddr_t va, uint64_t len)
{
    ok(0, MM_JUMP, c, va);
    return ok(0, MM_UNMAP, c, len);
}

Test(huge, a_run_is_aligned_and_mapped_as_one_leaf)
{
    start(1);
    uint64_t h = new_huge(), id = world_out[1], c = open(0, 4 * HP);
    struct handle_entry *e;

    cr_assert_eq(handle_find(&client_find(world_client(0))->handles, h, KIND_FRAME, &e), OK);
    cr_assert_eq(e->value % 512, 0);
    cr_assert_eq(handle_count(e), 512);
    ok(0, MM_JUMP, c, HP);
    cr_assert_eq(ok(0, MM_MAP_HUGE, c, RW, h), 0);
    cr_assert_eq(ok(0, MM_ADDR, c), 2 * HP);
    ok(0, MM_JUMP, c, HP + 77 * P);
    ok(0, MM_QUERY, c);
    cr_assert_eq(world_out[0], HP);
    cr_assert_eq(world_out[1], HP);
    cr_assert_eq(world_out[2], RW | MM_PRESENT);
    cr_assert_eq(world_out[3], id);
    for (pfn_t f = e->value; f < e->value + 512; f++)
        cr_assert_eq(frame_refs[f], 2);
    cr_assert_eq(unmap_at(c, HP, HP), 1);
    for (pfn_t f = e->value; f < e->value + 512; f++)
        cr_assert_eq(frame_refs[f], 1);
    world_unload();
}

Test(huge, edges_are_split_and_the_middle_goes_whole)
{
    for (uint32_t cpus = 1; cpus <= 2; cpus++) {
        start(cpus);
        uint64_t c = open(0, 16 * HP);

        for (uint32_t i = 0; i < 6; i++)
            put(c, i * HP);
        ok(0, MM_JUMP, c, HP + 5 * P);
        cr_assert_eq(ok(0, MM_FIND_NEXT, c, P), 1);
        cr_assert_eq(world_out[1], HP + 5 * P);
        cr_assert_eq(ok(0, MM_UNMAP, c, 2 * HP), 507 + 1 + 5);
        cr_assert_eq(world_out[1], 507 + 512 + 5);
        cr_assert_eq(unmap_at(c, 4 * HP + 100 * P, 7 * P), 7); /* both edges in one leaf */
        cr_assert_eq(leaf_at(c, 4 * HP + 99 * P), P);
        cr_assert_eq(leaf_at(c, 4 * HP + 100 * P), 0);
        cr_assert_eq(leaf_at(c, 4 * HP + 107 * P), P);
        cr_assert_eq(unmap_at(c, 5 * HP, 3 * P), 3); /* from the start of a leaf */
        cr_assert_eq(leaf_at(c, 5 * HP + 3 * P), P);
        cr_assert_eq(unmap_at(c, 0, HP - P), 511); /* up to one page before its end */
        cr_assert_eq(leaf_at(c, HP - P), P);
        cr_assert_eq(unmap_at(c, 0, 16 * HP), 1 + 5 + 507 + 505 + 509);
        world_unload();
    }
}

Test(huge, both_ways_of_unmapping_count_a_leaf_once_and_its_pages_all)
{
    for (uint32_t cpus = 1; cpus <= 2; cpus++) {
        start(cpus);
        uint64_t c = open(0, 2 * GP);

        put(c, HP);
        cr_assert_eq(unmap_at(c, HP, HP), 1); /* taken itself */
        cr_assert_eq(world_out[1], 512);
        put(c, HP);
        put(c, 3 * HP);
        ok(0, MM_JUMP, c, 5 * HP + P);
        ok(0, MM_MAP, c, RW, frame);
        cr_assert_eq(unmap_at(c, 0, GP), 3); /* with the node that holds it */
        cr_assert_eq(world_out[1], 1025);
        cr_assert_eq(unmap_at(c, 0, GP), 0);
        cr_assert_eq(world_out[1], 0);
        world_unload();
    }
}

Test(huge, a_leaf_replaces_what_its_slot_held)
{
    for (uint32_t cpus = 1; cpus <= 2; cpus++) {
        start(cpus);
        uint64_t c = open(0, GP), h = new_huge(), id = world_out[1];
        uint64_t free = world_stat(COUNTER_frames_free);
        uint64_t nodes = world_stat(COUNTER_nodes), alls = world_stat(COUNTER_flush_all);

        put(c, 0); /* another leaf */
        cr_assert_eq(world_stat(COUNTER_flush_all), alls);
        ok(0, MM_JUMP, c, 0);
        cr_assert_eq(ok(0, MM_MAP_HUGE, c, R, h), 1);
        cr_assert_eq(world_stat(COUNTER_flush_all), alls + 1);
        cr_assert_eq(world_stat(COUNTER_frames_free), free);
        ok(0, MM_JUMP, c, 0);
        cr_assert_eq(ok(0, MM_MAP_HUGE, c, RW, h), 1); /* itself */
        ok(0, MM_JUMP, c, HP + 9 * P);                 /* a node with pages */
        ok(0, MM_MAP, c, RW, frame);
        ok(0, MM_MAP, c, RW, frame);
        cr_assert_eq(world_stat(COUNTER_nodes), nodes + 1);
        ok(0, MM_JUMP, c, HP);
        cr_assert_eq(ok(0, MM_MAP_HUGE, c, RW, h), 2);
        cr_assert_eq(world_stat(COUNTER_nodes), nodes);
        cr_assert_eq(world_stat(COUNTER_flush_all), alls + 3);
        cr_assert_eq(unmap_at(c, HP, HP), 1);
        ok(0, MM_JUMP, c, 2 * HP); /* an empty node */
        ok(0, MM_MAP, c, RW, frame);
        cr_assert_eq(unmap_at(c, 2 * HP, P), 1);
        alls = world_stat(COUNTER_flush_all);
        ok(0, MM_JUMP, c, 2 * HP);
        cr_assert_eq(ok(0, MM_MAP_HUGE, c, RW, h), 0);
        cr_assert_eq(world_stat(COUNTER_flush_all), alls + 1);
        cr_assert_eq(world_stat(COUNTER_nodes), nodes);
        cr_assert_eq(leaf_at(c, 2 * HP + P), HP);
        cr_assert_eq(world_out[3], id);
        put(c, 4 * HP); /* the pieces of a leaf */
        cr_assert_eq(unmap_at(c, 4 * HP, P), 1);
        ok(0, MM_JUMP, c, 4 * HP);
        cr_assert_eq(ok(0, MM_MAP_HUGE, c, RW, h), 511);
        cr_assert_eq(world_stat(COUNTER_frames_free), free);
        cr_assert_eq(unmap_at(c, 0, GP), 3);
        world_unload();
    }
}

Test(huge, a_page_over_a_leaf_leaves_511_pieces_as_they_were)
{
    for (uint32_t cpus = 1; cpus <= 2; cpus++) {
        start(cpus);
        uint64_t c = open(0, 4 * HP), h = new_huge(), id = world_out[1];
        uint64_t lone = world_stat(COUNTER_invlpg);

        ok(0, MM_MAP_HUGE, c, R | PROP_AVAIL2, h);
        ok(0, MM_JUMP, c, 7 * P);
        must(E_MAPPED, 0, MM_MAP, c, RW | MM_EXCL, frame);
        cr_assert_eq(leaf_at(c, 7 * P), HP);
        cr_assert_eq(ok(0, MM_MAP, c, RW, frame), 1);
        cr_assert_eq(world_stat(COUNTER_invlpg), lone + 1);
        for (uint32_t i = 0; i < 512; i++) {
            cr_assert_eq(leaf_at(c, i * P), P);
            cr_assert_eq(world_out[3], i == 7 ? frame_id : id + i);
            cr_assert_eq(world_out[2] & PROP_CLIENT, i == 7 ? RW : R | PROP_AVAIL2);
        }
        ok(0, MM_CLOSE, h);
        world_unload();
    }
}

Test(huge, a_split_changes_no_count)
{
    start(1);
    uint64_t h = new_huge(), c = open(0, 4 * HP);
    struct handle_entry *e;

    cr_assert_eq(handle_find(&client_find(world_client(0))->handles, h, KIND_FRAME, &e), OK);
    ok(0, MM_MAP_HUGE, c, RW, h);
    ok(0, MM_MAP_HUGE, c, RW, h);
    ok(0, MM_JUMP, c, HP);
    ok(0, MM_PROTECT_NEXT, c, P, RW); /* no right changes, but the leaf is split */
    cr_assert_eq(leaf_at(c, HP + P), P);
    for (pfn_t f = e->value; f < e->value + 512; f++)
        cr_assert_eq(frame_refs[f], 3);
    cr_assert_eq(unmap_at(c, HP, HP), 512);
    for (pfn_t f = e->value; f < e->value + 512; f++)
        cr_assert_eq(frame_refs[f], 2);
    world_unload();
}

Test(huge, protect_takes_a_leaf_whole_or_one_page_of_it)
{
    for (uint32_t cpus = 1; cpus <= 2; cpus++) {
        start(cpus);
        uint64_t c = open(0, 8 * HP);

        put(c, HP);
        put(c, 2 * HP);
        put(c, 3 * HP);
        uint64_t alls = world_stat(COUNTER_flush_all), singles = world_stat(COUNTER_invlpg);

        ok(0, MM_JUMP, c, 0);
        cr_assert_eq(ok(0, MM_PROTECT_NEXT, c, 2 * HP, R), 1); /* it lies in the length */
        cr_assert_eq(world_out[1], HP);
        cr_assert_eq(world_out[2], HP);
        cr_assert_eq(ok(0, MM_ADDR, c), 2 * HP);
        cr_assert_eq(leaf_at(c, HP), HP);
        cr_assert_eq(world_out[2] & PROP_CLIENT, R);
        ok(0, MM_DISPATCH, c);
        cr_assert_eq(world_stat(COUNTER_flush_all), alls + 1); /* 512 pages are everything */
        ok(0, MM_JUMP, c, HP + P);
        cr_assert_eq(ok(0, MM_PROTECT_NEXT, c, 4 * HP, RW), 1); /* it begins before */
        cr_assert_eq(world_out[1], HP + P);
        cr_assert_eq(world_out[2], P);
        ok(0, MM_JUMP, c, 2 * HP);
        cr_assert_eq(ok(0, MM_PROTECT_NEXT, c, HP - P, R), 1); /* it ends behind */
        cr_assert_eq(world_out[1], 2 * HP);
        cr_assert_eq(world_out[2], P);
        ok(0, MM_DISPATCH, c);
        cr_assert_eq(world_stat(COUNTER_invlpg), singles + 1); /* only the downgrade */
        ok(0, MM_CLOSE, c);
        /* Two pieces of the second leaf, all of the third, one piece of none. */
        cr_assert_eq(ok(0, MM_PROTECT1, space, 3 * HP - 2 * P, HP + 3 * P, R), 2 + 512);
        cr_assert_eq(ok(0, MM_PROTECT1, space, 3 * HP - 2 * P, HP + 3 * P, R), 0);
        cr_assert_eq(ok(0, MM_UNMAP1, space, 0, 8 * HP), 512 + 512 + 1);
        world_unload();
    }
}

Test(huge, requests_that_make_no_sense_change_nothing)
{
    start(1);
    uint64_t c = open(0, 4 * HP), h = new_huge(), reader, small, leaf;
    uint64_t run = ok(0, MM_FRAME_ALLOC, 513, 0, 0);
    uint64_t given, alone = ok(1, MM_SPACE_NEW);

    must(E_INVAL, 0, MM_MAP_HUGE, c, PROP_ACCESSED, h);
    must(E_INVAL, 0, MM_MAP_HUGE, c, RW);
    must(E_HANDLE, 0, MM_MAP_HUGE, space, RW, h);
    must(E_HANDLE, 0, MM_MAP_HUGE, c, RW, c);
    must(E_INVAL, 0, MM_MAP_HUGE, c, RW, frame);
    must(E_INVAL, 0, MM_MAP_HUGE, c, RW, run);
    reader = ok(0, MM_CURSOR_OPEN, space, GP, 2 * GP, 0);
    must(E_ACCESS, 0, MM_MAP_HUGE, reader, R, h);
    must(E_HANDLE, 0, MM_MAP_HUGE, reader, R, space); /* before rights */
    given = ok(0, MM_GRANT, h, world_client(1), MM_RIGHT_MAP | MM_RIGHT_READ);
    uint64_t theirs = ok(1, MM_CURSOR_OPEN, alone, 0, GP, MM_CURSOR_MUT);
    must(E_ACCESS, 1, MM_MAP_HUGE, theirs, RW, given);
    must(OK, 1, MM_MAP_HUGE, theirs, R, given);
    ok(0, MM_JUMP, c, P);
    must(E_ALIGN, 0, MM_MAP_HUGE, c, RW, h);
    ok(0, MM_JUMP, c, 3 * HP + P);
    must(E_LEN, 0, MM_MAP_HUGE, c, RW, h); /* before E_ALIGN */
    cr_assert_eq(ok(0, MM_ADDR, c), 3 * HP + P);
    small = open(GP * 3 + HP, GP * 3 + 2 * HP); /* its guard is the node below */
    must(E_LEVEL, 0, MM_MAP_HUGE, small, RW, h);
    ok(0, MM_JUMP, c, HP);
    ok(0, MM_MAP, c, RW, frame);
    ok(0, MM_JUMP, c, HP);
    must(E_MAPPED, 0, MM_MAP_HUGE, c, RW | MM_EXCL, h);
    ok(0, MM_JUMP, c, 2 * HP);
    must(OK, 0, MM_MAP_HUGE, c, RW | MM_EXCL, h);
    ok(0, MM_CLOSE, c);
    leaf = open(2 * HP, 3 * HP); /* the leaf is in the range: so is its node */
    must(OK, 0, MM_MAP_HUGE, leaf, R, h);
    ok(0, MM_CLOSE, h);
    must(E_STALE, 0, MM_MAP_HUGE, leaf, R, h);
    world_unload();
}

Test(huge, the_last_leaf_of_user_space_is_never_executable)
{
    start(1);
    uint64_t h = new_huge(), c = open(USER_END - GP, USER_END);

    ok(0, MM_JUMP, c, USER_END - HP);
    must(E_INVAL, 0, MM_MAP_HUGE, c, RX, h);
    ok(0, MM_MAP_HUGE, c, RW, h);
    cr_assert_eq(ok(0, MM_ADDR, c), USER_END);
    must(E_LEN, 0, MM_MAP_HUGE, c, RW, h);
    ok(0, MM_JUMP, c, USER_END - HP);
    must(E_INVAL, 0, MM_PROTECT_NEXT, c, HP, RX);
    cr_assert_eq(leaf_at(c, USER_END - HP), HP);
    cr_assert_eq(unmap_at(c, USER_END - P, P), 1);
    world_unload();
}

Test(huge, an_allocation_that_fails_changes_nothing)
{
    start(1);
    uint64_t h = new_huge(), c, nodes;

    for (uint32_t n = 1;; n++) { /* nodes of levels 3 and 2 are missing */
        c = open(0, 1024 * GP);
        nodes = world_stat(COUNTER_nodes);
        ok(0, MM_FAIL_ALLOC, n);
        int32_t st = ask(0, MM_MAP_HUGE, c, RW, h);

        ok(0, MM_FAIL_ALLOC, 0);
        if (st == OK) {
            cr_assert_eq(n, 3);
            break;
        }
        cr_assert_eq(st, E_NOMEM);
        cr_assert_eq(world_stat(COUNTER_nodes), nodes);
        cr_assert_eq(ok(0, MM_ADDR, c), 0);
        ok(0, MM_CLOSE, c);
    }
    static const uint64_t edit[3][4] = { { MM_UNMAP, 0, P },
                                         { MM_PROTECT_NEXT, 0, P, R },
                                         { MM_MAP, 0, RW, 0 } };

    for (uint32_t i = 0; i < 3; i++) { /* a split needs a node */
        uint64_t words[4] = { edit[i][0], c, edit[i][2], i == 2 ? frame : edit[i][3] };

        ok(0, MM_JUMP, c, 0);
        ok(0, MM_FAIL_ALLOC, 1);
        cr_assert_eq(world_ask(0, i == 0 ? 2 : 3, words), E_NOMEM);
        cr_assert_eq(ok(0, MM_ADDR, c), 0);
        cr_assert_eq(leaf_at(c, 0), HP);
        cr_assert_eq(world_out[2] & PROP_CLIENT, RW);
    }
    ok(0, MM_CLOSE, c);
    c = open(0, 4 * HP);
    ok(0, MM_JUMP, c, HP);
    ok(0, MM_MAP_HUGE, c, RW, h);
    for (uint32_t n = 1; n <= 2; n++) { /* two edges, two nodes */
        ok(0, MM_JUMP, c, P);
        ok(0, MM_FAIL_ALLOC, n);
        must(E_NOMEM, 0, MM_UNMAP, c, HP);
        cr_assert_eq(leaf_at(c, 0), HP);
        cr_assert_eq(leaf_at(c, HP), HP);
    }
    ok(0, MM_JUMP, c, P);
    cr_assert_eq(ok(0, MM_UNMAP, c, HP), 512);
    world_unload();
}

Test(huge, a_range_inside_a_leaf_is_guarded_by_the_node_that_holds_it)
{
    start(1);
    uint64_t c = open(0, 16 * HP);

    put(c, 0);
    ok(0, MM_CLOSE, c);
    c = open(3 * P, 5 * P);
    cr_assert_eq(ok(0, MM_UNMAP, c, 2 * P), 2);
    uint64_t other = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_ALL);

    must(E_BUSY, 1, MM_CURSOR_OPEN, other, HP, HP + P, MM_CURSOR_TRY);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(ok(0, MM_PROTECT1, space, 0, HP, R), 510);
    world_unload();
}

Test(huge, a_full_count_refuses_the_leaf)
{
    start(1);
    uint64_t h = new_huge(), c = open(0, GP);
    struct handle_entry *e;

    cr_assert_eq(handle_find(&client_find(world_client(0))->handles, h, KIND_FRAME, &e), OK);
    ok(0, MM_JUMP, c, 3 * P);
    ok(0, MM_MAP, c, RW, frame);
    ok(0, MM_JUMP, c, 0);
    frame_refs[e->value + 511] = REF_MAX - 1;
    struct request r = { .client = client_find(world_client(0)),
                         .label = MM_MAP_HUGE,
                         .count = 3,
                         .arg = { c, RW, h } };

    cr_assert_eq(serve(&r), E_SATURATED);
    frame_refs[e->value + 511] = 1;
    cr_assert_eq(leaf_at(c, 3 * P), P);
    cr_assert_eq(leaf_at(c, 0), 0);
    world_unload();
}

Test(huge, runs_come_aligned_until_no_aligned_one_is_left)
{
    start(1);
    uint64_t most = 0, handles[FRAMES / 512];

    must(E_INVAL, 0, MM_FRAME_ALLOC, 511, 0, MM_FRAME_HUGE);
    must(E_INVAL, 0, MM_FRAME_ALLOC, 1, 0, MM_FRAME_HUGE | MM_FRAME_EACH);
    must(E_INVAL, 0, MM_FRAME_ALLOC, 512, 256, MM_FRAME_HUGE);
    ok(0, MM_FAIL_ALLOC, 1);
    must(E_NOMEM, 0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE);
    while (ask(0, MM_FRAME_ALLOC, 512, 0xab, MM_FRAME_HUGE) == OK)
        handles[most++] = world_out[0];
    cr_assert_eq(most, FRAMES / 512 - 1); /* the first one is broken */
    ok(0, MM_CLOSE, handles[3]);
    uint64_t again = new_huge();

    cr_assert_neq(again, handles[3]);
    world_unload();
}
