/* Counts at their limit: E_SATURATED, and nothing has changed. */
#include "core/own_frame.h"
#include "world.h"

static uint64_t space, f, many;

static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    f = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    many = ok(0, MM_FRAME_ALLOC, 4, 0, 0);
}

static uint64_t saturate(uint32_t client, uint64_t frame)
{
    return ok(0, MM_SATURATE, world_client(client), frame);
}

static pfn_t frame_of(uint64_t number)
{
    return handle_peek(&client_find(world_client(0))->handles, number)->value;
}

Test(saturate, no_reference_can_be_taken_until_it_ends)
{
    start();
    ok(0, MM_MAP1, space, 0, RW, f);
    uint32_t refs = port_refs(frame_of(f));
    uint64_t s = saturate(0, f), nodes = world_stat(COUNTER_nodes);

    cr_assert_eq(port_refs(frame_of(f)), REF_MAX - 1);
    must(E_SATURATED, 0, MM_MAP1, space, P, RW, f);
    must(E_SATURATED, 0, MM_MAP1, space, GP, RW, f);
    must(E_SATURATED, 0, MM_MAP1, space, 2 * P, RW, many, f);
    must(E_SATURATED, 0, MM_GRANT, f, world_client(1), MM_RIGHT_ALL);
    must(E_SATURATED, 0, MM_SATURATE, world_client(0), f);
    cr_assert_eq(world_stat(COUNTER_nodes), nodes);
    cr_assert_eq(port_refs(frame_of(f)), REF_MAX - 1);
    cr_assert_eq(port_refs(frame_of(many)), 1);
    ok(0, MM_QUERY1, space, 0); /* looking takes no reference */
    cr_assert_eq(ok(0, MM_UNMAP1, space, 0, P), 1);
    ok(0, MM_MAP1, space, 0, RW, f); /* the one that came free */
    must(E_SATURATED, 0, MM_MAP1, space, P, RW, f);
    ok(0, MM_CLOSE, s);
    cr_assert_eq(port_refs(frame_of(f)), refs);
    ok(0, MM_MAP1, space, P, RW, f);
    world_end();
}

Test(saturate, a_refused_map_of_a_cursor_moves_nothing)
{
    start();
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, GP, MM_CURSOR_MUT);

    ok(0, MM_MAP, c, RW, many);
    ok(0, MM_JUMP, c, 0);
    saturate(0, f);
    must(E_SATURATED, 0, MM_MAP, c, RW, many, f);
    cr_assert_eq(ok(0, MM_ADDR, c), 0);
    ok(0, MM_QUERY, c);
    cr_assert_eq(world_out[3], serve_identity(frame_of(many)));
    cr_assert_eq(port_refs(frame_of(many)), 2);
    world_end();
}

Test(saturate, it_keeps_its_frame_and_ends_with_its_client)
{
    start();
    uint64_t free = world_stat(COUNTER_frames_free);
    uint64_t g = ok(1, MM_FRAME_ALLOC, 1, 0, 0), s = saturate(1, g);

    ok(1, MM_CLOSE, g);
    cr_assert_eq(world_stat(COUNTER_frames_free), free - 1);
    ok(0, MM_CENSUS);
    cr_assert_eq(world_out[0], 0);
    ok(1, MM_CLOSE, s);
    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    g = ok(1, MM_FRAME_ALLOC, 1, 0, 0);
    saturate(1, g);
    ok(0, MM_PROC_KILL, world_process(1));
    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    world_end();
}

Test(saturate, only_the_trusted_and_only_single_frames)
{
    start();
    uint64_t g = ok(1, MM_FRAME_ALLOC, 1, 0, 0);

    must(E_ACCESS, 1, MM_SATURATE, world_client(1), g);
    must(E_INVAL, 0, MM_SATURATE, world_client(0), many);
    must(E_HANDLE, 0, MM_SATURATE, world_client(0), space);
    must(E_HANDLE, 0, MM_SATURATE, world_client(1), f + (1ull << 24));
    must(E_PEER, 0, MM_SATURATE, 999999, f);
    must(E_HANDLE, 1, MM_GRANT, saturate(1, g), world_client(2), MM_RIGHT_ALL);
    for (uint32_t i = 0; i < 15; i++)
        saturate(0, ok(0, MM_FRAME_ALLOC, 1, 0, 0));
    must(E_NOMEM, 0, MM_SATURATE, world_client(0), f);
    cr_assert_eq(port_refs(frame_of(f)), 1);
    world_end();
}
