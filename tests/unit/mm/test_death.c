/* Clients that end while they hold, wait, or have others waiting for them. */
#include "core/process.h"
#include "world.h"

static uint64_t space, shared[WORLD_CLIENTS];

static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = shared[0] = ok(0, MM_SPACE_NEW);
    for (uint32_t i = 1; i < WORLD_CLIENTS; i++)
        shared[i] = ok(0, MM_GRANT, space, world_client(i), MM_RIGHT_ALL);
}

Test(death, what_a_dead_client_held_is_released)
{
    start();
    uint64_t free = world_stat(COUNTER_frames_free);
    uint64_t own = ok(1, MM_SPACE_NEW), f = ok(1, MM_FRAME_ALLOC, 20, 0, 0);
    uint64_t c = ok(1, MM_CURSOR_OPEN, own, 0, GP, MM_CURSOR_MUT);

    ok(1, MM_MAP, c, RW, f);
    ok(1, MM_ACTIVATE, own);
    ok(0, MM_PROC_KILL, world_process(1));
    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    cr_assert_eq(world_stat(COUNTER_cursors), 0);
    world_end();
}

Test(death, those_who_wait_for_a_dead_client_go_on)
{
    start();
    ok(1, MM_CURSOR_OPEN, shared[1], 0, 4 * P, MM_CURSOR_MUT);
    must(SERVE_LATER, 2, MM_CURSOR_OPEN, shared[2], 0, P, 0);
    ok(0, MM_PROC_KILL, world_process(1));
    cr_assert_eq(world_reply(2), OK);
    ok(2, MM_QUERY, world_out[0]);
    world_end();
}

Test(death, a_dead_client_waits_no_more)
{
    start();
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, 4 * P, MM_CURSOR_MUT);

    must(SERVE_LATER, 1, MM_CURSOR_OPEN, shared[1], 0, P, 0);
    must(SERVE_LATER, 2, MM_UNMAP1, shared[2], 0, P);
    ok(0, MM_PROC_KILL, world_process(1));
    cr_assert_eq(ok(0, MM_WAITS, world_client(2)), 1);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(world_reply(2), OK);
    cr_assert_eq(port_host_next_reply().token, 0);
    world_end();
}

/* Its words beyond the registers are kept in a frame of mm's; world_end counts those. */
Test(death, a_long_request_that_waits_dies_with_its_client)
{
    start();
    uint64_t words[4 + 100] = { MM_MAP1, shared[1], 0, RW };
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, 4 * P, MM_CURSOR_MUT);

    ok(1, MM_FRAME_ALLOC, 100, 7, MM_FRAME_EACH);
    for (uint32_t i = 0; i < 100; i++)
        words[4 + i] = world_out[2 * i];
    cr_assert_eq(world_ask(1, 3 + 100, words), SERVE_LATER);
    ok(0, MM_PROC_KILL, world_process(1));
    ok(0, MM_CLOSE, c);
    cr_assert_eq(port_host_next_reply().token, 0);
    world_end();
}

Test(death, killing_twice_is_no_error_and_ids_are_never_reused)
{
    start();
    uint64_t p = world_process(1);
    uint32_t id = world_client(1);

    ok(0, MM_PROC_KILL, p);
    ok(0, MM_PROC_KILL, p);
    must(E_PEER, 0, MM_THREAD_NEW, p, 0, 4, 0, 0);
    ok(0, MM_PROC_NEW, 20);
    cr_assert_neq(world_out[2], id);
    must(E_PEER, 0, MM_GRANT, space, id, MM_RIGHT_ALL);
    ok(0, MM_PROC_KILL, world_out[0]);
    world_end();
}

Test(death, the_end_of_the_first_thread_ends_the_client)
{
    start();
    struct client *c = client_find(world_client(1));

    ok(1, MM_CURSOR_OPEN, shared[1], 0, P, 0);
    port_host_kill_thread(process_thread(c->registered)->object); /* its probe: not yet */
    serve_deaths();
    cr_assert_not_null(client_find(world_client(1)));
    port_host_kill_thread(process_thread(c->first)->object);
    serve_deaths();
    cr_assert_null(client_find(world_client(1)));
    cr_assert_eq(world_stat(COUNTER_cursors), 0);
    world_end();
}

/* Nothing keeps the space for a thread that has ended: its client must not believe it has. */
Test(death, the_end_of_the_probe_ends_the_activation)
{
    start();
    uint64_t s = ok(1, MM_SPACE_NEW);
    const struct client *c = client_find(world_client(1));

    ok(1, MM_ACTIVATE, s);
    must(E_BUSY, 1, MM_CLOSE, s);
    port_host_kill_thread(process_thread(c->registered)->object);
    serve_deaths();
    cr_assert_null(c->active);
    ok(1, MM_CLOSE, s);
    ok(1, MM_ACTIVATE, 0);
    world_end();
}

/* A client may have several threads, but one place in the queue. */
Test(death, a_second_request_of_a_client_that_waits_is_refused)
{
    start();
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, 4 * P, MM_CURSOR_MUT);

    must(SERVE_LATER, 1, MM_UNMAP1, shared[1], 0, P);
    must(E_BUSY, 1, MM_UNMAP1, shared[1], P, P);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(world_reply(1), OK);
    world_end();
}

Test(death, a_process_is_made_runs_and_goes_without_a_trace)
{
    start();
    uint64_t free = world_stat(COUNTER_frames_free);

    for (uint32_t i = 0; i < 200; i++) {
        uint64_t p = ok(0, MM_PROC_NEW, 20);
        uint64_t child = world_out[1];
        uint64_t f = ok(0, MM_FRAME_ALLOC, 4, 0, MM_FRAME_PROCESS);
        uint64_t page = ok(0, MM_FRAME_ALLOC, 1, 0, MM_FRAME_PROCESS);

        ok(0, MM_MAP1, child, 0x400000, RX, f);
        uint64_t t = ok(0, MM_THREAD_NEW, p, 21, 4, 0, 0);

        ok(0, MM_THREAD_START, t, 0x400000, 0x500000, 0, page);
        must(E_BUSY, 0, MM_THREAD_START, t, 0x400000, 0x500000, 0, page);
        ok(0, MM_CLOSE, page);
        ok(0, MM_CLOSE, f);
        ok(0, MM_PROC_KILL, p);
        must(E_PEER, 0, MM_THREAD_START, t, 0, 0, 0, 0);
        ok(0, MM_CLOSE, t);
        ok(0, MM_CLOSE, child);
        ok(0, MM_CLOSE, p);
        cr_assert_eq(world_stat(COUNTER_frames_free), free);
    }
    world_end();
}

Test(death, bad_process_requests_are_refused)
{
    start();
    uint64_t p = ok(0, MM_PROC_NEW, 20);

    must(E_INVAL, 0, MM_PROC_NEW, 0);
    must(E_INVAL, 0, MM_PROC_NEW, SLOT_MM);
    must(E_INVAL, 0, MM_PROC_NEW, CAP_SLOTS);
    must(E_INVAL, 0, MM_THREAD_NEW, p, 0, PRIORITY_MAX, 0, 0);
    must(E_INVAL, 0, MM_THREAD_NEW, p, SLOT_MM, 1, 0, 0);
    must(E_INVAL, 0, MM_THREAD_NEW, p, 0, 1, CAP_SLOTS, 0);
    must(E_INVAL, 0, MM_THREAD_NEW, p, 0, 1, 0, 2);
    must(E_HANDLE, 0, MM_THREAD_START, p, 0, 0, 0, 0);
    must(E_ACCESS, 0, MM_MODULE, 0);
    must(E_INVAL, 0, MM_ENDPOINT_NEW, 1);
    ok(0, MM_CLOSE, ok(0, MM_ENDPOINT_NEW, 30));
    ok(0, MM_ENDPOINT_NEW, 31);
    ok(0, MM_PROC_KILL, p);
    world_end();
}

/* init may have the frames of a module; an empty one has a name and nothing else. */
Test(death, init_is_told_of_an_empty_module)
{
    world_boot = (struct boot_record){
        .modules = 3,
        .module = { { .first = 8, .frames = 2, .bytes = P + 1, .name = "two" },
                    { .first = 10, .name = "nothing" },
                    { .first = 0, .frames = 1, .bytes = P, .name = "kernel's" } }
    };
    world_start(WORLD_FRAMES, 1);
    client_find(world_client(0))->init = true;
    cr_assert_neq(ok(0, MM_MODULE, 0), 0);
    cr_assert_eq(world_out[1], P + 1);
    cr_assert_str_eq((const char *)&world_out[2], "two");
    cr_assert_eq(ok(0, MM_MODULE, 1), 0);
    cr_assert_eq(world_out[1], 0);
    cr_assert_str_eq((const char *)&world_out[2], "nothing");
    must(E_ACCESS, 0, MM_MODULE, 2);
    must(E_INVAL, 0, MM_MODULE, 3);
}
