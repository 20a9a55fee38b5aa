/*
 * A client's handles: numbers that only this client can use, each given at most once.
 *
 * A number is index | kind << 20 | generation << 24. Entries stand in slabs, frames of mm's
 * own; a slab serves one kind for ever, so that an old number can be told from one that was
 * never given. An entry stores its whole number: one compare proves index, kind and
 * generation.
 */
#pragma once
#include "abi/mm.h"

enum {
    HANDLE_INDEX_BITS = 20,
    HANDLE_SLAB = 256, /* entries of a slab */
    HANDLE_SLABS = (1 << HANDLE_INDEX_BITS) / HANDLE_SLAB,
    HANDLE_DIR = 1024, /* slabs that a directory frame names */
    HANDLE_DIRS = HANDLE_SLABS / HANDLE_DIR,
    HANDLE_KINDS = KIND_ENDPOINT + 1,
};
#define HANDLE_CLOSED (1ull << 63) /* in number: not live; the rest is the last number given */

struct handle_entry {
    uint64_t number;
    uint32_t value; /* first frame, or an index into the kind's table; closed: next free one */
    uint32_t meta;  /* count << 8 | rights; count is 0 for all kinds but frames */
};

struct handle_table {
    pfn_t dir[HANDLE_DIRS]; /* NO_FRAME where there is none yet */
    uint32_t slabs;
    uint32_t live;               /* handles now */
    uint32_t free[HANDLE_KINDS]; /* first free entry of each kind, HANDLE_NONE: none */
};
#define HANDLE_NONE 0xffffffffu

static inline uint32_t handle_rights(const struct handle_entry *e)
{
    return e->meta & 0xff;
}
static inline uint32_t handle_count(const struct handle_entry *e)
{
    return e->meta >> 8;
}
static inline uint32_t handle_kind(uint64_t number)
{
    return number >> 20 & 0xf;
}

void handle_init(struct handle_table *t);

/* Give the table's frames back. Requires: no handle is live. */
void handle_fini(struct handle_table *t);

/* Returns: OK; E_NOMEM, nothing changed. */
NODISCARD status_t handle_new(struct handle_table *t, enum mm_kind kind, uint32_t value,
                              uint32_t meta, uint64_t *number);

/* Returns: OK; E_STALE, the number was this table's; E_HANDLE, it never was, or it has
 * another kind (KIND_NONE: any kind will do). */
NODISCARD status_t handle_find(const struct handle_table *t, uint64_t number, enum mm_kind kind,
                               struct handle_entry **out);

void handle_close(struct handle_table *t, struct handle_entry *e);

/* The first live handle at or after *index, which moves behind it; NULL: no more. */
struct handle_entry *handle_next(const struct handle_table *t, uint32_t *index);

/* The slab in which a number's entry would stand, or one in which no number matches. */
const struct handle_entry *handle_slab(const struct handle_table *t, uint64_t number);
