/*
 * Batches against CPUs that remember: what is flushed, when, and what is kept until then. Every
 * request is followed by tlb_sim_check; port_host.c watches each edit.
 */
#include "core/own_frame.h"
#include "kernel/frame.h"
#include "tlb_sim.h"
#include "world.h"

enum { FRAMES = 3 * WORLD_FRAMES };

static uint64_t space, cursor, frame, seed;
static struct vm_space *s;

static void start(uint32_t cpus)
{
    world_start(FRAMES, cpus);
    space = ok(0, MM_SPACE_NEW);
    s = vm_space_at(WORLD_CLIENTS);
    ok(0, MM_ACTIVATE, space);
    for (uint32_t c = 1; c < cpus; c++)
        port_host_load(c, s->root);
    cursor = ok(0, MM_CURSOR_OPEN, space, 0, 16 * HP, MM_CURSOR_MUT);
    frame = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
}

static void finish(void)
{
    ok(0, MM_CLOSE, cursor);
    ok(0, MM_ACTIVATE, 0);
    world_end();
}

static pfn_t pfn_of(uint64_t handle)
{
    struct handle_entry *e;

    cr_assert_eq(handle_find(&client_find(world_client(0))->handles, handle, KIND_FRAME, &e),
                 OK);
    return e->value;
}

static void map_at(vaddr_t va, uint64_t handle)
{
    ok(0, MM_JUMP, cursor, va);
    ok(0, MM_MAP, cursor, RW, handle);
}

Test(tlb, the_simulated_cpus_notice)
{
    start(2);
    map_at(P, frame);
    cr_assert(tlb_sim_touch(1, P + 5));
    cr_assert_not(tlb_sim_touch(1, 2 * P));
    cr_assert(tlb_sim_maps(pfn_of(frame)));
    tlb_sim_flush(s->root, (vaddr_t[]){ 2 * P }, 1);
    cr_assert(tlb_sim_maps(pfn_of(frame)));
    tlb_sim_flush(s->root, (vaddr_t[]){ P }, 1);
    cr_assert_not(tlb_sim_maps(pfn_of(frame)));
    finish();
}

Test(tlb, an_address_inside_drops_a_leaf_of_2_mib)
{
    start(2);
    uint64_t h = ok(0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE);

    ok(0, MM_JUMP, cursor, HP);
    ok(0, MM_MAP_HUGE, cursor, RW, h);
    tlb_sim_touch(1, HP + 77 * P);
    ok(0, MM_JUMP, cursor, HP + 400 * P); /* another piece: the split needs its flush, too */
    cr_assert_eq(ok(0, MM_UNMAP, cursor, P), 1);
    cr_assert_not(tlb_sim_maps(pfn_of(h) + 400));
    finish();
}

Test(tlb, frames_of_a_large_leaf_outlive_the_flush)
{
    start(2);
    for (uint32_t round = 0; round < 3; round++) {
        uint64_t old = ok(0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE), next;

        ok(0, MM_JUMP, cursor, HP);
        ok(0, MM_MAP_HUGE, cursor, RW, old);
        ok(0, MM_CLOSE, old);
        tlb_sim_touch(1, HP + 9 * P);
        ok(0, MM_JUMP, cursor, HP);
        if (round == 0) {
            ok(0, MM_UNMAP, cursor, HP); /* taken itself */
        } else if (round == 1) {
            ok(0, MM_UNMAP, cursor, HP - P); /* in pieces */
        } else {
            next = ok(0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE);
            ok(0, MM_MAP_HUGE, cursor, RW, next);
        }
    }
    finish();
}

Test(tlb, a_batch_holds_31_pages_and_then_everything)
{
    static const struct {
        uint32_t pages;
        uint64_t singles, alls;
    } row[] = { { 1, 1, 0 }, { 31, 31, 0 }, { 32, 0, 1 }, { 33, 0, 1 } };

    start(3);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t singles = world_stat(COUNTER_invlpg), alls = world_stat(COUNTER_flush_all);
        uint64_t batches = world_stat(COUNTER_batches);

        for (uint32_t k = 0; k < row[i].pages; k++) {
            map_at(k * 2 * P, frame);
            tlb_sim_touch(1 + k % 2, k * 2 * P);
        }
        ok(0, MM_JUMP, cursor, 0);
        cr_assert_eq(ok(0, MM_UNMAP, cursor, HP - P), row[i].pages);
        cr_assert_eq(world_stat(COUNTER_invlpg), singles + row[i].singles);
        cr_assert_eq(world_stat(COUNTER_flush_all), alls + row[i].alls);
        cr_assert_eq(world_stat(COUNTER_batches), batches + 1);
        cr_assert_not(tlb_sim_maps(pfn_of(frame)));
    }
    finish();
}

Test(tlb, a_downgrade_waits_in_the_batch_and_close_makes_it_true)
{
    start(2);
    map_at(0, frame);
    tlb_sim_touch(1, 0);
    ok(0, MM_JUMP, cursor, 0);
    ok(0, MM_PROTECT_NEXT, cursor, P, R); /* stale and queued: tlb_sim_check is content */
    cr_assert(tlb_sim_maps(pfn_of(frame)));
    ok(0, MM_CLOSE, cursor);
    cr_assert_not(tlb_sim_maps(pfn_of(frame)));
    cursor = ok(0, MM_CURSOR_OPEN, space, 0, HP, MM_CURSOR_MUT);
    finish();
}

Test(tlb, a_frame_issued_with_a_flush_is_kept_until_it_is_made)
{
    start(2);
    pfn_t f = pfn_of(frame);
    uint64_t own = own_frame_count(), free = world_stat(COUNTER_frames_free);

    map_at(0, frame);
    ok(0, MM_FLUSH, cursor, 0, P, frame);
    free = world_stat(COUNTER_frames_free);
    ok(0, MM_JUMP, cursor, 0);
    ok(0, MM_CLOSE, frame);
    cr_assert_eq(frame_refs[f], 2);
    cr_assert_eq(frame_parent[f], 1);
    ok(0, MM_SYNC, cursor); /* dispatches nothing */
    cr_assert_eq(frame_refs[f], 2);
    ok(0, MM_DISPATCH, cursor);
    cr_assert_eq(frame_refs[f], 1);
    cr_assert_eq(own_frame_count(), own);
    ok(0, MM_UNMAP, cursor, P);
    cr_assert_eq(world_stat(COUNTER_frames_free), free + 1);
    frame = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    finish();
}

Test(tlb, everything_keeps_frames_too_and_close_lets_them_go)
{
    start(2);
    uint64_t run = ok(0, MM_FRAME_ALLOC, 3, 0, 0);
    pfn_t f = pfn_of(run);

    ok(0, MM_FLUSH, cursor, 0, 0);
    ok(0, MM_FLUSH, cursor, P, 2 * P, run); /* the address vanishes, the frames do not */
    ok(0, MM_FLUSH, cursor, 0, 0, frame);
    cr_assert_eq(frame_parent[f + 2], 2);
    ok(0, MM_CLOSE, run);
    cr_assert_eq(frame_parent[f + 2], 1);
    ok(0, MM_CLOSE, cursor);
    cr_assert_eq(frame_refs[f + 2], 0);
    cr_assert_eq(frame_parent[pfn_of(frame)], 1);
    cursor = ok(0, MM_CURSOR_OPEN, space, 0, HP, MM_CURSOR_MUT);
    finish();
}

Test(tlb, many_frames_are_kept_and_a_refused_flush_keeps_none)
{
    start(2);
    pfn_t f = pfn_of(frame);
    uint64_t own = own_frame_count();

    must(E_HANDLE, 0, MM_FLUSH, cursor, 0, P, space);
    must(E_RANGE, 0, MM_FLUSH, cursor, P, P, frame);
    must(E_OUTSIDE, 0, MM_FLUSH, cursor, 16 * HP, 17 * HP, frame);
    must(E_ALIGN, 0, MM_FLUSH, cursor, 1, P, frame);
    cr_assert_eq(frame_parent[f], 1);
    for (uint32_t i = 0; i < 1500; i++) /* more than two pages of runs */
        ok(0, MM_FLUSH, cursor, i % 30 * P, (i % 30 + 1) * P, frame);
    cr_assert_eq(frame_parent[f], 1501);
    cr_assert_eq(own_frame_count(), own + 3);
    ok(0, MM_FAIL_ALLOC, 1, 1); /* there is room for this one */
    ok(0, MM_FLUSH, cursor, 0, P, frame);
    ok(0, MM_FAIL_ALLOC, 0, 1);
    ok(0, MM_DISPATCH, cursor);
    cr_assert_eq(frame_parent[f], 1);
    cr_assert_eq(own_frame_count(), own);
    ok(0, MM_FAIL_ALLOC, 1, 1);
    must(E_NOMEM, 0, MM_FLUSH, cursor, 0, P, frame);
    cr_assert_eq(frame_parent[f], 1);
    finish();
}

Test(tlb, an_empty_batch_dispatches_nothing)
{
    start(2);
    uint64_t batches = world_stat(COUNTER_batches);
    uint32_t flushes = port_host_flushes;

    ok(0, MM_DISPATCH, cursor);
    ok(0, MM_SYNC, cursor);
    ok(0, MM_UNMAP, cursor, 4 * HP);
    cr_assert_eq(world_stat(COUNTER_batches), batches);
    cr_assert_eq(port_host_flushes, flushes);
    finish();
}

/* --- chance --- */

static uint64_t rnd(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

static vaddr_t any_va(void)
{
    return rnd(4) * HP + (rnd(2) != 0 ? rnd(6) : 506 + rnd(6)) * P;
}

static void step(const uint64_t *small, const uint64_t *large)
{
    static const uint64_t prop[] = { 0, R, RW, RX, R | CACHE_UC << PROP_CACHE_SHIFT };
    vaddr_t va = any_va();
    uint64_t len = rnd(3) == 0 ? rnd(3) * HP : rnd(40) * P;

    ok(0, MM_JUMP, cursor, va);
    switch (rnd(9)) {
    case 0:
    case 1:
        (void)ask(0, MM_MAP, cursor, prop[rnd(5)], small[rnd(4)]);
        break;
    case 2:
        (void)ask(0, MM_JUMP, cursor, va - va % HP);
        (void)ask(0, MM_MAP_HUGE, cursor, prop[rnd(5)], large[rnd(2)]);
        break;
    case 3:
    case 4:
        (void)ask(0, MM_UNMAP, cursor, len);
        break;
    case 5:
    case 6:
        (void)ask(0, MM_PROTECT_NEXT, cursor, len, prop[rnd(5)]);
        break;
    case 7:
        (void)ask(0, MM_FLUSH, cursor, va, va + P);
        break;
    default:
        ok(0, MM_CLOSE, cursor);
        (void)ask(0, MM_PROTECT1, space, va, len, prop[rnd(5)]);
        (void)ask(0, MM_UNMAP1, space, any_va(), rnd(600) * P);
        cursor = ok(0, MM_CURSOR_OPEN, space, 0, 16 * HP, MM_CURSOR_MUT);
    }
}

static void trace(uint64_t number)
{
    uint64_t small[4], large[2];

    seed = 0x9e3779b97f4a7c15u * (number + 1);
    start(3);
    for (uint32_t i = 0; i < 4; i++)
        small[i] = ok(0, MM_FRAME_ALLOC, 1 + rnd(40), 0, 0);
    for (uint32_t i = 0; i < 2; i++)
        large[i] = ok(0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE);
    for (uint32_t i = 0; i < 60; i++) {
        for (uint32_t k = 0; k < 12; k++)
            tlb_sim_touch(1 + (uint32_t)rnd(2), any_va());
        step(small, large);
        if (rnd(20) == 0) { /* a handle goes, what is mapped stays until it is unmapped */
            uint32_t at = (uint32_t)rnd(4);

            ok(0, MM_CLOSE, small[at]);
            small[at] = ok(0, MM_FRAME_ALLOC, 1 + rnd(40), 0, 0);
        }
    }
    finish();
}

Test(tlb, whatever_happens_no_cpu_keeps_what_is_not_true, .timeout = 110)
{
    for (uint64_t i = 0; i < 12; i++)
        trace(i);
}
