/*
 * Every client is killed at every step of operations that take several: nothing leaks, nobody
 * hangs. A step is a request, or a slice of a long copy. After the kill those who do not wait
 * end one after the other, and each end must set free whoever waited for it.
 */
#include "core/own_frame.h"
#include "core/process.h"
#include "core/wait.h"
#include "serve_move.h"
#include "world.h"

enum { NOBODY = WORLD_CLIENTS, REPLIES_MAX = 16 };

static uint32_t victim, fatal; /* who is killed before which step */
static uint32_t done;          /* steps so far */
static bool over;              /* the kill has happened: nothing more is asked */
static bool waits[WORLD_CLIENTS];

static bool lives(uint32_t i)
{
    return client_find(world_client(i)) != NULL;
}

static void take_replies(void)
{
    struct port_host_reply reply;

    while ((reply = port_host_next_reply()).token != 0)
        for (uint32_t i = 0; i < WORLD_CLIENTS; i++)
            if (reply.token == world_client(i)) {
                cr_assert(waits[i], "client %u has two answers", i);
                waits[i] = false;
            }
}

static void end(uint32_t i)
{
    serve_end_client(client_find(world_client(i)));
    waits[i] = false;
    take_replies();
}

static bool is_fatal(void)
{
    if (over || done++ != fatal)
        return over;
    over = true;
    if (lives(victim))
        end(victim);
    return true;
}

/* Client i asks, unless it is over. Returns the first result. */
static uint64_t step(uint32_t i, uint32_t count, const uint64_t *words)
{
    if (is_fatal())
        return 0;

    int32_t status = world_ask(i, count, words);

    cr_assert(status == OK || status == SERVE_LATER, "step %u: status %d", done, status);
    waits[i] = status == SERVE_LATER;
    take_replies();
    return world_out[0];
}

#define S(i, ...) step(i, WORDS(__VA_ARGS__))

static void slices(void)
{
    while (serve_moves_any() && !is_fatal()) {
        serve_move_slice();
        take_replies();
    }
}

/* All who do not wait end; each time somebody must be set free, until nobody waits. */
static void all_go(void)
{
    for (bool moved = true; moved;) {
        moved = false;
        while (serve_moves_any()) {
            serve_move_slice();
            take_replies();
        }
        for (uint32_t i = 0; i < WORLD_CLIENTS; i++)
            if (lives(i) && !waits[i]) {
                end(i);
                moved = true;
            }
    }
    for (uint32_t i = 0; i < WORLD_CLIENTS; i++)
        cr_assert(!lives(i), "client %u hangs: client %u died before step %u", i, victim,
                  fatal);
}

static void at_every_step(void (*operation)(void))
{
    uint32_t steps = UINT32_MAX;

    for (victim = 0; victim < WORLD_CLIENTS; victim++)
        for (fatal = 0; fatal <= steps; fatal++) {
            world_start(2 * WORLD_FRAMES, 1);
            done = 0;
            over = false;
            for (uint32_t i = 0; i < WORLD_CLIENTS; i++)
                waits[i] = false;
            operation();
            if (!over)
                steps = done; /* this time nobody was killed */
            all_go();
            world_end();
        }
    cr_assert(steps != UINT32_MAX && steps >= 5);
}

static void waiting_in_line(void)
{
    uint64_t s = S(0, MM_SPACE_NEW), f = S(0, MM_FRAME_ALLOC, 3, 0, 0);
    uint64_t s1 = S(0, MM_GRANT, s, world_client(1), MM_RIGHT_ALL);
    uint64_t s2 = S(1, MM_GRANT, s1, world_client(2), MM_RIGHT_ALL);
    uint64_t s3 = S(2, MM_GRANT, s2, world_client(3), MM_RIGHT_ALL);
    uint64_t c = S(0, MM_CURSOR_OPEN, s, 0, 4 * P, MM_CURSOR_MUT);

    S(3, MM_CURSOR_OPEN, s3, HP, HP + P, MM_CURSOR_MUT);
    S(0, MM_MAP, c, RW, f);
    S(1, MM_CURSOR_OPEN, s1, 0, P, MM_CURSOR_MUT); /* waits for 0 */
    S(2, MM_UNMAP1, s2, 0, 2 * HP);                /* waits for 0, 1 and 3 */
    S(3, MM_CURSOR_OPEN, s3, 2 * P, 3 * P, 0);     /* overtakes 2, waits for 0 */
    S(0, MM_JUMP, c, 0);
    S(0, MM_PROTECT_NEXT, c, P, R);
    S(0, MM_UNMAP, c, 2 * P);
    S(0, MM_CLOSE, c);
}

Test(steps, clients_that_wait_in_line)
{
    at_every_step(waiting_in_line);
}

static void granting_and_revoking(void)
{
    uint64_t s = S(0, MM_SPACE_NEW), f = S(0, MM_FRAME_ALLOC, 2, 0, 0);
    uint64_t s1 = S(0, MM_GRANT, s, world_client(1), MM_RIGHT_ALL);
    uint64_t f1 = S(0, MM_GRANT, f, world_client(1), MM_RIGHT_ALL);
    uint64_t s2 = S(1, MM_GRANT, s1, world_client(2), MM_RIGHT_ALL);
    uint64_t f2 = S(1, MM_FRAME_SLICE, f1, P, P);

    S(1, MM_GRANT, f2, world_client(2), MM_RIGHT_MAP | MM_RIGHT_READ);
    S(1, MM_ACTIVATE, s1);
    S(1, MM_MAP1, s1, 0, RW, f1);
    S(2, MM_CURSOR_OPEN, s2, 0, P, MM_CURSOR_MUT);
    S(2, MM_WINDOW_ACTIVATE, S(2, MM_WINDOW_NEW, s2, 0, P, 0));
    S(1, MM_QUERY1, s1, 0); /* waits for 2 */
    S(0, MM_REVOKE, f, world_client(1));
    S(0, MM_REVOKE, s, world_client(2));
    S(0, MM_REVOKE, s);
    S(0, MM_CLOSE, s);
}

Test(steps, granter_and_grantees)
{
    at_every_step(granting_and_revoking);
}

static void handling_faults(void)
{
    uint64_t s = S(0, MM_SPACE_NEW), e = S(1, MM_ENDPOINT_NEW, 40);
    uint64_t s1 = S(0, MM_GRANT, s, world_client(1), MM_RIGHT_MAP);
    uint64_t s2 = S(0, MM_GRANT, s, world_client(2), MM_RIGHT_ALL);
    uint64_t f = S(1, MM_FRAME_ALLOC, 1, 0, 0);

    S(1, MM_FAULTS_AT, e);
    S(0, MM_PAGER, s, world_client(1));
    S(2, MM_ACTIVATE, s2);
    S(1, MM_MAP1, s1, 0x7000, RW, f); /* the handler serves a fault */
    S(3, MM_FAULTS_AT, S(3, MM_ENDPOINT_NEW, 41));
    S(0, MM_PAGER, s, world_client(3));
    S(1, MM_CLOSE, e);
    S(0, MM_PAGER, s);
    S(2, MM_ACTIVATE, 0);
}

Test(steps, a_space_s_handler_and_who_lives_in_the_space)
{
    at_every_step(handling_faults);
}

static void starting_a_process(void)
{
    uint64_t p = S(0, MM_PROC_NEW, 20), child = over ? 0 : world_out[1];
    uint64_t code = S(0, MM_FRAME_ALLOC, 2, 0, MM_FRAME_PROCESS);
    uint64_t page = S(0, MM_FRAME_ALLOC, 1, 0, MM_FRAME_PROCESS);
    uint64_t given = S(0, MM_GRANT, child, world_client(1), MM_RIGHT_ALL);

    S(0, MM_MAP1, child, 0x400000, RX, code);
    uint64_t c = S(1, MM_CURSOR_OPEN, given, 0x800000, 0x801000, MM_CURSOR_MUT);
    uint64_t t = S(0, MM_THREAD_NEW, p, 21, 4, 0, 0);

    S(0, MM_THREAD_START, t, 0x400000, 0x500000, 0, page);
    S(0, MM_CLOSE, t);
    S(0, MM_CLOSE, page);
    S(0, MM_CLOSE, code);
    S(0, MM_UNMAP1, child, 0x800000, P); /* waits for 1 */
    S(1, MM_CLOSE, c);
}

Test(steps, who_starts_a_process)
{
    at_every_step(starting_a_process);
}

static void copying_much(void)
{
    enum { PLACES = 13 };
    uint64_t s = S(0, MM_SPACE_NEW), run = S(0, MM_FRAME_ALLOC, 512, 1, MM_FRAME_HUGE);
    uint64_t s1 = S(0, MM_GRANT, s, world_client(1), MM_RIGHT_ALL);
    uint64_t c = S(0, MM_CURSOR_OPEN, s, 0, GP, MM_CURSOR_MUT);

    for (uint32_t i = 0; i < PLACES && !over; i++)
        ok(0, MM_MAP_HUGE, c, RW, run);
    S(0, MM_CLOSE, c);
    uint64_t to = S(1, MM_WINDOW_NEW, s1, 0, PLACES * HP, MM_WINDOW_WRITER);
    uint64_t from = S(1, MM_WINDOW_NEW, s1, P, (PLACES - 1) * HP, 0);
    uint64_t look = S(0, MM_WINDOW_NEW, s, 0, P, 0);

    (void)from;
    S(1, MM_WINDOW_ZERO, to, PLACES * HP);
    if (!over && serve_moves_any())
        S(0, MM_WINDOW_SKIP, look, 8);
    slices();
    S(0, MM_UNMAP1, s, 0, PLACES * HP);
    S(0, MM_REVOKE, s);
}

Test(steps, a_long_copy_between_its_slices)
{
    at_every_step(copying_much);
}
