/*
 * The n-th allocation of a request fails, for every n until none is left, each time in a new
 * world: the error is E_NOMEM, and the state is what it was. Frames and nodes are one kind of
 * allocation, mm's own memory (handles, links of grants, words of waiting requests) another.
 */
#include "core/own_frame.h"
#include "core/process.h"
#include "state.h"
#include "world.h"

enum { SCRIPTS, OWN, KINDS };

static uint64_t space, empty, run, single, huge, cursor, endpoint, process, thread;

/* Client 0 has made something of everything; client 1 has handles of nothing yet. */
static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    empty = ok(0, MM_SPACE_NEW);
    run = ok(0, MM_FRAME_ALLOC, 1030, 0, 0);
    single = ok(0, MM_FRAME_ALLOC, 1, 0, 0);
    huge = ok(0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE);
    cursor = ok(0, MM_CURSOR_OPEN, space, 0, 1024 * GP, MM_CURSOR_MUT);
    process = ok(0, MM_PROC_NEW, 20);
    thread = ok(0, MM_THREAD_NEW, process, 0, 4, 0, 0);
    endpoint = ok(0, MM_ENDPOINT_NEW, 21);
}

static void arm(uint32_t kind, uint64_t n)
{
    if (kind == OWN)
        ok(0, MM_FAIL_ALLOC, n, 1);
    else
        ok(0, MM_FAIL_ALLOC, n);
}

/* What a request is made of. Numbers of handles are the same in every world. */
struct request_words {
    void (*before)(void);
    uint32_t client, count;
    const uint64_t *words;
    int32_t status; /* when no allocation fails */
};

/* How many allocations of this kind the request makes. */
static uint32_t allocations(uint32_t kind, struct request_words r)
{
    for (uint32_t n = 1;; n++) {
        r.before();

        uint64_t before = state_hash();
        int32_t status;

        arm(kind, n);
        status = world_ask(r.client, r.count, r.words);
        arm(kind, 0);
        if (status == r.status)
            return n - 1;
        cr_assert_eq(status, E_NOMEM, "allocation %u: status %d", n, status);
        cr_assert_eq(state_hash(), before, "failed allocation %u left something", n);
    }
}

#define MAKES(kind, expected, setup, i, answer, ...)                                           \
    do {                                                                                       \
        (setup)(); /* the words name what it makes */                                          \
        uint32_t made =                                                                        \
            allocations(kind, (struct request_words){ setup, i, WORDS(__VA_ARGS__), answer }); \
        cr_assert_eq(made, expected, "line %d: %u allocations", __LINE__, made);               \
    } while (0)

#define frames(expected, setup, i, ...) MAKES(SCRIPTS, expected, setup, i, OK, __VA_ARGS__)
#define own(expected, setup, i, ...) MAKES(OWN, expected, setup, i, OK, __VA_ARGS__)

Test(nth, frames_and_nodes_of_spaces_and_frames)
{
    frames(1, start, 0, MM_SPACE_NEW);
    frames(1, start, 0, MM_FRAME_ALLOC, 7, 0, 0);
    frames(5, start, 0, MM_FRAME_ALLOC, 5, 0, MM_FRAME_EACH);
    frames(1, start, 0, MM_FRAME_ALLOC, 512, 0, MM_FRAME_HUGE);
    frames(0, start, 0, MM_GRANT, space, world_client(1), MM_RIGHT_ALL);
    frames(0, start, 0, MM_GRANT, run, world_client(1), MM_RIGHT_ALL);
    frames(0, start, 0, MM_REVOKE, space);
    frames(0, start, 0, MM_FRAME_SLICE, run, 0, P);
    frames(0, start, 0, MM_FRAME_SPLIT, run, P);
    world_end();
}

static void at_an_edge(void)
{
    start();
    ok(0, MM_JUMP, cursor, 512 * GP - 600 * P);
}

static void at_a_hole(void)
{
    start();
    ok(0, MM_JUMP, cursor, 2 * GP);
}

/* The cursor stands in the middle of a leaf of 2 MiB. */
static void in_a_leaf(void)
{
    at_a_hole();
    ok(0, MM_MAP_HUGE, cursor, RW, huge);
    ok(0, MM_JUMP, cursor, 2 * GP + 3 * P);
}

/* It stands in one, and ends in the middle of another. */
static void in_two_leaves(void)
{
    in_a_leaf();
    ok(0, MM_JUMP, cursor, 2 * GP + HP);
    ok(0, MM_MAP_HUGE, cursor, RW, huge);
    ok(0, MM_JUMP, cursor, 2 * GP + 3 * P);
}

Test(nth, frames_and_nodes_of_cursors)
{
    frames(2 + 2 + 3, at_an_edge, 0, MM_MAP, cursor, RW, run);
    frames(3, start, 0, MM_CURSOR_OPEN, empty, 0, P, 0);
    frames(2, start, 0, MM_CURSOR_OPEN, empty, 0, GP, MM_CURSOR_MUT);
    frames(0, start, 0, MM_CURSOR_OPEN, empty, 0, 1024 * GP, 0);
    frames(2, at_a_hole, 0, MM_MAP_HUGE, cursor, RW, huge);
    frames(0, in_two_leaves, 0, MM_CLOSE, cursor);
    frames(1, in_a_leaf, 0, MM_MAP, cursor, RW, single);
    frames(1, in_a_leaf, 0, MM_UNMAP, cursor, P);
    frames(2, in_two_leaves, 0, MM_UNMAP, cursor, HP);
    frames(1, in_a_leaf, 0, MM_PROTECT_NEXT, cursor, P, R);
    frames(1, in_two_leaves, 0, MM_PROTECT_NEXT, cursor, HP, R); /* one page of the first */
    world_end();
}

static void without_cursor(void)
{
    in_two_leaves();
    ok(0, MM_CLOSE, cursor);
}

Test(nth, frames_and_nodes_of_one_shots)
{
    frames(2, without_cursor, 0, MM_MAP1, space, 5 * GP, RW, single);
    frames(3, without_cursor, 0, MM_MAP1, space, 700 * GP, RW, single);
    frames(6, without_cursor, 0, MM_MAP1, space, 512 * GP - 600 * P, RW, run);
    frames(2, without_cursor, 0, MM_QUERY1, space, 6 * GP);
    frames(2, without_cursor, 0, MM_PROTECT1, space, 7 * GP, P, R);
    frames(2, without_cursor, 0, MM_PROTECT1, space, 2 * GP + P, HP, R);
    frames(2, without_cursor, 0, MM_UNMAP1, space, 2 * GP + P, HP);
    frames(1, without_cursor, 0, MM_UNMAP1, space, 8 * GP, GP);
    frames(0, without_cursor, 0, MM_REAP, space);
    world_end();
}

Test(nth, frames_of_processes)
{
    frames(2, start, 0, MM_PROC_NEW, 30); /* its table, its root */
    frames(1, start, 0, MM_THREAD_NEW, process, 0, 4, 0, 0);
    frames(1, start, 0, MM_THREAD_NEW, process, 31, 4, 0, MM_THREAD_PROBE);
    frames(0, start, 0, MM_THREAD_START, thread, 0x400000, 0, 0, single);
    frames(1, start, 0, MM_ENDPOINT_NEW, 32);
    frames(0, start, 0, MM_FAULTS_AT, endpoint);
    frames(0, start, 0, MM_PAGER, space);
    frames(0, start, 0, MM_PROC_KILL, process);
    world_end();
}

static uint64_t theirs, frame[5];

/* Client 1 has a space of its own and a process, but nothing of another kind. */
static void with_a_space(void)
{
    start();
    theirs = ok(1, MM_SPACE_NEW);
}

/* Client 1 has all but one of the frames that a slab of handles holds. */
static void with_a_full_slab(void)
{
    start();
    ok(1, MM_FRAME_ALLOC, 255, 0, MM_FRAME_EACH);
}

/* The first handle of a kind needs a slab, the first of a client a directory, too. */
Test(nth, own_memory_of_the_first_handle_of_every_kind)
{
    own(2, start, 1, MM_SPACE_NEW);
    own(1, with_a_space, 1, MM_FRAME_ALLOC, 300, 0, 0);
    own(2, start, 1, MM_FRAME_ALLOC, 3, 0, MM_FRAME_EACH);
    own(1, with_a_full_slab, 1, MM_FRAME_ALLOC, 3, 0, MM_FRAME_EACH); /* the second fails */
    own(1, with_a_space, 1, MM_CURSOR_OPEN, theirs, 0, P, 0);
    own(1, with_a_space, 1, MM_WINDOW_NEW, theirs, 0, P, 0);
    own(1, with_a_space, 1, MM_ENDPOINT_NEW, 40);
    own(1, with_a_space, 1, MM_PROC_NEW, 41);
    own(1, start, 0, MM_SATURATE, world_client(0), single);
    own(2, start, 1, MM_SELF);
    world_end();
}

static void with_a_process(void)
{
    with_a_space();
    theirs = ok(1, MM_PROC_NEW, 41);
}

Test(nth, own_memory_of_a_thread_s_handle)
{
    own(1, with_a_process, 1, MM_THREAD_NEW, theirs, 0, 4, 0, 0);
    own(1, with_a_process, 1, MM_THREAD_NEW, theirs, 42, 4, 0, MM_THREAD_PROBE);
    world_end();
}

static void granted(void)
{
    start();
    theirs = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_ALL);
    frame[0] = ok(0, MM_GRANT, run, world_client(1), MM_RIGHT_ALL);
}

/* A handle, and for each side a link, in a frame for its slab and one for the directory. */
Test(nth, own_memory_of_grants)
{
    own(2 + 2 + 2, start, 0, MM_GRANT, space, world_client(1), MM_RIGHT_ALL);
    own(0, granted, 0, MM_GRANT, space, world_client(1), MM_RIGHT_ALL);
    own(2 + 2, granted, 1, MM_GRANT, theirs, world_client(2), MM_RIGHT_ALL);
    own(0, granted, 0, MM_GRANT, run, world_client(0), MM_RIGHT_ALL);
    own(0, granted, 1, MM_FRAME_SLICE, frame[0], 0, P);
    own(0, granted, 1, MM_FRAME_SPLIT, frame[0], P);
    own(0, granted, 0, MM_REVOKE, run);
    world_end();
}

static void with_frames(void)
{
    granted();
    for (uint32_t k = 0; k < 5; k++)
        frame[k] = ok(1, MM_FRAME_ALLOC, 1, 0, 0);
}

Test(nth, own_memory_of_a_long_request_that_waits)
{
    MAKES(OWN, 1, with_frames, 1, SERVE_LATER, MM_MAP1, theirs, 0, RW, frame[0], frame[1],
          frame[2], frame[3], frame[4]);
    ok(0, MM_CLOSE, cursor);
    cr_assert_eq(world_reply(1), OK);
    world_end();
}

Test(nth, a_waiting_request_that_is_granted_fails_and_leaves_nothing)
{
    for (uint32_t kind = SCRIPTS; kind < KINDS; kind++)
        for (uint32_t n = 1;; n++) {
            int32_t status;

            granted();
            ok(0, MM_CLOSE, ok(0, MM_CURSOR_OPEN, empty, 0, P, 0));
            must(SERVE_LATER, 1, MM_CURSOR_OPEN, theirs, 0, P, 0);

            uint64_t nodes = world_stat(COUNTER_nodes);

            arm(kind, n);
            ok(0, MM_CLOSE, cursor);
            arm(kind, 0);
            status = world_reply(1);
            if (status == OK) {
                cr_assert_eq(n - 1, kind == OWN ? 1 : 3);
                break;
            }
            cr_assert_eq(status, E_NOMEM);
            cr_assert_eq(world_stat(COUNTER_cursors), 0);
            cr_assert_eq(world_stat(COUNTER_nodes), nodes);
        }
    world_end();
}
