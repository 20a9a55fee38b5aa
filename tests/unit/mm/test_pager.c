/* Space handlers: for which threads the kernel is told whom. */
#include "core/process.h"
#include "world.h"

enum { SLOT_FAULTS = 40 };

static uint64_t space, shared[WORLD_CLIENTS], endpoint;

/* Client 1 can take faults. */
static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = shared[0] = ok(0, MM_SPACE_NEW);
    for (uint32_t i = 1; i < WORLD_CLIENTS; i++)
        shared[i] = ok(0, MM_GRANT, space, world_client(i), MM_RIGHT_ALL);
    endpoint = ok(1, MM_ENDPOINT_NEW, SLOT_FAULTS);
    ok(1, MM_FAULTS_AT, endpoint);
}

static struct client *client(uint32_t i)
{
    return client_find(world_client(i));
}

static struct port_host_pager pager_of(uint32_t i)
{
    return port_host_pager(process_thread(client(i)->registered)->object);
}

static pfn_t takes(uint32_t i)
{
    return process_endpoint(client(i)->faults_at)->object;
}

Test(pager, threads_that_are_in_the_space_and_those_that_come)
{
    start();
    ok(2, MM_ACTIVATE, shared[2]);
    cr_assert_eq(pager_of(2).endpoint, NO_FRAME);
    uint64_t id = ok(0, MM_PAGER, space, world_client(1));

    cr_assert_eq(pager_of(2).endpoint, takes(1));
    cr_assert_eq(pager_of(2).badge, id);
    cr_assert_eq(pager_of(3).endpoint, NO_FRAME);
    ok(3, MM_ACTIVATE, shared[3]);
    cr_assert_eq(pager_of(3).endpoint, takes(1));
    cr_assert_eq(pager_of(3).badge, id);
    ok(2, MM_ACTIVATE, 0);
    cr_assert_eq(pager_of(2).endpoint, NO_FRAME);
    ok(0, MM_PAGER, space);
    cr_assert_eq(pager_of(3).endpoint, NO_FRAME);
    world_end();
}

Test(pager, from_space_to_space)
{
    start();
    uint64_t other = ok(2, MM_SPACE_NEW);
    uint64_t first = ok(0, MM_PAGER, space, world_client(1));
    uint64_t second = ok(2, MM_PAGER, other, world_client(1));

    cr_assert_neq(first, second);
    ok(2, MM_ACTIVATE, shared[2]);
    cr_assert_eq(pager_of(2).badge, first);
    ok(2, MM_ACTIVATE, other);
    cr_assert_eq(pager_of(2).badge, second);
    world_end();
}

Test(pager, the_threads_of_a_process_in_its_own_space)
{
    start();
    uint64_t p = ok(0, MM_PROC_NEW, 20), own = world_out[1];
    struct client *child = client_find(world_out[2]);

    ok(0, MM_THREAD_NEW, p, 0, 4, 0, 0);
    ok(0, MM_PAGER, own, world_client(1));
    ok(0, MM_THREAD_NEW, p, 0, 4, 0, 0);
    for (uint32_t i = 0, n = 0; i < THREAD_MAX; i++)
        if (process_thread(i)->object != NO_FRAME && process_thread(i)->client == child->slot)
            cr_assert_eq(port_host_pager(process_thread(i)->object).endpoint, takes(1),
                         "thread %u", n++);
    ok(0, MM_PROC_KILL, p);
    world_end();
}

Test(pager, nobody_handles_its_own_faults)
{
    start();
    ok(1, MM_PAGER, shared[1], world_client(1));
    ok(1, MM_ACTIVATE, shared[1]);
    cr_assert_eq(pager_of(1).endpoint, NO_FRAME);
    ok(2, MM_ACTIVATE, shared[2]);
    cr_assert_eq(pager_of(2).endpoint, takes(1));
    world_end();
}

Test(pager, another_endpoint_and_none)
{
    start();
    pfn_t first = takes(1);

    ok(0, MM_PAGER, space, world_client(1));
    ok(2, MM_ACTIVATE, shared[2]);
    cr_assert_eq(pager_of(2).endpoint, first);
    ok(1, MM_FAULTS_AT, ok(1, MM_ENDPOINT_NEW, SLOT_FAULTS + 1));
    cr_assert_neq(takes(1), first);
    cr_assert_eq(pager_of(2).endpoint, takes(1));
    ok(1, MM_CLOSE, endpoint); /* it is not this one any more */
    cr_assert_eq(pager_of(2).endpoint, takes(1));
    world_end();
}

Test(pager, a_closed_endpoint_takes_nothing)
{
    start();
    ok(0, MM_PAGER, space, world_client(1));
    ok(1, MM_CLOSE, endpoint);
    must(E_INVAL, 0, MM_PAGER, space, world_client(1));
    ok(2, MM_ACTIVATE, shared[2]);
    cr_assert_eq(pager_of(2).endpoint, NO_FRAME);
    ok(1, MM_FAULTS_AT, ok(1, MM_ENDPOINT_NEW, SLOT_FAULTS + 1));
    cr_assert_eq(pager_of(2).endpoint, takes(1)); /* it is the space's handler as before */
    world_end();
}

Test(pager, a_dead_handler_is_none)
{
    start();
    ok(0, MM_PAGER, space, world_client(1));
    ok(2, MM_ACTIVATE, shared[2]);
    ok(0, MM_PROC_KILL, world_process(1));
    must(E_PEER, 0, MM_PAGER, space, world_client(1));
    ok(3, MM_ACTIVATE, shared[3]);
    cr_assert_eq(pager_of(3).endpoint, NO_FRAME);
    ok(0, MM_PAGER, space);
    cr_assert_eq(pager_of(2).endpoint, NO_FRAME);
    world_end();
}

Test(pager, it_takes_the_right_to_map)
{
    start();
    uint64_t reader = ok(0, MM_GRANT, space, world_client(2), MM_RIGHT_READ | MM_RIGHT_WRITE);
    uint64_t mapper = ok(0, MM_GRANT, space, world_client(2), MM_RIGHT_MAP);

    must(E_ACCESS, 2, MM_PAGER, reader, world_client(1));
    must(E_ACCESS, 2, MM_PAGER, reader);
    ok(2, MM_PAGER, mapper, world_client(1));
    must(E_INVAL, 2, MM_PAGER, mapper, world_client(3)); /* it takes no faults */
    must(E_PEER, 2, MM_PAGER, mapper, 0);
    must(E_HANDLE, 2, MM_PAGER, endpoint, world_client(1));
    must(E_HANDLE, 2, MM_FAULTS_AT, mapper);
    must(E_HANDLE, 2, MM_FAULTS_AT, endpoint);
    ok(3, MM_ACTIVATE, shared[3]);
    cr_assert_eq(pager_of(3).endpoint, takes(1)); /* errors have changed nothing */
    world_end();
}
