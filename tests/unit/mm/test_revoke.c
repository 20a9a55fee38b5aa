/* Revocation: whatever was granted from a handle, and all that was done through it. */
#include "core/process.h"
#include "world.h"

#define ALL MM_RIGHT_ALL

static uint64_t space;

static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
}

/* Client `from` grants client `to` a handle of its own. */
static uint64_t grant(uint32_t from, uint64_t handle, uint32_t to)
{
    return ok(from, MM_GRANT, handle, world_client(to), ALL);
}

Test(revoke, grants_of_grants_go_and_the_handle_itself_stays)
{
    start();
    uint64_t b = grant(0, space, 1), c = grant(1, b, 2), d = grant(2, c, 3);
    uint64_t own = grant(1, b, 1);

    ok(0, MM_REVOKE, space);
    must(E_STALE, 1, MM_QUERY1, b, 0);
    must(E_STALE, 2, MM_QUERY1, c, 0);
    must(E_STALE, 3, MM_QUERY1, d, 0);
    must(E_STALE, 1, MM_QUERY1, own, 0);
    ok(0, MM_QUERY1, space, 0);
    ok(0, MM_REVOKE, space); /* nothing is left of it */
    ok(1, MM_QUERY1, grant(0, space, 1), 0);
    world_end();
}

Test(revoke, only_what_was_granted_from_this_handle)
{
    start();
    uint64_t b = grant(0, space, 1), c = grant(1, b, 2), other = grant(0, space, 2);

    ok(1, MM_REVOKE, b);
    must(E_STALE, 2, MM_QUERY1, c, 0);
    ok(2, MM_QUERY1, other, 0);
    ok(1, MM_QUERY1, b, 0);
    world_end();
}

Test(revoke, from_one_client_at_any_depth)
{
    start();
    uint64_t b = grant(0, space, 1), c = grant(1, b, 2), c2 = grant(0, space, 2);
    uint64_t d = grant(2, c, 3), d2 = grant(0, space, 3), b2 = grant(2, c2, 1);

    ok(0, MM_REVOKE, space, world_client(2));
    must(E_STALE, 2, MM_QUERY1, c, 0);
    must(E_STALE, 2, MM_QUERY1, c2, 0);
    must(E_STALE, 3, MM_QUERY1, d, 0);  /* from c */
    must(E_STALE, 1, MM_QUERY1, b2, 0); /* from c2 */
    ok(1, MM_QUERY1, b, 0);
    ok(3, MM_QUERY1, d2, 0);
    world_end();
}

Test(revoke, what_a_closed_handle_had_granted_belongs_to_its_granter)
{
    start();
    uint64_t b = grant(0, space, 1), c = grant(1, b, 2), d = grant(1, b, 3);

    ok(1, MM_CLOSE, b);
    ok(2, MM_QUERY1, c, 0);
    ok(0, MM_REVOKE, space, world_client(3));
    must(E_STALE, 3, MM_QUERY1, d, 0);
    ok(0, MM_REVOKE, space);
    must(E_STALE, 2, MM_QUERY1, c, 0);
    world_end();
}

Test(revoke, of_a_closed_root_nothing_can_be_taken_back)
{
    start();
    uint64_t b = grant(0, space, 1), c = grant(1, b, 2);

    ok(0, MM_CLOSE, space);
    must(E_STALE, 0, MM_REVOKE, space);
    ok(1, MM_REVOKE, b);
    must(E_STALE, 2, MM_QUERY1, c, 0);
    ok(1, MM_QUERY1, b, 0);
    world_end();
}

Test(revoke, the_dead_granter_s_grants_belong_to_its_own_granter)
{
    start();
    uint64_t b = grant(0, space, 1), c = grant(1, b, 2);

    ok(0, MM_PROC_KILL, world_process(1));
    ok(2, MM_QUERY1, c, 0);
    ok(0, MM_REVOKE, space);
    must(E_STALE, 2, MM_QUERY1, c, 0);
    world_end();
}

Test(revoke, cursors_opened_through_it_end_and_their_flushes_are_made)
{
    start();
    uint64_t b = grant(0, space, 1), again = grant(0, space, 1);
    uint64_t f = ok(0, MM_FRAME_ALLOC, 1, 0, 0);

    ok(0, MM_MAP1, space, 0, RW, f);
    uint64_t c = ok(1, MM_CURSOR_OPEN, b, 0, P, MM_CURSOR_MUT);
    uint64_t kept = ok(1, MM_CURSOR_OPEN, again, HP, HP + P, MM_CURSOR_MUT);

    ok(1, MM_PROTECT_NEXT, c, P, R);
    uint64_t batches = world_stat(COUNTER_batches);

    must(SERVE_LATER, 2, MM_CURSOR_OPEN, grant(0, space, 2), 0, P, 0);
    ok(1, MM_REVOKE, b); /* nothing was granted from it */
    ok(1, MM_ADDR, c);
    ok(0, MM_REVOKE, space, world_client(1));
    must(E_STALE, 1, MM_ADDR, c);
    must(E_STALE, 1, MM_ADDR, kept);
    cr_assert_eq(world_stat(COUNTER_batches), batches + 1);
    cr_assert_eq(world_reply(2), OK); /* who waited for the cursor has its own now */
    cr_assert_eq(world_stat(COUNTER_cursors), 1);
    world_end();
}

Test(revoke, the_cursor_of_another_handle_stays)
{
    start();
    uint64_t b = grant(0, space, 1), f = ok(1, MM_FRAME_ALLOC, 1, 0, 0);
    uint64_t c = grant(1, b, 2), other = grant(0, space, 2);
    uint64_t gone = ok(2, MM_CURSOR_OPEN, c, 0, P, 0);
    uint64_t kept = ok(2, MM_CURSOR_OPEN, other, HP, HP + P, 0);

    (void)f;
    ok(1, MM_REVOKE, b);
    must(E_STALE, 2, MM_ADDR, gone);
    ok(2, MM_ADDR, kept);
    world_end();
}

Test(revoke, a_request_that_waits_through_it_is_stale)
{
    start();
    uint64_t b = grant(0, space, 1);
    uint64_t c = ok(0, MM_CURSOR_OPEN, space, 0, P, 0);

    must(SERVE_LATER, 1, MM_CURSOR_OPEN, b, 0, P, 0);
    must(SERVE_LATER, 2, MM_UNMAP1, grant(0, space, 2), 0, P);
    ok(0, MM_REVOKE, space, world_client(1));
    cr_assert_eq(world_reply(1), E_STALE);
    cr_assert_eq(port_host_next_reply().token, 0);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(world_reply(2), OK);
    world_end();
}

Test(revoke, a_space_made_active_through_it_is_left)
{
    start();
    uint64_t b = grant(0, space, 1), other = grant(0, space, 2);
    struct client *c = client_find(world_client(1));

    ok(1, MM_ACTIVATE, b);
    ok(2, MM_ACTIVATE, other);
    cr_assert_eq(port_parent(c->active->root), 2);
    ok(0, MM_REVOKE, space, world_client(1));
    cr_assert_null(c->active);
    cr_assert_eq(port_parent(client_find(world_client(2))->active->root), 1);
    must(E_BUSY, 0, MM_CLOSE, space); /* client 2 is still there */
    ok(0, MM_REVOKE, space);
    ok(0, MM_CLOSE, space);
    world_end();
}

/* A process's own space is in use all its life, so handles on it may be closed; but not one
 * by which something is done that only this handle's revocation would end. */
Test(revoke, nothing_outlives_it_in_a_process_s_own_space)
{
    start();
    uint64_t own = ok(1, MM_SELF), b = grant(1, own, 2), spare = grant(1, own, 2);
    uint64_t c = ok(2, MM_CURSOR_OPEN, b, 0, P, 0);

    ok(2, MM_CLOSE, spare);
    must(E_BUSY, 2, MM_CLOSE, b);
    ok(2, MM_CLOSE, c);

    uint64_t w = ok(2, MM_WINDOW_NEW, b, 0, P, 0);

    must(E_BUSY, 2, MM_CLOSE, b);
    ok(2, MM_CLOSE, w);
    ok(2, MM_ACTIVATE, b);
    must(E_BUSY, 2, MM_CLOSE, b);
    ok(1, MM_REVOKE, own);
    cr_assert_null(client_find(world_client(2))->active);
    world_end();
}

/* The window's handle has no READ; what permits reading is the activation by another one. */
Test(revoke, a_window_ends_with_the_activation_that_gave_it_its_rights)
{
    start();
    uint64_t poor = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_MAP);
    uint64_t lender = grant(0, space, 2), rich = grant(2, lender, 1);

    ok(1, MM_ACTIVATE, rich);

    uint64_t w = ok(1, MM_WINDOW_NEW, poor, 0, P, 0),
             kept = ok(0, MM_WINDOW_NEW, space, 0, P, 0);

    ok(2, MM_REVOKE, lender);
    must(E_STALE, 1, MM_WINDOW_REMAIN, w);
    ok(0, MM_WINDOW_REMAIN, kept);
    ok(1, MM_ADDR, ok(1, MM_CURSOR_OPEN, poor, 0, P, 0));
    world_end();
}

/* A plain program, whose one thread asks and goes where ACTIVATE sends it. */
Test(revoke, who_runs_in_a_space_without_map_attaches_nothing_there)
{
    start();
    struct client *c = client_find(world_client(1));
    uint64_t in = ok(0, MM_GRANT, space, world_client(1), MM_RIGHT_READ | MM_RIGHT_WRITE);
    uint64_t s = ok(1, MM_SPACE_NEW), w = ok(1, MM_WINDOW_NEW, s, 0, 0, 0);

    c->registered = c->first;
    ok(1, MM_ACTIVATE, in);
    must(E_ACCESS, 1, MM_WINDOW_ATTACH, w, 0, P);
    ok(1, MM_ACTIVATE, 0);
    ok(1, MM_WINDOW_ATTACH, w, 0, P);
    world_end();
}

Test(revoke, a_client_in_a_space_gets_no_second_probe)
{
    start();
    ok(1, MM_ACTIVATE, grant(0, space, 1));
    must(E_BUSY, 0, MM_THREAD_NEW, world_process(1), 0, 4, 0, MM_THREAD_PROBE);
    ok(0, MM_REVOKE, space);
    ok(0, MM_THREAD_NEW, world_process(1), 0, 4, 0, MM_THREAD_PROBE);
    world_end();
}

Test(revoke, the_last_handle_of_a_space_takes_the_space_along)
{
    start();
    uint64_t free = world_stat(COUNTER_frames_free);
    uint64_t t = ok(0, MM_SPACE_NEW), b = grant(0, t, 1), c = grant(1, b, 2);
    uint64_t f = ok(2, MM_FRAME_ALLOC, 3, 0, 0);

    ok(2, MM_MAP1, c, 0, RW, f);
    ok(2, MM_CLOSE, f);
    ok(2, MM_ACTIVATE, c);
    ok(2, MM_CURSOR_OPEN, c, 0, P, 0);
    must(E_BUSY, 0, MM_CLOSE, t);
    ok(0, MM_REVOKE, t);
    ok(0, MM_CLOSE, t);
    cr_assert_eq(world_stat(COUNTER_frames_free), free);
    world_end();
}

Test(revoke, a_frame_cannot_be_mapped_any_more_but_stays_where_it_is)
{
    start();
    uint64_t b = grant(0, space, 1), free = world_stat(COUNTER_frames_free);
    uint64_t f = ok(0, MM_FRAME_ALLOC, 2, 0, 0), g = grant(0, f, 1), h = grant(1, g, 2);

    ok(1, MM_MAP1, b, 0, RW, g);
    ok(0, MM_REVOKE, f);
    must(E_STALE, 1, MM_MAP1, b, HP, RW, g);
    must(E_STALE, 2, MM_CLOSE, h);
    ok(0, MM_CLOSE, f);
    cr_assert_eq(world_stat(COUNTER_frames_free), free - 2 - 3); /* pages and their nodes */
    ok(1, MM_UNMAP1, b, 0, 2 * P);
    cr_assert_eq(world_stat(COUNTER_frames_free), free - 3);
    world_end();
}

Test(revoke, only_spaces_and_frames_and_only_one_s_own)
{
    start();
    uint64_t b = grant(0, space, 1), c = ok(0, MM_CURSOR_OPEN, space, 0, P, 0);

    must(E_HANDLE, 0, MM_REVOKE, c);
    must(E_HANDLE, 2, MM_REVOKE, b);
    must(E_HANDLE, 0, MM_REVOKE, 0);
    must(E_PEER, 0, MM_REVOKE, space, 0);
    must(E_PEER, 0, MM_REVOKE, space, 999999);
    must(E_INVAL, 0, MM_REVOKE);
    must(E_INVAL, 0, MM_REVOKE, space, world_client(1), 0);
    ok(1, MM_QUERY1, b, HP);
    world_end();
}

/* A random forest of grants, and what the same requests do to a list of parents. */
enum { HANDLES = 300, NOBODY = HANDLES };

static struct {
    uint64_t number;
    uint32_t client, parent;
    bool live;
} node[HANDLES];
static uint32_t nodes;

static bool below(uint32_t i, uint32_t top)
{
    while (i != NOBODY && i != top)
        i = node[i].parent;
    return i == top;
}

static void model_close(uint32_t i)
{
    for (uint32_t k = 0; k < nodes; k++)
        if (node[k].parent == i)
            node[k].parent = node[i].parent;
    node[i].live = false;
}

/* Does a handle of the client stand at i or above it, below top? */
static bool under_client(uint32_t i, uint32_t top, uint32_t client)
{
    for (; i != top; i = node[i].parent)
        if (node[i].client == client)
            return true;
    return false;
}

static void model_revoke(uint32_t top, uint32_t from)
{
    bool goes[HANDLES];

    for (uint32_t i = 0; i < nodes; i++)
        goes[i] = node[i].live && i != top && below(i, top) &&
                  (from == WORLD_CLIENTS || under_client(i, top, from));
    for (uint32_t i = 0; i < nodes; i++)
        if (goes[i])
            node[i].live = false;
}

static void add(uint32_t client, uint32_t parent, uint64_t number)
{
    node[nodes].number = number;
    node[nodes].client = client;
    node[nodes].parent = parent;
    node[nodes++].live = true;
}

static void random_step(uint64_t x)
{
    uint32_t i = (uint32_t)(x >> 33) % nodes;
    uint32_t client = (uint32_t)(x >> 20) % WORLD_CLIENTS;

    if (!node[i].live)
        return;
    if (x % 16 < 11 && nodes < HANDLES) {
        add(client, i, grant(node[i].client, node[i].number, client));
    } else if (x % 16 < 13) {
        ok(node[i].client, MM_CLOSE, node[i].number);
        model_close(i);
    } else if (x % 16 < 14) {
        ok(node[i].client, MM_REVOKE, node[i].number);
        model_revoke(i, WORLD_CLIENTS);
    } else {
        ok(node[i].client, MM_REVOKE, node[i].number, world_client(client));
        model_revoke(i, client);
    }
}

Test(revoke, a_random_forest_agrees_with_a_list_of_parents)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        uint64_t x = seed;

        world_start(WORLD_FRAMES, 1);
        nodes = 0;
        for (uint32_t i = 0; i < 4; i++)
            add(i, NOBODY, ok(i, MM_SPACE_NEW));
        for (uint32_t step = 0; step < 400; step++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            random_step(x ^ x >> 29);
            for (uint32_t i = 0; i < nodes; i++) {
                const struct handle_table *t =
                    &client_find(world_client(node[i].client))->handles;

                cr_assert_eq(handle_peek(t, node[i].number) != NULL, node[i].live,
                             "seed %u, step %u, handle %u", (unsigned)seed, step, i);
            }
        }
        world_end();
    }
}
