#include "lock.h"

struct lock_range lock_range(const struct space *s, uint64_t lo, uint64_t hi)
{
    struct lock_range r = { lo, hi, units_cover(lo, hi) };
    const struct mapping *map = mapset_at(&s->maps, lo);

    /* The node that holds a leaf of this size is of the level whose slots it fills. */
    while (map && map->size > units_slot(r.guard))
        r.guard++;
    return r;
}

/* Is the node of this level that translates va among those that the range owns? */
static bool owns(struct lock_range r, uint32_t level, uint64_t va)
{
    uint64_t base = units_down(va, units_node(level));

    if (level == r.guard)
        return base == units_down(r.lo, units_node(level));
    return level < r.guard && units_meet(base, base + units_node(level), r.lo, r.hi);
}

/* The lowest level of a node on the way to `want`, were the nodes of `held` there. */
static uint32_t lowest(const struct space *s, struct lock_range want, struct lock_range held)
{
    uint32_t level = nodeset_lowest(&s->nodes, want.lo, want.guard);

    while (level > want.guard && level > held.guard &&
           want.lo / units_node(level - 1) == held.lo / units_node(level - 1))
        level--;
    return level;
}

/*
 * A node that is missing is made under the lock of the lowest node there is. Otherwise the two
 * sets share a node iff one's guard is in the other: were there a shared node below both
 * guards, both would be above it, so one guard above the other, and in its range.
 */
bool lock_conflict(const struct space *s, struct lock_range want, struct lock_range held)
{
    uint32_t level = lowest(s, want, held);

    if (level > want.guard)
        return owns(held, level, want.lo);
    return owns(held, want.guard, want.lo) || owns(want, held.guard, held.lo);
}

/* --- waiting --- */

static struct lock_range held_by(const struct cursor *c)
{
    return (struct lock_range){ c->lo, c->hi, c->guard };
}

/* (a): the clients whose cursors are in the way. */
static uint64_t owners(const struct space *s, struct lock_range want)
{
    uint64_t clients = 0;

    for (const struct cursor *c = s->cursors; c; c = c->next) {
        if (lock_conflict(s, want, held_by(c)))
            clients |= 1ull << c->client;
    }
    return clients;
}

/* Whom a client's waiting request waits for; nobody if it has none. */
static uint64_t edges(const struct model *m, uint32_t client)
{
    const struct waiting *w = &m->client[client].waiting;

    if (!w->there)
        return 0;
    return owners(w->space, lock_range(w->space, w->lo, w->hi)) | w->behind;
}

/* Does anyone of `from` wait, directly or through others, for the client? */
static bool reaches(const struct model *m, uint64_t from, uint32_t client)
{
    uint64_t seen = 0;

    while (from & ~seen) {
        uint32_t next = (uint32_t)__builtin_ctzll(from & ~seen);
        if (next == client)
            return true;
        seen |= 1ull << next;
        from |= edges(m, next);
    }
    return false;
}

/* The earliest waiting request that came after `after` and before `before`. */
static uint32_t next_waiting(const struct model *m, uint64_t after, uint64_t before)
{
    uint32_t found = MODEL_NOBODY;

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        const struct waiting *w = &m->client[i].waiting;
        if (w->there && w->order > after && w->order < before) {
            found = i;
            before = w->order;
        }
    }
    return found;
}

enum lock_answer lock_decide(const struct model *m, uint32_t client, const struct space *s,
                             struct lock_range want, uint64_t before, uint64_t *behind)
{
    uint64_t holders = owners(s, want);
    uint64_t after = 0;
    uint32_t i;

    *behind = 0;
    if (reaches(m, holders, client))
        return LOCK_CYCLE;
    while ((i = next_waiting(m, after, before)) != MODEL_NOBODY) {
        const struct waiting *w = &m->client[i].waiting;
        after = w->order;
        if (i != client && w->space == s &&
            lock_conflict(s, want, lock_range(s, w->lo, w->hi)) &&
            !reaches(m, 1ull << i, client))
            *behind |= 1ull << i;
    }
    return holders | *behind ? LOCK_MUST_WAIT : LOCK_GRANTED;
}
