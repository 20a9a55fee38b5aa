/* Who blocks whom (contract 4.1), and the three rules of waiting (architecture part 4). */
#include "core/cursor_lock.h"
#include "core/wait.h"
#include "world.h"

static uint64_t space[WORLD_CLIENTS]; /* each client's handle on the one space */

static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space[0] = ok(0, MM_SPACE_NEW);
    for (uint32_t i = 1; i < WORLD_CLIENTS; i++)
        space[i] = ok(0, MM_GRANT, space[0], world_client(i), MM_RIGHT_ALL);
}

static int32_t open_flags(uint32_t i, vaddr_t from, vaddr_t to, uint64_t flags)
{
    return ask(i, MM_CURSOR_OPEN, space[i], from, to, MM_CURSOR_MUT | flags);
}

static int32_t open(uint32_t i, vaddr_t from, vaddr_t to)
{
    return open_flags(i, from, to, 0);
}
static int32_t try(uint32_t i, vaddr_t from, vaddr_t to)
{
    return open_flags(i, from, to, MM_CURSOR_TRY);
}

static uint64_t opened(uint32_t i, vaddr_t from, vaddr_t to)
{
    cr_assert_eq(open(i, from, to), OK);
    return world_out[0];
}

/* Make the level-1 node at va exist. */
static void touch(vaddr_t va)
{
    ok(0, MM_QUERY1, space[0], va);
}

Test(locks, disjoint_ranges_of_one_table_conflict)
{
    start();
    opened(0, 0, 2 * P);
    cr_assert_eq(try(1, 8 * P, 9 * P), E_BUSY);
    world_end();

    start();
    opened(0, 3 * HP, 5 * HP);
    cr_assert_eq(try(1, 6 * HP, 8 * HP), E_BUSY);
    world_end();
}

Test(locks, a_table_outside_the_range_is_free_once_it_exists)
{
    start();
    opened(0, 3 * HP, 5 * HP);
    cr_assert_eq(try(1, 7 * HP, 7 * HP + P), E_BUSY);
    world_end();

    start();
    touch(7 * HP);
    opened(0, 3 * HP, 5 * HP);
    opened(1, 7 * HP, 7 * HP + P);
    cr_assert_eq(try(2, 4 * HP, 4 * HP + P), E_BUSY);
    world_end();
}

Test(locks, neighbouring_tables_do_not_conflict_after_the_first_touch)
{
    start();
    touch(2 * HP);
    touch(3 * HP);
    uint64_t n = world_stat(COUNTER_lock_conflicts);

    opened(0, 2 * HP, 2 * HP + P);
    opened(1, 3 * HP, 3 * HP + P);
    cr_assert_eq(world_stat(COUNTER_lock_conflicts), n);
    world_end();

    start();
    opened(0, 2 * HP, 2 * HP + P);
    opened(1, 3 * HP, 3 * HP + P); /* nobody owns the level-2 node */
    world_end();
}

Test(locks, readers_conflict_with_readers)
{
    start();
    ok(0, MM_CURSOR_OPEN, space[0], 0, P, 0);
    must(E_BUSY, 1, MM_CURSOR_OPEN, space[1], 0, P, MM_CURSOR_TRY);
    world_end();
}

Test(locks, a_cursor_over_everything_blocks_all_and_is_blocked_by_each)
{
    start();
    uint64_t c = opened(0, 0, USER_END);

    cr_assert_eq(try(1, 5 * GP, 5 * GP + P), E_BUSY);
    ok(0, MM_CLOSE, c);
    opened(1, 5 * GP, 5 * GP + P);
    cr_assert_eq(try(0, 0, USER_END), E_BUSY);
    world_end();
}

/* The arithmetic against sets of nodes written out. */
enum { SET = 4096 };
struct set {
    uint32_t n;
    struct {
        uint32_t level;
        vaddr_t base;
    } node[SET];
};

static void add_below(struct set *s, struct vm_space *in, struct pt_place at, vaddr_t base,
                      struct vrange r)
{
    cr_assert(s->n < SET);
    s->node[s->n].level = at.level;
    s->node[s->n++].base = base;
    for (uint32_t i = 0; at.level > 1 && i < PT_ENTRIES; i++) {
        uint64_t entry = port_entry(at.node, i);
        struct vrange span = { base + i * va_page_size(at.level),
                               base + (i + 1) * va_page_size(at.level) };

        if (entry != 0 && (at.level < 4 || i < 256) && span.start < r.end && r.start < span.end)
            add_below(s, in, (struct pt_place){ pte_child(entry), at.level - 1 }, span.start,
                      r);
    }
}

static bool meets(const struct set *a, const struct set *b)
{
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t k = 0; k < b->n; k++)
            if (a->node[i].level == b->node[k].level && a->node[i].base == b->node[k].base)
                return true;
    return false;
}

static uint64_t state = 88172645463325252u;
static uint64_t rnd(uint64_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % n;
}

static struct vrange any_range(void)
{
    static const uint64_t unit[] = { P, HP, GP, 512 * GP };
    uint64_t u = unit[rnd(4)];
    vaddr_t from = rnd(3) * 512 * GP + rnd(3) * GP + rnd(3) * HP + rnd(3) * P;

    return (struct vrange){ from, from + (1 + rnd(3)) * u };
}

Test(locks, the_arithmetic_agrees_with_sets_of_nodes)
{
    static struct set mine, theirs;
    uint32_t conflicts = 0;

    start();
    for (uint32_t i = 0; i < 10; i++)
        touch(rnd(3) * 512 * GP + rnd(3) * GP + rnd(3) * HP);
    struct vm_space *s = vm_space_at(WORLD_CLIENTS); /* behind the clients' own */

    for (uint32_t round = 0; round < 400; round++) {
        struct vrange b = any_range();
        uint64_t held = 0;

        if (ask(0, MM_CURSOR_OPEN, space[0], any_range().start, b.end, 0) == E_RANGE)
            continue;
        held = world_out[0];
        const struct cursor *a = s->cursors;
        struct cursor_lock_want want = cursor_want(s, b);
        struct cursor_lock lock = cursor_holds(a);
        struct pt_place low = pt_node_lowest(vm_space_top(s), b.start, want.cover);

        mine.n = theirs.n = 0;
        add_below(&theirs, s, a->guard, va_align_down(a->range.start, a->guard.level + 1),
                  a->range);
        if (low.level > want.cover) { /* it must own this node to add others */
            mine.node[0].level = low.level;
            mine.node[0].base = va_align_down(b.start, low.level + 1);
            mine.n = 1;
        } else {
            add_below(&mine, s, low, va_align_down(b.start, low.level + 1), b);
        }
        cr_assert_eq(cursor_lock_conflicts(&want, &lock), meets(&mine, &theirs));
        conflicts += meets(&mine, &theirs);
        ok(0, MM_CLOSE, held);
    }
    cr_assert(conflicts > 20 && conflicts < 380);
    world_end();
}

Test(locks, a_conflicting_open_waits_and_is_answered_at_the_close)
{
    start();
    uint64_t c = opened(0, 0x400000, 0x404000);
    uint64_t n = world_stat(COUNTER_lock_conflicts);

    cr_assert_eq(open(1, 0x402000, 0x406000), SERVE_LATER);
    cr_assert_eq(world_stat(COUNTER_lock_conflicts), n + 1);
    cr_assert_eq(ok(2, MM_WAITS, world_client(1)), 1);
    cr_assert_eq(world_out[1], MM_WAIT_CURSOR);
    cr_assert_eq(world_out[2], world_client(0));
    cr_assert_eq(world_out[3], c);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(world_reply(1), OK);
    cr_assert_eq(ok(1, MM_QUERY, world_out[0]), 0x402000);
    cr_assert_eq(ok(2, MM_WAITS, world_client(1)), 0);
    must(E_PEER, 0, MM_WAITS, 12345);
    world_end();
}

Test(locks, a_request_with_try_in_its_label_never_waits)
{
    start();
    uint64_t c = opened(0, 0, P);

    must(E_BUSY, 1, MM_CURSOR_OPEN | MM_TRY, space[1], 0, P, 0);
    must(E_BUSY, 1, MM_UNMAP1 | MM_TRY, space[1], 0, P);
    must(E_BUSY, 1, MM_QUERY1 | MM_TRY, space[1], 0);
    ok(0, MM_CLOSE, c);
    ok(1, MM_QUERY1 | MM_TRY, space[1], 0);
    must(E_INVAL, 1, MM_TRY);
    must(E_INVAL, 1, MM_LABEL_END | MM_TRY);
    must(E_INVAL, 1, MM_LABEL_END + MM_JUMP, c, 0);
    world_end();
}

Test(locks, a_client_never_waits_for_itself)
{
    start();
    opened(0, 0, 4 * P);
    cr_assert_eq(open(0, 2 * P, 6 * P), E_BUSY);
    must(E_BUSY, 0, MM_QUERY1, space[0], 0);
    must(E_BUSY, 0, MM_UNMAP1, space[0], 0, P);
    world_end();
}

Test(locks, a_cycle_over_clients_is_refused)
{
    start();
    touch(0), touch(HP), touch(2 * HP);
    uint64_t a = opened(0, 0, P);

    opened(1, HP, HP + P);
    opened(2, 2 * HP, 2 * HP + P);
    cr_assert_eq(open(1, 0, P), SERVE_LATER);          /* 1 waits for 0 */
    cr_assert_eq(open(2, HP, HP + P), SERVE_LATER);    /* 2 waits for 1 */
    cr_assert_eq(open(0, 2 * HP, 2 * HP + P), E_BUSY); /* 0 would wait for 2 */
    ok(0, MM_CLOSE, a);
    cr_assert_eq(world_reply(1), OK);
    world_end();
}

Test(locks, waiting_requests_are_served_in_order)
{
    start();
    uint64_t c = opened(0, 0, P);

    cr_assert_eq(open(1, 0, P), SERVE_LATER);
    cr_assert_eq(open(2, 0, P), SERVE_LATER);
    cr_assert_eq(ok(3, MM_WAITS, world_client(2)), 2);
    cr_assert_eq(world_out[4], MM_WAIT_REQUEST);
    cr_assert_eq(world_out[5], world_client(1));
    ok(0, MM_CLOSE, c);
    cr_assert_eq(world_reply(1), OK);
    c = world_out[0];
    cr_assert_eq(port_host_next_reply().token, 0);
    ok(1, MM_CLOSE, c);
    cr_assert_eq(world_reply(2), OK);
    world_end();
}

Test(locks, a_later_request_waits_for_an_earlier_one_that_it_conflicts_with)
{
    start();
    touch(0), touch(HP);
    uint64_t c = opened(0, 0, P);

    cr_assert_eq(open(1, 0, 2 * HP), SERVE_LATER);
    cr_assert_eq(open(2, HP, HP + P), SERVE_LATER); /* free, but 1 was first */
    ok(0, MM_CLOSE, c);
    cr_assert_eq(world_reply(1), OK);
    ok(1, MM_CLOSE, world_out[0]);
    cr_assert_eq(world_reply(2), OK);
    world_end();
}

Test(locks, a_request_overtakes_rather_than_close_a_cycle)
{
    start();
    touch(0), touch(HP);
    uint64_t c = opened(0, 0, P);

    cr_assert_eq(open(1, 0, 2 * HP), SERVE_LATER); /* waits for 0 */
    uint64_t d = opened(0, HP, HP + P);            /* would wait for 1: overtakes */

    ok(0, MM_CLOSE, c);
    cr_assert_eq(port_host_next_reply().token, 0);
    ok(0, MM_CLOSE, d);
    cr_assert_eq(world_reply(1), OK);
    world_end();
}

/* By requests alone one does not get here: a cursor passes a waiting request only if that
 * request waits for the cursor's client already. So one is opened behind wait.c's back. */
Test(locks, a_waiting_request_whose_new_edges_close_a_cycle_is_busy)
{
    struct cursor *untold;

    start();
    touch(0), touch(HP), touch(2 * HP);
    uint64_t a = opened(0, 0, P);
    uint64_t b = opened(1, 2 * HP, 2 * HP + P);

    cr_assert_eq(open(1, 0, 2 * HP), SERVE_LATER);   /* 1 waits for 0 */
    struct vm_space *s = vm_space_at(WORLD_CLIENTS); /* behind the clients' own */

    cr_assert_eq(cursor_open(s, (struct vrange){ HP, HP + P }, true, &untold), OK);
    untold->client = client_find(world_client(2))->slot;
    cr_assert_eq(open(2, 2 * HP, 2 * HP + P), SERVE_LATER); /* 2 waits for 1 */
    ok(0, MM_CLOSE, a);                                     /* 1 would wait for 2 */
    cr_assert_eq(world_reply(1), E_BUSY);
    cr_assert_eq(ok(3, MM_WAITS, world_client(1)), 0);
    cr_assert_eq(port_host_next_reply().token, 0);
    ok(1, MM_CLOSE, b);
    cr_assert_eq(world_reply(2), OK);
    cursor_close(untold);
    world_end();
}

Test(locks, one_shot_requests_wait_with_all_their_words)
{
    start();
    uint64_t words[4 + 300] = { MM_MAP1, space[1], 0, RW };
    uint64_t c = opened(0, 0, P);

    ok(1, MM_FRAME_ALLOC, 150, 7, MM_FRAME_EACH);
    for (uint32_t i = 0; i < 150; i++)
        words[4 + i] = words[4 + 150 + i] = world_out[2 * i];
    cr_assert_eq(world_ask(1, 3 + 300, words), SERVE_LATER);
    must(SERVE_LATER, 2, MM_UNMAP1, space[2], 0, 400 * P);
    ok(0, MM_CLOSE, c);
    cr_assert_eq(world_reply(1), OK);
    cr_assert_eq(world_reply(2), OK);
    cr_assert_eq(world_out[0], 300);
    world_end();
}

/* Clients at random: each has some cursors, or waits with one request. */
enum { HAS_MAX = 3, STEPS = 300, STORMS = 30 };
static struct {
    bool waits, opens; /* opens: what it waits with is an open */
    uint32_t n;
    uint64_t cursor[HAS_MAX];
} has[WORLD_CLIENTS];

static void got(uint32_t i, uint64_t cursor)
{
    cr_assert(has[i].n < HAS_MAX);
    has[i].cursor[has[i].n++] = cursor;
}

/* Take every late answer: a request that was let wait is carried out, never refused. */
static void take_answers(void)
{
    for (struct port_host_reply r = port_host_next_reply(); r.token != 0;
         r = port_host_next_reply())
        for (uint32_t i = 0; i < WORLD_CLIENTS; i++)
            if (world_client(i) == r.token) {
                cr_assert(has[i].waits);
                cr_assert_eq((int32_t)r.msg.w[0], OK);
                if (has[i].opens)
                    got(i, r.msg.w[1]);
                has[i].waits = false;
            }
}

static void request(uint32_t i, bool opens, int32_t status)
{
    cr_assert(status == OK || status == E_BUSY || status == SERVE_LATER || status == E_RANGE);
    has[i].waits = status == SERVE_LATER;
    has[i].opens = opens;
    if (status == OK && opens)
        got(i, world_out[0]);
}

static void close_one(uint32_t i)
{
    ok(i, MM_CLOSE, has[i].cursor[--has[i].n]);
}

static void step(uint32_t i, uint64_t frame)
{
    struct vrange r = any_range();
    uint64_t last = has[i].n > 0 ? has[i].cursor[has[i].n - 1] : 0;

    if (rnd(2) == 0 && has[i].n < HAS_MAX)
        request(i, true, open(i, r.start, r.end));
    else if (rnd(3) == 0)
        request(i, false, ask(i, MM_UNMAP1, space[i], r.start, r.end - r.start));
    else if (last != 0 && rnd(3) == 0)
        (void)ask(i, MM_MAP, last, RW, frame); /* nodes come … */
    else if (last != 0 && rnd(3) == 0)
        (void)ask(i, MM_UNMAP, last, rnd(2) * GP + HP); /* … and go */
    else if (last != 0)
        close_one(i);
    take_answers();
}

/* Nobody waits for ever: once those who can close have closed, again and again, all are
 * served. */
static void come_to_rest(void)
{
    for (uint32_t round = 0; round < WORLD_CLIENTS * (HAS_MAX + 1); round++)
        for (uint32_t i = 0; i < WORLD_CLIENTS; i++)
            while (!has[i].waits && has[i].n > 0) {
                close_one(i);
                take_answers();
            }
    for (uint32_t i = 0; i < WORLD_CLIENTS; i++)
        cr_assert(!has[i].waits, "client %u waits for nobody", i);
}

Test(locks, at_random_who_may_wait_is_served_in_the_end, .timeout = 110)
{
    uint32_t waited = 0;

    for (uint32_t storm = 0; storm < STORMS; storm++) {
        uint64_t frame[WORLD_CLIENTS];

        start();
        for (uint32_t i = 0; i < WORLD_CLIENTS; i++)
            frame[i] = ok(i, MM_FRAME_ALLOC, 1, 0, 0);
        for (uint32_t k = 0; k < STEPS; k++) {
            uint32_t i = (uint32_t)rnd(WORLD_CLIENTS);

            if (!has[i].waits)
                step(i, frame[i]);
            waited += has[i].waits;
        }
        come_to_rest();
        world_end();
    }
    cr_assert(waited > 100, "only %u steps ended in waiting", waited);
}
