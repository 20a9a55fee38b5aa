#include "wait.h"

#include <assert.h>

static_assert(CLIENT_MAX <= 64, "a set of clients is one word");

static struct wait_request table[CLIENT_MAX];
static uint64_t edges[CLIENT_MAX]; /* whom the client's waiting request waits for */
uint32_t wait_head;
static uint32_t last;

void wait_init(void)
{
    for (uint32_t i = 0; i < CLIENT_MAX; i++) {
        table[i] = (struct wait_request){ .client = i, .extra = NO_FRAME };
        edges[i] = 0;
    }
    wait_head = last = CLIENT_NONE;
}

static uint64_t bit(uint32_t client)
{
    return 1ull << client;
}

/* Does anyone of `from` wait, directly or through others, for the client? */
static bool reaches(uint64_t from, uint32_t client)
{
    uint64_t seen = 0;

    while ((from & ~seen) != 0) {
        uint32_t next = (uint32_t)__builtin_ctzll(from & ~seen);

        if (next == client)
            return true;
        seen |= bit(next);
        from |= edges[next];
    }
    return false;
}

/* Conflicts with what a waiting request will own. */
static bool conflicts(const struct cursor_lock_want *want, const struct wait_request *w)
{
    struct cursor_lock_want theirs = cursor_want(w->space, w->range);
    struct cursor_lock held = { w->range, theirs.cover };

    return cursor_lock_conflicts(want, &held);
}

/* The edges of a request that stands before `before` in the queue (CLIENT_NONE: at its end). */
static enum wait_outcome decide(uint32_t client, const struct vm_space *s, struct vrange r,
                                uint32_t before, uint64_t *to)
{
    struct cursor_lock_want want = cursor_want(s, r);

    *to = 0;
    for (const struct cursor *c = s->cursors; c != NULL; c = c->next) {
        struct cursor_lock held = cursor_holds(c);

        if (cursor_lock_conflicts(&want, &held))
            *to |= bit(c->client);
    }
    if (reaches(*to, client))
        return WAIT_CYCLE;

    for (uint32_t i = wait_head; i != before; i = table[i].next) {
        if (table[i].space != s || i == client || !conflicts(&want, &table[i]))
            continue;
        if (!reaches(bit(i), client))
            *to |= bit(i);
    }
    return *to == 0 ? WAIT_GRANTED : WAIT_MUST;
}

enum wait_outcome wait_try(uint32_t client, const struct vm_space *s, struct vrange r)
{
    uint64_t to;

    if (s->cursors == NULL && wait_head == CLIENT_NONE)
        return WAIT_GRANTED;
    return decide(client, s, r, CLIENT_NONE, &to);
}

struct wait_request *wait_enter(uint32_t client, struct vm_space *s, struct vrange r)
{
    struct wait_request *w = &table[client];
    enum wait_outcome outcome = decide(client, s, r, CLIENT_NONE, &edges[client]);

    assert(w->space == NULL);
    assert(outcome == WAIT_MUST);
    w->space = s;
    w->range = r;
    w->extra = NO_FRAME;
    w->next = CLIENT_NONE;
    if (wait_head == CLIENT_NONE)
        wait_head = client;
    else
        table[last].next = client;
    last = client;
    return w;
}

struct wait_request *wait_of(uint32_t client)
{
    return table[client].space != NULL ? &table[client] : NULL;
}

struct wait_request wait_leave(uint32_t client)
{
    struct wait_request gone = table[client];
    uint32_t before = CLIENT_NONE;

    assert(gone.space != NULL);
    for (uint32_t i = wait_head; i != client; i = table[i].next)
        before = i;
    if (before == CLIENT_NONE)
        wait_head = gone.next;
    else
        table[before].next = gone.next;
    if (last == client)
        last = before;
    table[client].space = NULL;
    edges[client] = 0;
    return gone;
}

void wait_opened(const struct cursor *c)
{
    struct cursor_lock held = cursor_holds(c);

    for (uint32_t i = wait_head; i != CLIENT_NONE; i = table[i].next) {
        struct cursor_lock_want want;

        if (table[i].space != c->space)
            continue;
        want = cursor_want(c->space, table[i].range);
        if (cursor_lock_conflicts(&want, &held))
            edges[i] |= bit(c->client);
    }
}

enum wait_outcome wait_again(struct wait_request *w)
{
    edges[w->client] = 0; /* its old edges are not to be found on a cycle */
    return decide(w->client, w->space, w->range, w->client, &edges[w->client]);
}

struct wait_request *wait_first(void)
{
    return wait_head != CLIENT_NONE ? &table[wait_head] : NULL;
}

struct wait_request *wait_next(const struct wait_request *w)
{
    return w->next != CLIENT_NONE ? &table[w->next] : NULL;
}

uint32_t wait_reasons(const struct wait_request *w, struct wait_reason *out, uint32_t most)
{
    struct cursor_lock_want want = cursor_want(w->space, w->range);
    uint32_t n = 0;

    for (const struct cursor *c = w->space->cursors; c != NULL && n < most; c = c->next) {
        struct cursor_lock held = cursor_holds(c);

        if (cursor_lock_conflicts(&want, &held))
            out[n++] = (struct wait_reason){ MM_WAIT_CURSOR, c->client, c->handle };
    }
    for (uint32_t i = wait_head; i != w->client && n < most; i = table[i].next)
        if (table[i].space == w->space && (edges[w->client] & bit(i)) != 0 &&
            conflicts(&want, &table[i]))
            out[n++] = (struct wait_reason){ MM_WAIT_REQUEST, i, 0 };
    return n;
}
