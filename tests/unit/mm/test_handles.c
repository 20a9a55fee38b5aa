/* Handles: generations, kinds, rights, grants. */
#include "world.h"

Test(handles, a_closed_number_is_stale_for_ever_and_an_unknown_one_is_not_a_handle)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t first = ok(0, MM_SPACE_NEW), last = first;

    for (uint32_t i = 0; i < 600; i++) {
        ok(0, MM_CLOSE, last);
        must(E_STALE, 0, MM_CLOSE, last);
        last = ok(0, MM_SPACE_NEW);
        cr_assert_neq(last, first);
    }
    must(E_STALE, 0, MM_CURSOR_OPEN, first, 0, P, 0);
    must(E_HANDLE, 0, MM_CLOSE, 0);
    must(E_HANDLE, 0, MM_CLOSE, UINT64_MAX);
    must(E_HANDLE, 0, MM_CLOSE, last + (1ull << 24)); /* not given yet */
    must(E_HANDLE, 0, MM_CLOSE, last | 1ull << 60);
    must(E_HANDLE, 0, MM_CLOSE, (last & ~(0xfull << 20)) | (uint64_t)KIND_FRAME << 20);
    must(E_HANDLE, 1, MM_CLOSE, last); /* another's */
    world_end();
}

Test(handles, a_handle_of_another_kind_is_refused)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t space = ok(0, MM_SPACE_NEW), f = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, P, MM_CURSOR_MUT);

    must(E_HANDLE, 0, MM_QUERY, space);
    must(E_HANDLE, 0, MM_MAP, c, RW, space);
    must(E_HANDLE, 0, MM_MAP1, f, 0, RW, f);
    must(E_HANDLE, 0, MM_PROC_KILL, f);
    must(E_HANDLE, 0, MM_GRANT, c, world_client(1), MM_RIGHT_ALL);
    world_end();
}

Test(handles, a_property_is_read_as_the_codec_reads_it)
{
    uint64_t x = 1;

    for (uint32_t i = 0; i < 100000; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        uint64_t leaf = (x ^ x >> 29) | PTE_LEAF;

        cr_assert_eq(pt_node_prop(leaf), pte_prop(leaf));
    }
}

Test(handles, made_up_numbers_reach_nothing)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t space = ok(0, MM_SPACE_NEW), f = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    uint64_t index = f & 0xfffff, kind = (uint64_t)KIND_FRAME << 20;

    ok(0, MM_CLOSE, f);
    /* Closed and fresh entries, as the table itself has them. */
    must(E_HANDLE, 0, MM_CLOSE, f | HANDLE_CLOSED);
    must(E_HANDLE, 0, MM_MAP1, space, 0, R, f | HANDLE_CLOSED);
    must(E_HANDLE, 0, MM_MAP1, space, 0, R, HANDLE_CLOSED | (index + 1) | kind);
    must(E_HANDLE, 0, MM_MAP1, space, 0, 0, (index + 1) | kind);
    must(E_STALE, 0, MM_MAP1, space, 0, 0, f);
    /* Behind a number in no slab, a zero. */
    must(E_HANDLE, 0, MM_MAP1, space, 0, R, 0xfff00, 0, 0, 0, 0);
    f = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    must(E_HANDLE, 0, MM_MAP1, space, 0, R, f, f | HANDLE_CLOSED, f);
    must(E_HANDLE, 0, MM_MAP1, space, 0, R, f, 0xfff00, 0, 0, 0, 0, 0, 0, 0);
    cr_assert_eq(world_stat(COUNTER_nodes), 0);
    world_end();
}

Test(handles, a_list_over_several_slabs_maps_in_order)
{
    static uint64_t words[4 + 500] = { MM_MAP1, 0, 0, RW };

    world_start(WORLD_FRAMES, 1);
    words[1] = ok(0, MM_SPACE_NEW);
    for (uint32_t i = 0; i < 500; i++)
        words[4 + (i * 7) % 500] = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    world_ok(0, 503, words, __LINE__);
    for (uint32_t i = 0; i < 500; i++) {
        struct handle_entry *e;

        cr_assert_eq(
            handle_find(&client_find(world_client(0))->handles, words[4 + i], KIND_FRAME, &e),
            OK);
        ok(0, MM_QUERY1, words[1], i * P);
        cr_assert_eq(world_out[3], serve_identity(e->value));
    }
    ok(0, MM_CLOSE, words[300]);
    cr_assert_eq(world_ask(0, 503, words), E_STALE);
    world_end();
}

Test(handles, a_client_may_have_many)
{
    world_start(WORLD_FRAMES, 1);
    static uint64_t handles[900];

    for (uint32_t i = 0; i < 900; i++)
        handles[i] = ok(0, MM_FRAME_ALLOC, 1, i & 0xff, 0);
    for (uint32_t i = 0; i < 900; i += 2)
        ok(0, MM_CLOSE, handles[i]);
    for (uint32_t i = 1; i < 900; i += 2)
        ok(0, MM_CLOSE, handles[i]);
    world_end();
}

Test(handles, who_has_too_many_cursors_or_windows_gets_no_more_but_others_do)
{
    static uint64_t cursors[MM_QUOTA];

    world_start(WORLD_FRAMES, 1);
    uint64_t s = ok(0, MM_SPACE_NEW), mine = ok(1, MM_SPACE_NEW);

    for (uint32_t i = 0; i < MM_QUOTA; i++) {
        cursors[i] = ok(0, MM_CURSOR_OPEN, s, i * HP, i * HP + P, 0);
        ok(0, MM_WINDOW_NEW, s, 0, P, 0);
    }
    must(E_QUOTA, 0, MM_CURSOR_OPEN, s, MM_QUOTA * HP, MM_QUOTA * HP + P, 0);
    must(E_QUOTA, 0, MM_WINDOW_NEW, s, 0, P, 0);
    cr_assert_eq(world_stat(COUNTER_cursors), MM_QUOTA);
    cr_assert_eq(world_stat(COUNTER_windows), MM_QUOTA);
    ok(1, MM_CURSOR_OPEN, mine, 0, P, 0);
    ok(1, MM_WINDOW_NEW, mine, 0, P, 0);
    ok(0, MM_CLOSE, cursors[7]);
    ok(0, MM_CURSOR_OPEN, s, 7 * HP, 7 * HP + P, 0);
    must(E_QUOTA, 0, MM_CURSOR_OPEN, s, MM_QUOTA * HP, MM_QUOTA * HP + P, 0);
    world_end();
}

Test(handles, granted_rights_never_exceed_the_granters)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t space = ok(0, MM_SPACE_NEW), f = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    uint64_t mine = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_MAP | MM_RIGHT_GRANT);
    uint64_t theirs = ok(1, MM_GRANT, mine, world_client(2), MM_RIGHT_MAP);
    uint64_t reader = ok(0, MM_GRANT, space, world_client(3), MM_RIGHT_READ);
    uint64_t frame = ok(0, MM_GRANT, f, world_client(1), MM_RIGHT_MAP | MM_RIGHT_READ);
    uint64_t window_only = ok(0, MM_GRANT, f, world_client(1), MM_RIGHT_READ);

    must(E_ACCESS, 1, MM_GRANT, mine, world_client(2), MM_RIGHT_ALL);
    must(E_ACCESS, 1, MM_MAP1, mine, 0, R, window_only);
    must(E_ACCESS, 1, MM_ACTIVATE, mine);
    must(E_ACCESS, 1, MM_MAP1, mine, 0, RW, frame);
    cr_assert_eq(ok(1, MM_MAP1, mine, 0, R, frame), 0);
    must(E_ACCESS, 1, MM_PROTECT1, mine, 0, P, RW); /* the frame is not its to write */
    cr_assert_eq(ok(1, MM_PROTECT1, mine, 0, P, 0), 1);
    must(E_ACCESS, 1, MM_PROTECT1, mine, 0, P, R);
    ok(2, MM_QUERY1, theirs, 0);
    must(E_ACCESS, 3, MM_UNMAP1, reader, 0, P);
    must(E_ACCESS, 3, MM_CURSOR_OPEN, reader, 0, P, MM_CURSOR_MUT);
    ok(3, MM_CLOSE, ok(3, MM_CURSOR_OPEN, reader, 0, P, 0));
    ok(3, MM_QUERY1, reader, 0);
    must(E_ACCESS, 3, MM_GRANT, reader, world_client(2), MM_RIGHT_READ);
    must(E_PEER, 0, MM_GRANT, space, 999999, MM_RIGHT_READ);
    must(E_INVAL, 0, MM_GRANT, space, world_client(2), 0);
    must(E_INVAL, 0, MM_GRANT, space, world_client(2), 16);
    world_end();
}

Test(handles, a_space_that_is_used_is_busy_for_everybody)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t space = ok(0, MM_SPACE_NEW);
    uint64_t other = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_ALL);
    uint64_t c = ok(1, MM_CURSOR_OPEN, other, 0, P, 0);

    must(E_BUSY, 1, MM_CLOSE, other);
    must(E_BUSY, 0, MM_CLOSE, space);
    ok(1, MM_CLOSE, c);
    ok(0, MM_ACTIVATE, space);
    must(E_BUSY, 0, MM_CLOSE, space);
    must(E_BUSY, 1, MM_CLOSE, other);
    ok(0, MM_ACTIVATE, 0);
    ok(0, MM_CLOSE, space);
    ok(1, MM_CLOSE, other);
    must(E_STALE, 0, MM_ACTIVATE, space);
    world_end();
}

Test(handles, a_frame_lives_while_anyone_holds_or_maps_it)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t free = world_stat(COUNTER_frames_free);
    uint64_t space = ok(0, MM_SPACE_NEW), f = ok(0, MM_FRAME_ALLOC, 8, 0, 0);
    uint64_t g = ok(0, MM_GRANT, f, world_client(1), MM_RIGHT_ALL);

    ok(0, MM_CLOSE, f);
    cr_assert_eq(world_stat(COUNTER_frames_free), free - 9);
    uint64_t other = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_ALL);

    ok(1, MM_MAP1, other, 0, RW, g);
    ok(1, MM_CLOSE, g);
    ok(0, MM_UNMAP1, space, 0, 3 * P);
    cr_assert_eq(world_stat(COUNTER_frames_free), free - 1 - 5 - 3);
    ok(0, MM_UNMAP1, space, 0, 8 * P);
    ok(0, MM_CLOSE, space);
    ok(1, MM_CLOSE, other);
    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    world_end();
}

Test(handles, frames_of_a_process_are_not_counted)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t free = world_stat(COUNTER_frames_free);
    uint64_t f = ok(0, MM_FRAME_ALLOC, 8, 0, MM_FRAME_PROCESS);

    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    ok(0, MM_CLOSE, f);
    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    must(E_INVAL, 0, MM_FRAME_ALLOC, 0, 0, 0);
    must(E_INVAL, 0, MM_FRAME_ALLOC, 1, 256, 0);
    must(E_INVAL, 0, MM_FRAME_ALLOC, 1, 0, 4);
    must(E_INVAL, 0, MM_FRAME_ALLOC, 257, 0, MM_FRAME_EACH);
    must(E_NOMEM, 0, MM_FRAME_ALLOC, 1ull << 40, 0, 0);
    must(E_NOMEM, 0, MM_FRAME_ALLOC, WORLD_FRAMES, 0, 0);
    ok(0, MM_FRAME_ALLOC, 256, 3, MM_FRAME_EACH);
    cr_assert_eq(world_results, 512);
    cr_assert_eq(world_stat(COUNTER_frames_free), free - 256);
    world_end();
}
