/* Reap: nodes that translate nothing go back, all others stay. */
#include "world.h"

static uint64_t space, f;

static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    f = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
}

Test(reap, empty_nodes_of_every_level_go_by_one_flush)
{
    start();
    uint64_t free = world_stat(COUNTER_frames_free);

    ok(0, MM_QUERY1, space, 0);            /* three nodes */
    ok(0, MM_QUERY1, space, 3 * HP);       /* one more */
    ok(0, MM_QUERY1, space, 5 * GP);       /* two more */
    ok(0, MM_QUERY1, space, 700 * GP);     /* three more */
    ok(0, MM_UNMAP1, space, 900 * GP, GP); /* its level-2 node */
    cr_assert_eq(world_stat(COUNTER_nodes), 10);
    uint64_t batches = world_stat(COUNTER_batches), all = world_stat(COUNTER_flush_all);

    cr_assert_eq(ok(0, MM_REAP, space), 10);
    cr_assert_eq(world_stat(COUNTER_nodes), 0);
    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    cr_assert_eq(world_stat(COUNTER_batches), batches + 1);
    cr_assert_eq(world_stat(COUNTER_flush_all), all + 1);
    cr_assert_eq(ok(0, MM_REAP, space), 0);
    cr_assert_eq(world_stat(COUNTER_batches), batches + 1); /* nothing to flush */
    world_end();
}

Test(reap, nodes_on_the_way_to_a_leaf_stay)
{
    start();
    ok(0, MM_MAP1, space, 5 * GP, 0, f); /* a leaf without access is one, too */
    ok(0, MM_QUERY1, space, 5 * GP + 3 * HP);
    ok(0, MM_QUERY1, space, 6 * GP);
    ok(0, MM_QUERY1, space, 600 * GP);
    cr_assert_eq(ok(0, MM_REAP, space), 1 + 2 + 3);
    cr_assert_eq(world_stat(COUNTER_nodes), 3);
    ok(0, MM_QUERY1, space, 5 * GP);
    cr_assert_eq(world_out[2], MM_PRESENT);
    ok(0, MM_UNMAP1, space, 5 * GP, P);
    cr_assert_eq(ok(0, MM_REAP, space), 3);
    world_end();
}

Test(reap, the_last_nodes_of_user_space)
{
    start();
    ok(0, MM_MAP1, space, USER_END - P, RW, f);
    ok(0, MM_QUERY1, space, USER_END - HP - P);
    cr_assert_eq(ok(0, MM_REAP, space), 1);
    ok(0, MM_UNMAP1, space, USER_END - P, P);
    cr_assert_eq(ok(0, MM_REAP, space), 3);
    world_end();
}

Test(reap, while_the_space_is_loaded_elsewhere)
{
    world_start(WORLD_FRAMES, 2);
    space = ok(0, MM_SPACE_NEW);
    f = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    ok(0, MM_ACTIVATE, space);
    port_host_load(1, client_find(world_client(0))->active->root);
    ok(0, MM_MAP1, space, 0, RW, f);
    ok(0, MM_QUERY1, space, 3 * HP);
    ok(0, MM_QUERY1, space, 700 * GP);
    uint32_t flushes = port_host_flushes;

    cr_assert_eq(ok(0, MM_REAP, space), 4);
    cr_assert_gt(port_host_flushes, flushes);
    world_end();
}

Test(reap, it_needs_the_whole_space)
{
    start();
    uint64_t theirs = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_ALL);
    uint64_t reader = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_READ | MM_RIGHT_GRANT);
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 4 * HP, 4 * HP + P, 0);

    must(E_BUSY, 0, MM_REAP, space);
    must(E_BUSY, 1, MM_REAP | MM_TRY, theirs);
    must(E_ACCESS, 1, MM_REAP, reader);
    must(E_HANDLE, 1, MM_REAP, c);
    must(SERVE_LATER, 1, MM_REAP, theirs);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(world_reply(1), OK);
    cr_assert_eq(world_out[0], 3);
    world_end();
}
