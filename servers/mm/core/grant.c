#include "grant.h"

#include <assert.h>

static_assert((uint64_t)CLIENT_MAX << HANDLE_INDEX_BITS < HANDLE_NONE, "a handle in 32 bits");

/* A handle of anybody, in one word. */
static uint32_t ref_of(const struct client *c, const struct handle_entry *e)
{
    return c->slot << HANDLE_INDEX_BITS | handle_index(e);
}

static struct client *client_of(uint32_t ref)
{
    return client_at(ref >> HANDLE_INDEX_BITS);
}

static uint32_t index_of(uint32_t ref)
{
    return ref & ((1u << HANDLE_INDEX_BITS) - 1);
}

static struct handle_link *link_of(uint32_t ref)
{
    return handle_link(&client_of(ref)->handles, index_of(ref));
}

static void attach(uint32_t parent, uint32_t ref)
{
    struct handle_link *l = link_of(ref);
    struct handle_link *p = link_of(parent);

    l->parent = parent;
    l->prev = HANDLE_NONE;
    l->next = p->child;
    if (p->child != HANDLE_NONE)
        link_of(p->child)->prev = ref;
    p->child = ref;
}

static void detach(uint32_t ref)
{
    struct handle_link *l = link_of(ref);

    if (l->next != HANDLE_NONE)
        link_of(l->next)->prev = l->prev;
    if (l->prev != HANDLE_NONE)
        link_of(l->prev)->next = l->next;
    else if (l->parent != HANDLE_NONE)
        link_of(l->parent)->child = l->next;
    l->parent = l->next = l->prev = HANDLE_NONE;
}

/* A place for a handle that has none yet, alone. */
static void enter(struct client *c, struct handle_entry *e)
{
    if ((e->meta & HANDLE_LINKED) != 0)
        return;
    e->meta |= HANDLE_LINKED;
    *handle_link(&c->handles, handle_index(e)) =
        (struct handle_link){ HANDLE_NONE, HANDLE_NONE, HANDLE_NONE, HANDLE_NONE };
}

status_t grant_add(struct client *from, struct handle_entry *e, struct client *to,
                   struct handle_entry *g)
{
    status_t st = handle_link_reserve(&from->handles, handle_index(e));

    if (st == OK)
        st = handle_link_reserve(&to->handles, handle_index(g));
    if (st != OK)
        return st;
    enter(from, e);
    enter(to, g);
    attach(ref_of(from, e), ref_of(to, g));
    return OK;
}

status_t grant_part(struct client *c, const struct handle_entry *e, struct handle_entry *g)
{
    uint32_t parent = HANDLE_NONE;
    status_t st;

    if ((e->meta & HANDLE_LINKED) != 0)
        parent = link_of(ref_of(c, e))->parent;
    if (parent == HANDLE_NONE)
        return OK;
    st = handle_link_reserve(&c->handles, handle_index(g));
    if (st != OK)
        return st;
    enter(c, g);
    attach(parent, ref_of(c, g));
    return OK;
}

void grant_remove(struct client *c, struct handle_entry *e)
{
    if ((e->meta & HANDLE_LINKED) == 0)
        return;

    uint32_t ref = ref_of(c, e);
    const struct handle_link *l = link_of(ref);

    while (l->child != HANDLE_NONE) {
        uint32_t child = l->child;

        detach(child);
        if (l->parent != HANDLE_NONE)
            attach(l->parent, child);
    }
    detach(ref);
}

/* What comes behind `at`, and all that is below it, in the tree below top. */
static uint32_t behind(uint32_t at, uint32_t top)
{
    while (at != top && link_of(at)->next == HANDLE_NONE)
        at = link_of(at)->parent;
    return at != top ? link_of(at)->next : HANDLE_NONE;
}

static uint32_t lowest(uint32_t at)
{
    while (link_of(at)->child != HANDLE_NONE)
        at = link_of(at)->child;
    return at;
}

/* Withdraw top and all that is below it, from below. */
static void withdraw_all(uint32_t top,
                         void (*withdraw)(struct client *c, struct handle_entry *e))
{
    uint32_t at = lowest(top), parent;

    for (;;) {
        parent = link_of(at)->parent;
        withdraw(client_of(at), handle_at(&client_of(at)->handles, index_of(at)));
        if (at == top)
            return;
        at = lowest(parent); /* not from the top: a chain of many would take its square */
    }
}

void grant_revoke(struct client *c, struct handle_entry *e, uint32_t from,
                  void (*withdraw)(struct client *c, struct handle_entry *e))
{
    if ((e->meta & HANDLE_LINKED) == 0)
        return;

    uint32_t top = ref_of(c, e);
    uint32_t at = link_of(top)->child;

    while (at != HANDLE_NONE) {
        bool goes = from == CLIENT_NONE || client_of(at)->slot == from;
        uint32_t child = link_of(at)->child;
        uint32_t next = goes || child == HANDLE_NONE ? behind(at, top) : child;

        if (goes)
            withdraw_all(at, withdraw);
        at = next;
    }
}

/* Does e name what p names, or a part of its frames? */
static bool is_part(const struct handle_entry *p, const struct handle_entry *e)
{
    uint32_t offset = e->value - p->value;

    if (handle_kind(*handle_number(p)) != KIND_FRAME)
        return offset == 0;
    return offset < handle_count(p) && handle_count(e) <= handle_count(p) - offset;
}

bool grant_sound(const struct client *c, const struct handle_entry *e)
{
    uint32_t ref = ref_of(c, e);

    if ((e->meta & HANDLE_LINKED) == 0)
        return true;

    const struct handle_link *l = link_of(ref);
    bool first = l->prev == HANDLE_NONE;

    if (l->child != HANDLE_NONE && link_of(l->child)->parent != ref)
        return false;
    if (l->next != HANDLE_NONE && link_of(l->next)->prev != ref)
        return false;
    if (l->parent == HANDLE_NONE)
        return first && l->next == HANDLE_NONE;

    const struct handle_entry *p =
        handle_at(&client_of(l->parent)->handles, index_of(l->parent));

    return (*handle_number(p) & HANDLE_CLOSED) == 0 && is_part(p, e) &&
           first == (link_of(l->parent)->child == ref);
}
