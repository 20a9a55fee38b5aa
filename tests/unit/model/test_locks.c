/* Who conflicts with whom: the rule as code against the sets of nodes that it speaks of. */
#include <criterion/criterion.h>
#include <string.h>

#include "ask.h"
#include "lock.h"
#include "tests/unit/base/random.h"

/* Does a cursor own this node (contract 4.1)? */
static bool owns(struct lock_range r, uint32_t level, uint64_t base)
{
    if (level == r.guard)
        return base <= r.lo && r.lo < base + units_node(level);
    return level < r.guard && base < r.hi && r.lo < base + units_node(level);
}

/* Do the two sets share a node that exists? */
static bool share(const struct space *s, struct lock_range a, struct lock_range b)
{
    for (uint32_t level = 1; level < PT_LEVELS; level++) {
        for (uint64_t base = 0; nodeset_next(&s->nodes, level, &base); base++) {
            if (owns(a, level, base) && owns(b, level, base))
                return true;
        }
    }
    return owns(a, PT_LEVELS, 0) && owns(b, PT_LEVELS, 0);
}

/* The rule in its own words: the lock under which a missing node is made, else the sets. */
static bool naive(const struct space *s, struct lock_range want, struct lock_range held)
{
    uint32_t level = PT_LEVELS;

    while (level > want.guard && nodeset_has(&s->nodes, level - 1, want.lo))
        level--;
    if (level > want.guard)
        return owns(held, level, want.lo / units_node(level) * units_node(level));
    return share(s, want, held);
}

static struct lock_range some_range(const struct space *s, uint64_t *random)
{
    static const uint64_t edge[] = { 0, 2ull << 20, 1ull << 30, 1ull << 39, 3ull << 39 };
    uint64_t lo = edge[random_below(random, 5)] + random_below(random, 3) * (uint64_t)P;
    uint64_t step = random_below(random, 2) ? P : random_below(random, 2) ? HP : GP;

    return lock_range(s, lo, lo + step * (1 + random_below(random, 3)));
}

Test(locks, two_cursors_conflict_iff_their_sets_of_nodes_meet)
{
    uint64_t random = 3;
    uint32_t conflicts = 0;

    for (uint32_t step = 0; step < 20000; step++) {
        struct space s = { 0 };
        for (uint32_t i = random_below(&random, 5); i > 0; i--) {
            struct lock_range r = some_range(&s, &random);
            nodeset_grow(&s.nodes, r.lo, r.guard);
        }
        struct lock_range held = some_range(&s, &random);
        nodeset_grow(&s.nodes, held.lo, held.guard); /* it was opened */
        struct lock_range want = some_range(&s, &random);
        bool conflict = lock_conflict(&s, want, held);
        cr_assert_eq(conflict, naive(&s, want, held), "step %u", step);
        conflicts += conflict;
        nodeset_free(&s.nodes);
    }
    cr_assert(conflicts > 2000 && conflicts < 18000, "both answers are tried: %u", conflicts);
}

static uint64_t s;

static void begin(void)
{
    world_begin();
    s = new_space(0);
    for (uint32_t i = 1; i < 3; i++) {
        cr_assert_eq(ask(0, MM_GRANT, s, model_id(world, i), MM_RIGHT_ALL), OK);
        cr_assert(out[0] != 0);
    }
}

TestSuite(waiting, .init = begin, .fini = world_end);

/* The handle that each client has on the space: its first. */
static uint64_t handle(uint32_t client)
{
    return client == 0 ? s : KIND_SPACE << 20 | 1ull << 24;
}

static uint64_t open(uint32_t client, uint64_t lo, uint64_t hi)
{
    return new_cursor(client, handle(client), lo, hi);
}

static void open_later(uint32_t client, uint64_t lo, uint64_t hi)
{
    post(client, MM_CURSOR_OPEN, handle(client), lo, hi, MM_CURSOR_MUT);
    cr_assert(model_waits(world, client));
}

Test(waiting, an_open_waits_for_the_cursor_in_its_way_and_then_goes_on)
{
    struct model_reason reason[4];
    uint64_t c = open(0, 0, P);

    open_later(1, 0, P);
    cr_assert_eq(model_reasons(world, 1, reason, 4), 1);
    cr_assert_eq(reason[0].kind, MM_WAIT_CURSOR);
    cr_assert_eq(reason[0].client, 0);
    cr_assert_eq(reason[0].cursor, c);
    post(0, MM_CLOSE, c);
    cr_assert_eq(taken(1), OK); /* before the close is answered */
    cr_assert_eq(taken(0), OK);
    cr_assert_eq(counted(COUNTER_lock_conflicts), 1);
}

Test(waiting, for_oneself_is_busy_and_so_is_a_cycle)
{
    uint64_t a = open(0, 0, P);

    cr_assert_eq(ask(0, MM_CURSOR_OPEN, s, 0, P, 0), E_BUSY);
    open(1, HP, HP + P);
    open_later(0, HP, HP + P);
    cr_assert_eq(ask(1, MM_CURSOR_OPEN, handle(1), 0, P, 0), E_BUSY);
    (void)a;
}

Test(waiting, a_request_stays_behind_an_earlier_one_unless_that_closes_a_cycle)
{
    uint64_t a = open(0, 0, P);
    struct model_reason reason[4];

    open_later(1, 0, GP); /* waits for a */
    post(2, MM_CURSOR_OPEN, handle(2), HP, HP + P, MM_CURSOR_MUT);
    cr_assert(model_waits(world, 2), "behind the wider one, though its own place is free");
    cr_assert_eq(model_reasons(world, 2, reason, 4), 1);
    cr_assert_eq(reason[0].kind, MM_WAIT_REQUEST);
    cr_assert_eq(reason[0].client, 1);
    cr_assert_eq(ask(0, MM_CURSOR_OPEN, s, HP, HP + P, 0), OK, "client 0 overtakes client 1");
    uint64_t b = out[0];
    post(0, MM_CLOSE, b);
    cr_assert_eq(taken(0), OK);
    post(0, MM_CLOSE, a);
    cr_assert_eq(taken(1), OK);
    cr_assert_eq(taken(0), OK);
    cr_assert(model_waits(world, 2));
}

Test(waiting, a_client_that_ends_lets_the_next_one_go_on)
{
    open(0, 0, P);
    open_later(1, 0, P);
    model_end(world, 0);
    cr_assert_eq(taken(1), OK);
    cr_assert_eq(model_begin(world, 0), 0);
}
