/*
 * Windows: a reader or a writer on a range of a space, and a place to stand in it.
 *
 * start <= va <= end always holds. A window is made, activated, used, disposed, removed.
 * Making one excludes nobody. From activate to dispose an active writer excludes every other
 * window from its bytes, an active reader every writer; a request that copies is active for as
 * long as it takes. A window never stops who maps and unmaps: it finds what is there.
 */
#pragma once
#include "abi/mm.h"
#include "client.h"

enum { WINDOW_MAX = 1024 };

struct window {
    struct vm_space *space; /* NULL: this entry of the table is not used */
    struct window *next;    /* in the space's list */
    uint64_t handle;        /* its client's number for it */
    uint64_t via;           /* the handle on the space that it was made with */
    uint64_t lent;          /* the handle by which the space was active, if that gave it
                               rights that `via` has not; 0: none */
    uint32_t client;        /* slot of its client */
    uint32_t rights;        /* MM_RIGHT_READ, MM_RIGHT_WRITE: what it may do */
    bool writer;
    bool active; /* from activate to dispose */
    bool moving; /* a copy of it goes on: active for that long, and not to be closed */
    vaddr_t start, va, end;
    struct vm_space
        *place;         /* its pages are mapped there, too: attach.h; NULL: it is active only */
    vaddr_t at;         /* where in that space */
    uint64_t place_via; /* the handle on that space by which it was asked for; 0: none */
    struct vrange pages; /* attached: the pages of its own space that it has */
};

void window_init(void);

/* What a client asks for: [start, start + bytes), to read, or to write (and read, if it has
 * that right, too). */
struct window_want {
    vaddr_t start;
    uint64_t bytes;
    uint32_t rights;
    bool writer;
};

/* Returns: OK; E_ACCESS, the range is not one that windows reach; E_NOMEM. */
NODISCARD status_t window_new(struct vm_space *s, uint32_t client,
                              const struct window_want *want, struct window **out);

/* Requires: it is not moving. The space may end with it. */
void window_close(struct window *w);

/* Does an active window exclude a use of this one now? */
bool window_excluded(const struct window *w);

/* The same for a reader and a writer used together: they may exclude each other, too. */
bool window_pair_excluded(const struct window *to, const struct window *from);

/* Does an active window exclude the attaching of this one, which needs whole pages? */
bool window_pages_excluded(const struct window *w);

/* Returns: OK, also if it is active; E_BUSY. */
NODISCARD status_t window_activate(struct window *w);

/* It is active from now on. Requires: nothing excludes it. */
void window_hold(struct window *w);

/* It is not active any more, nor attached. */
void window_dispose(struct window *w);

/* A copy pauses: its windows are active until it has ended. */
void window_set_moving(struct window *w, bool moving);

static inline uint64_t window_rest(const struct window *w)
{
    return w->end - w->va;
}

extern struct window window_table[WINDOW_MAX];

/* Entry i of the table. Requires: i < WINDOW_MAX. */
static inline struct window *window_at(uint32_t i)
{
    return &window_table[i];
}

static inline uint32_t window_index(const struct window *w)
{
    return (uint32_t)(w - window_table);
}
