/*
 * Two CPUs, the second one running the space that the first one changes: port_host.c fails a
 * test in which a frame is freed before the flush.
 */
#include "core/edit_batch.h"
#include "core/process.h"
#include "kernel/tlb.h"
#include "world.h"

static uint64_t space, frame;
static struct vm_space *s;

static void start(uint32_t cpus)
{
    world_start(2 * WORLD_FRAMES, cpus);
    space = ok(0, MM_SPACE_NEW);
    frame = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    s = vm_space_at(WORLD_CLIENTS);
    if (cpus == 1)
        return;
    ok(0, MM_ACTIVATE, space);
    port_host_load(1, s->root);
}

/* CPU 1 has flushed everything that was dispatched. */
static void coherent(void)
{
    cr_assert(tlb_done(tlb_clock));
}

static void finish(void)
{
    if (tlb_cpus > 1) {
        ok(0, MM_ACTIVATE, 0);
        cr_assert_eq(tlb_root[1], NO_FRAME);
    }
    world_end();
}

Test(flush, a_frame_is_free_only_after_every_cpu_has_flushed)
{
    start(2);
    uint64_t free = world_stat(COUNTER_frames_free);

    ok(0, MM_MAP1, space, 0, RW, frame);
    ok(0, MM_CLOSE, frame);
    uint32_t flushes = port_host_flushes;

    ok(0, MM_UNMAP1, space, 0, P);
    cr_assert_eq(port_host_flushes, flushes + 2); /* before the frame went; at the dispatch */
    coherent();
    cr_assert_eq(world_stat(COUNTER_frames_free), free + 1 - 3);
    finish();
}

Test(flush, replaced_frames_outlive_the_flush_too)
{
    start(2);
    uint64_t words[4 + 300] = { MM_MAP1, space, 0, RW };

    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t half = 0; half < 2; half++) {
            ok(0, MM_FRAME_ALLOC, 150, 0, MM_FRAME_EACH);
            for (uint32_t i = 0; i < 150; i++)
                words[4 + half * 150 + i] = world_out[2 * i];
        }
        words[2] = 400 * P; /* over a node boundary: both pieces are lists */
        cr_assert_eq(world_ok(0, 303, words, __LINE__), round == 0 ? 0 : 300);
        for (uint32_t i = 0; i < 300; i++)
            ok(0, MM_CLOSE, words[4 + i]);
        coherent();
    }
    cr_assert_eq(ok(0, MM_UNMAP1, space, 0, GP), 300);
    coherent();
    finish();
}

Test(flush, whole_subtrees_are_emptied_after_the_flush)
{
    start(2);
    uint64_t run = ok(0, MM_FRAME_ALLOC, 1500, 0, 0);
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, 512 * GP, MM_CURSOR_MUT);

    for (uint32_t i = 0; i < 100; i++) {
        ok(0, MM_JUMP, c, i * GP);
        ok(0, MM_MAP, c, RW, frame);
    }
    ok(0, MM_JUMP, c, 200 * GP - 700 * P);
    ok(0, MM_MAP, c, RW, run);
    ok(0, MM_CLOSE, run);
    ok(0, MM_CLOSE, frame);
    ok(0, MM_JUMP, c, 0);
    cr_assert_eq(ok(0, MM_UNMAP, c, 512 * GP), 1600);
    coherent();
    finish();
}

Test(flush, a_downgrade_is_true_when_the_cursor_is_closed)
{
    start(2);
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, GP, MM_CURSOR_MUT);

    ok(0, MM_MAP, c, RW, frame);
    ok(0, MM_JUMP, c, 0);
    uint32_t flushes = port_host_flushes;

    ok(0, MM_PROTECT_NEXT, c, P, R);
    cr_assert_eq(port_host_flushes, flushes);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(port_host_flushes, flushes + 1);
    ok(0, MM_PROTECT1, space, 0, P, RW);
    cr_assert_eq(port_host_flushes, flushes + 1);
    ok(0, MM_PROTECT1, space, 0, P, 0);
    cr_assert_eq(port_host_flushes, flushes + 2);
    coherent();
    finish();
}

Test(flush, a_full_count_refuses_the_whole_request)
{
    start(1);
    struct handle_entry *e;
    uint64_t run = ok(0, MM_FRAME_ALLOC, 1000, 0, 0);

    cr_assert_eq(handle_find(&client_find(world_client(0))->handles, run, KIND_FRAME, &e), OK);
    pfn_t full = e->value + 900;

    frame_refs[full] = REF_MAX - 1;
    cr_assert_eq(map_one(&(struct map_job){ .space = s,
                                            .from = vm_space_top(s),
                                            .va = 0,
                                            .pages = 1,
                                            .batch = &(struct tlb_batch){ 0 } },
                         full),
                 E_SATURATED);
    frame_refs[full] = REF_MAX - 2; /* room for one mapping, not for two */
    struct frame_run twice[] = { { e->value, 1000 }, { full, 1 } };
    struct tlb_batch batch = { 0 };
    struct map_job job = {
        .space = s, .from = vm_space_top(s), .va = 0, .pages = 1001, .prop = R, .batch = &batch
    };

    cr_assert_eq(map_runs(&job, twice, 2), E_SATURATED);
    cr_assert_eq(s->nodes, 0);
    job.pages = 1000;
    cr_assert_eq(map_runs(&job, twice, 1), OK);
    cr_assert_eq(frame_refs[full], REF_MAX - 1);
    frame_refs[full] = 2;
    finish();
}
