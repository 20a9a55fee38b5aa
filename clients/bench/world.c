/* Frames from mm; five other processes, made through mm's public protocol alone. */
#include "world.h"

#include <string.h>

#include "peer.h"

struct world world;

enum { SLOT_ECHO = START_SLOT_FREE, SLOT_PAGER, SLOT_REPORT, SLOT_REPORT_DEMAND, SLOT_TABLE };

/* Whose calls wait for an answer: who faults, and who needs pages. */
static struct ipc_from toucher, needer;
static uint64_t needed_in; /* handle of the space of the latter */

static struct ipc_msg ask(enum mm_label label, uint32_t count, struct ipc_msg msg)
{
    status_t st = world_ask(&msg, label, count);

    assert(st == OK);
    return msg;
}

static uint64_t alloc(uint32_t count)
{
    return ask(MM_FRAME_ALLOC, 3, (struct ipc_msg){ { 0, count, 0, 0 } }).w[1];
}

/* Handles of single frames, as many as one answer tells. */
static void alloc_each(uint64_t *list)
{
    struct ipc_msg msg =
        ask(MM_FRAME_ALLOC, 3, (struct ipc_msg){ { 0, MM_FRAME_EACH_MAX, 0, MM_FRAME_EACH } });

    list[0] = msg.w[1];
    list[1] = msg.w[3];
    for (uint32_t i = 2; i < MM_FRAME_EACH_MAX; i++)
        list[i] = world.message[2 * i - IPC_REG_ARGS];
}

static void map(uint64_t space, vaddr_t va, uint32_t prop, uint64_t frames)
{
    (void)ask(MM_MAP1, 4, (struct ipc_msg){ { 0, space, va, prop, frames } });
}

/* A run of frames that holds the peers' code. */
static uint64_t copy_code(void)
{
    size_t bytes = (size_t)(peer_end - peer_begin);
    uint32_t pages = (uint32_t)((bytes + PAGE_BYTES - 1) / PAGE_BYTES);
    uint64_t frames = alloc(pages);

    map(world.space, WORLD_COPY, PROP_R | PROP_W, frames);
    memcpy((void *)WORLD_COPY, peer_begin, bytes);
    (void)ask(MM_UNMAP1, 3,
              (struct ipc_msg){ { 0, world.space, WORLD_COPY, pages * PAGE_BYTES } });
    return frames;
}

struct peer {
    void (*entry)(uint64_t argument);
    uint64_t argument;
    uint32_t serve;   /* slot of the bench: endpoint that the peer receives on; 0: none */
    uint32_t report;  /* slot of the bench: endpoint that it calls; 0: none */
    uint32_t handler; /* slot of the bench: where its faults go; 0: none */
};

static void give(uint32_t from, uint32_t to, uint32_t rights)
{
    status_t st = from == 0 ? OK : sys_cap_copy(from, SLOT_TABLE, to, rights, 0);

    assert(st == OK);
}

/* A process without code or threads; its table is in our slot. */
struct born {
    uint64_t process, space; /* handles */
    uint64_t client;
};

static struct born new_process(void)
{
    struct ipc_msg made = ask(MM_PROC_NEW, 1, (struct ipc_msg){ { 0, SLOT_TABLE } });

    return (struct born){ made.w[1], made.w[2], made.w[3] };
}

static void start_in(struct born born, const struct peer *peer, uint64_t code)
{
    uint64_t process = born.process, space = born.space;
    uint32_t handler = peer->handler != 0 ? PEER_SLOT_FAULTS : 0;

    map(space, (vaddr_t)(uintptr_t)peer_begin, PROP_R | PROP_X, code);
    map(space, START_STACK_TOP - PAGE_BYTES, PROP_R | PROP_W, alloc(1));
    give(peer->serve, PEER_SLOT_SERVE, RIGHT_RECV);
    give(peer->report, PEER_SLOT_REPORT, RIGHT_SEND);
    give(peer->handler, PEER_SLOT_FAULTS, RIGHT_SEND);
    world.message[0] = 0; /* the fifth argument: flags */

    uint64_t thread =
        ask(MM_THREAD_NEW, 5, (struct ipc_msg){ { 0, process, 0, PRIORITY_CLIENT, handler } })
            .w[1];

    world.message[0] = alloc(1); /* the fifth argument: its message page */
    (void)ask(MM_THREAD_START, 5,
              (struct ipc_msg){ { 0, thread, (uint64_t)(uintptr_t)peer->entry,
                                  START_STACK_TOP - 8, peer->argument } });

    status_t st = sys_cap_drop(SLOT_TABLE);

    assert(st == OK);
}

/* Returns: the handle of its space. */
static uint64_t start_peer(const struct peer *peer, uint64_t code)
{
    struct born born = new_process();

    start_in(born, peer, code);
    return born.space;
}

static uint64_t grant(uint64_t handle, uint64_t client, uint64_t rights)
{
    return ask(MM_GRANT, 3, (struct ipc_msg){ { 0, handle, client, rights } }).w[1];
}

static void make_endpoint(uint32_t slot)
{
    (void)ask(MM_ENDPOINT_NEW, 1, (struct ipc_msg){ { 0, slot } });
}

/* A process that needs pages, and one that is its space's handler. */
static void make_demand(uint64_t code)
{
    const struct peer needs = { .entry = peer_toucher,
                                .argument = WORLD_ONE,
                                .report = SLOT_REPORT_DEMAND };
    struct peer handler = { .entry = peer_demand };
    struct ipc_msg msg;

    make_endpoint(SLOT_REPORT_DEMAND);
    needed_in = start_peer(&needs, code);
    needer = sys_recv(SLOT_REPORT_DEMAND, &msg);

    struct born born = new_process();
    uint64_t space = grant(needed_in, born.client, MM_RIGHT_MAP);
    uint64_t frame = grant(world.one, born.client, MM_RIGHT_ALL);

    assert(space <= UINT32_MAX && frame <= UINT32_MAX);
    handler.argument = peer_demand_handles(space, frame);
    start_in(born, &handler, code);
    do {
        sys_yield();
        msg = (struct ipc_msg){ { 0, needed_in, born.client } };
    } while (world_ask(&msg, MM_PAGER, 2) != OK); /* it says first where it takes faults */
}

static void make_peers(void)
{
    const struct peer echo = { .entry = peer_echo, .serve = SLOT_ECHO };
    const struct peer pager = { .entry = peer_pager, .serve = SLOT_PAGER };
    const struct peer touches = { .entry = peer_toucher,
                                  .argument = WORLD_ONE,
                                  .report = SLOT_REPORT,
                                  .handler = SLOT_PAGER };
    uint64_t code = copy_code();
    struct ipc_msg msg;

    make_endpoint(SLOT_ECHO);
    make_endpoint(SLOT_PAGER);
    make_endpoint(SLOT_REPORT);
    (void)start_peer(&echo, code);
    (void)start_peer(&pager, code);
    (void)start_peer(&touches, code);
    world.echo = SLOT_ECHO;
    world.report = SLOT_REPORT;
    toucher = sys_recv(SLOT_REPORT, &msg);
    make_demand(code);
}

uint64_t world_demand(void)
{
    struct ipc_msg msg = { { 0 } };

    needer = sys_reply_recv(SLOT_REPORT_DEMAND, needer.token, 0, &msg);
    return msg.w[0];
}

void world_undemand(void)
{
    (void)ask(MM_UNMAP1, 3, (struct ipc_msg){ { 0, needed_in, WORLD_ONE, PAGE_BYTES } });
}

uint64_t world_fault(void)
{
    struct ipc_msg msg = { { 0 } };

    toucher = sys_reply_recv(world.report, toucher.token, 0, &msg);
    return msg.w[0];
}

void world_make(const struct start_page *start)
{
    world.space = start->space;
    world.message = start->message;
    world.one = alloc(1);
    world.other = alloc(1);
    world.run = alloc(BENCH_PAGES);
    world.far = ask(MM_SPACE_NEW, 0, (struct ipc_msg){ { 0 } }).w[1];
    map(world.far, WORLD_FAR, PROP_R | PROP_W, alloc(BENCH_FAR / PAGE_BYTES));
    for (uint32_t i = 0; i < BENCH_PAGES; i += MM_FRAME_EACH_MAX)
        alloc_each(world.list + i);
    make_peers();
}
