/*
 * The operations. Every act reads the clock, does its one thing, reads the clock, and only
 * then looks at what came back.
 */
#include <string.h>

#include "world.h"

enum { RW = PROP_R | PROP_W, RO = PROP_R };

static void nothing(void) {}

static uint64_t act_empty(void)
{
    uint64_t start = bench_clock();

    return bench_clock() - start;
}

static uint64_t act_null(void)
{
    uint64_t start = bench_clock();
    status_t st = sys_null();
    uint64_t took = bench_clock() - start;

    assert(st == OK);
    return took;
}

/* Messages to a process that sends them back. Word 0 is always there. */
static uint64_t act_ipc0(void)
{
    uint64_t start = bench_clock();
    struct sys_regs r = { .rax = SYS_CALL, .rdi = world.echo };

    sys_enter(&r);

    uint64_t took = bench_clock() - start;

    assert(r.rax == OK);
    return took;
}

static uint64_t act_ipc5(void)
{
    uint64_t start = bench_clock();
    struct ipc_msg msg = { { 1, 2, 3, 4, 5 } };
    uint32_t extra;
    status_t st = sys_call(world.echo, 0, &msg, &extra);
    uint64_t took = bench_clock() - start;

    assert(st == OK && msg.w[0] == 1 && msg.w[4] == 5);
    return took;
}

static uint64_t act_ipc64(void)
{
    uint64_t start = bench_clock();
    struct ipc_msg msg = { { 1, 2, 3, 4, 5 } };
    uint32_t extra;
    status_t st = sys_call(world.echo, BENCH_WORDS - IPC_REG_WORDS, &msg, &extra);
    uint64_t took = bench_clock() - start;

    assert(st == OK && msg.w[4] == 5 && extra == BENCH_WORDS - IPC_REG_WORDS);
    return took;
}

/* One request, with its first four arguments; `want` is the first result. */
static inline __attribute__((always_inline)) uint64_t timed(enum mm_label label, uint32_t count,
                                                            struct ipc_msg msg, uint64_t want)
{
    uint64_t start = bench_clock();
    status_t st = world_ask(&msg, label, count);
    uint64_t took = bench_clock() - start;

    assert(st == OK && msg.w[1] == want);
    return took;
}

#define TIMED(label, count, want, ...)                                                         \
    timed(MM_##label, count, (struct ipc_msg){ { 0, __VA_ARGS__ } }, want)

/* One page. */
static uint64_t act_map(void)
{
    return TIMED(MAP1, 4, 0, world.space, WORLD_ONE, RW, world.one);
}

static void map(void)
{
    (void)act_map();
}

static uint64_t act_unmap(void)
{
    return TIMED(UNMAP1, 3, 1, world.space, WORLD_ONE, PAGE_BYTES);
}

static void unmap(void)
{
    (void)act_unmap();
}

static uint64_t act_replace(void)
{
    return TIMED(MAP1, 4, 1, world.space, WORLD_ONE, RW, world.other);
}

static uint64_t act_protect(void)
{
    return TIMED(PROTECT1, 4, 1, world.space, WORLD_ONE, PAGE_BYTES, RO);
}

static uint64_t act_query(void)
{
    return TIMED(QUERY1, 2, WORLD_ONE, world.space, WORLD_ONE);
}

/* Many pages. */
enum { MANY_BYTES = BENCH_PAGES * PAGE_BYTES };

static uint64_t act_map_run(void)
{
    return TIMED(MAP1, 4, 0, world.space, WORLD_MANY, RW, world.run);
}

static void map_run(void)
{
    (void)act_map_run();
}

static uint64_t act_unmap_many(void)
{
    return TIMED(UNMAP1, 3, BENCH_PAGES, world.space, WORLD_MANY, MANY_BYTES);
}

static void unmap_many(void)
{
    (void)act_unmap_many();
}

/* The handles from the second on: the first travels in a register. */
static void fill_list(void)
{
    memcpy(world.message, world.list + 1, sizeof world.list - sizeof world.list[0]);
}

static uint64_t act_map_list(void)
{
    return TIMED(MAP1, 3 + BENCH_PAGES, 0, world.space, WORLD_MANY, RW, world.list[0]);
}

static void map_list(void)
{
    fill_list();
    (void)act_map_list();
}

static uint64_t act_protect_many(void)
{
    return TIMED(PROTECT1, 4, BENCH_PAGES, world.space, WORLD_MANY, MANY_BYTES, RO);
}

/* Holes. */
static uint64_t act_hole_1g(void)
{
    return TIMED(UNMAP1, 3, 0, world.space, WORLD_EMPTY, 1ull << 30);
}

static uint64_t act_hole_1t(void)
{
    return TIMED(UNMAP1, 3, 0, world.space, WORLD_EMPTY, 1ull << 40);
}

/* Windows on another space; what is read goes to memory of the bench. */
static uint64_t window;

static void open_window(void)
{
    struct ipc_msg msg = { { 0, world.far, WORLD_FAR, BENCH_FAR, 0 } };
    status_t st = world_ask(&msg, MM_WINDOW_NEW, 4);

    assert(st == OK);
    window = msg.w[1];
}

static void close_window(void)
{
    struct ipc_msg msg = { { 0, window } };
    status_t st = world_ask(&msg, MM_CLOSE, 1);

    assert(st == OK);
}

static void begin_read(void)
{
    map_run();
    open_window();
}

static void end_read(void)
{
    close_window();
    unmap_many();
}

static inline __attribute__((always_inline)) uint64_t read_window(uint64_t bytes)
{
    return TIMED(WINDOW_READ, 3, bytes, window, WORLD_MANY, bytes);
}

static uint64_t act_read_64(void)
{
    return read_window(64);
}

static uint64_t act_read_page(void)
{
    return read_window(PAGE_BYTES);
}

static uint64_t act_read_far(void)
{
    return read_window(BENCH_FAR);
}

static void open_page(void)
{
    struct ipc_msg msg = { { 0, 0, PAGE_BYTES } };

    open_window();
    msg.w[1] = window;

    status_t st = world_ask(&msg, MM_WINDOW_LIMIT, 2);

    assert(st == OK);
}

static uint64_t act_attach(void)
{
    return TIMED(WINDOW_ATTACH, 3, 0, window, world.space, WORLD_COPY);
}

/* Named as in tools/anchors.json. */
const struct bench_op bench_ops[] = {
    { "empty", 1, nothing, act_empty, nothing },
    { "null", 1, nothing, act_null, nothing },
    { "ipc0", 1, nothing, act_ipc0, nothing },
    { "ipc5", 1, nothing, act_ipc5, nothing },
    { "ipc64", 1, nothing, act_ipc64, nothing },
    { "map1", 1, nothing, act_map, unmap },
    { "unmap1", 1, map, act_unmap, nothing },
    { "replace", 1, map, act_replace, unmap },
    { "protect1", 1, map, act_protect, unmap },
    { "query", 1, map, act_query, unmap },
    { "map512run", BENCH_PAGES, nothing, act_map_run, unmap_many },
    { "unmap512run", BENCH_PAGES, map_run, act_unmap_many, nothing },
    { "map512list", BENCH_PAGES, fill_list, act_map_list, unmap_many },
    { "unmap512list", BENCH_PAGES, map_list, act_unmap_many, nothing },
    { "protect512", BENCH_PAGES, map_run, act_protect_many, unmap_many },
    { "hole1g", 1, nothing, act_hole_1g, nothing },
    { "hole1t", 1, nothing, act_hole_1t, nothing },
    { "read64", 1, begin_read, act_read_64, end_read },
    { "read4k", 1, begin_read, act_read_page, end_read },
    { "read1m", 1, begin_read, act_read_far, end_read },
    { "attach", 1, open_page, act_attach, close_window },
    { "fault", 1, nothing, world_fault, nothing },
    { "demand", 1, nothing, world_demand, world_undemand },
    { NULL, 0, NULL, NULL, NULL },
};
