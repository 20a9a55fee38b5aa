/*
 * A cursor: a lock on the part of a space that its range needs, and a place to stand in it.
 *
 * range.start <= va <= range.end always holds, va is a multiple of the page size, and guard is
 * a linked node that covers the range. Whoever opens one has found that it conflicts with no
 * live cursor (wait.h). An error moves nothing and changes nothing.
 */
#pragma once
#include "cursor_lock.h"
#include "map.h"
#include "protect.h"
#include "unmap.h"

enum { CURSOR_MAX = 1024 };

struct cursor {
    struct vm_space *space; /* NULL: this entry of the table is not used */
    struct cursor *next;    /* in the space's list */
    uint64_t handle;        /* its client's number for it */
    uint64_t via;           /* its client's handle of the space, with which it was opened */
    uint32_t client;        /* slot of its client */
    bool mut;
    struct vrange range;
    vaddr_t va;
    struct pt_place guard;
    struct tlb_batch batch; /* issued, not yet dispatched */
};

void cursor_init(void);

/* E_RANGE unless the range is a non-empty part of user space; then E_ALIGN. */
NODISCARD status_t cursor_check_range(struct vrange r);

/* What opening a cursor over the range asks for now. */
struct cursor_lock_want cursor_want(const struct vm_space *s, struct vrange r);

/* Returns: OK; E_NOMEM, nothing changed. */
NODISCARD status_t cursor_open(struct vm_space *s, struct vrange r, bool mut,
                               struct cursor **out);

/* Dispatch what is queued, wait for it, and end the cursor; the space may end with it. */
void cursor_close(struct cursor *c);

static inline struct cursor_lock cursor_holds(const struct cursor *c)
{
    return (struct cursor_lock){ c->range, c->guard.level };
}

/* The slot around the cursor: a leaf or a hole. E_OUTSIDE at the end of the range. */
NODISCARD status_t cursor_query(const struct cursor *c, struct pt_slot *out);

/* The first address from here with a mapping: the cursor goes there, else len further. */
NODISCARD status_t cursor_find_next(struct cursor *c, uint64_t len, bool *found);

/* E_OUTSIDE, E_ALIGN. */
NODISCARD status_t cursor_jump(struct cursor *c, vaddr_t va);

/* E_LEN if len bytes do not fit into the rest of the range; then E_ALIGN. */
NODISCARD status_t cursor_check_len(const struct cursor *c, uint64_t len);

/* A job that maps `pages` pages here; after success call cursor_mapped. */
struct map_job cursor_map_job(struct cursor *c, uint64_t pages, uint16_t prop, bool excl);
void cursor_mapped(struct cursor *c, const struct map_job *job);

/* May a leaf of 2 MiB over first .. first+511 stand here? E_LEN, E_ALIGN, E_LEVEL: its node
 * is not the cursor's. */
NODISCARD status_t cursor_check_huge(const struct cursor *c, pfn_t first);

struct cursor_unmapped {
    uint64_t leaves, pages;
};
NODISCARD status_t cursor_unmap(struct cursor *c, uint64_t len, struct cursor_unmapped *out);

/* Changes the first leaf found; *changed is its range, empty if there is none. */
NODISCARD status_t cursor_protect_next(struct cursor *c, uint64_t len, uint16_t prop,
                                       struct vrange *changed);

/* For the checker: the table, CURSOR_MAX long. */
struct cursor *cursor_at(uint32_t i);
