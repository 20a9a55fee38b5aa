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
#include "port.h"

enum {
    HANDLE_INDEX_BITS = 20,
    HANDLE_SLAB = 256, /* entries of a slab */
    HANDLE_SLABS = (1 << HANDLE_INDEX_BITS) / HANDLE_SLAB,
    HANDLE_DIR = 1024, /* slabs that a directory frame names */
    HANDLE_DIRS = HANDLE_SLABS / HANDLE_DIR,
    HANDLE_KINDS = KIND_END,
};
#define HANDLE_CLOSED (1ull << 63) /* in number: not live; the rest is the last number given */

struct handle_entry {
    uint32_t value; /* first frame, or an index into the kind's table; closed: next free one */
    uint32_t meta;  /* handle_meta; closed: as of a handle that has no rights on nothing */
};

/* Numbers stand apart from what they name, so that both are one step from an index. */
struct handle_slab {
    uint64_t number[HANDLE_SLAB];
    struct handle_entry entry[HANDLE_SLAB];
};
static_assert(sizeof(struct handle_slab) == PAGE_BYTES, "a frame");

/* Where an entry stands in the tree of grants: handles as grant.c writes them, or HANDLE_NONE.
 * Few entries have a place there, so links stand in frames of their own, made when needed. */
struct handle_link {
    uint32_t parent, child, next, prev;
};
static_assert(sizeof(struct handle_link) * HANDLE_SLAB == PAGE_BYTES, "a frame for each slab");

/* Where an entry's number stands. */
static inline uint64_t *handle_number(const struct handle_entry *e)
{
    return (uint64_t *)((uintptr_t)e - offsetof(struct handle_slab, entry));
}

struct handle_table {
    pfn_t dir[HANDLE_DIRS];   /* NO_FRAME where there is none yet */
    pfn_t links[HANDLE_DIRS]; /* the same for frames of links, one for each slab */
    uint32_t slabs;
    uint32_t live[HANDLE_KINDS]; /* handles now */
    uint32_t free[HANDLE_KINDS]; /* first free entry of each kind, HANDLE_NONE: none */
};
#define HANDLE_NONE 0xffffffffu

/*
 * A count of frames, 0 for all kinds but frames, and rights. Kept as what is missing, so that
 * one test tells whether an entry is a single frame that has the rights one needs.
 */
#define HANDLE_NOT_ONE 0x10u
#define HANDLE_LINKED 0x20u /* it stands in the tree of grants */
static inline uint32_t handle_meta(uint32_t count, uint32_t rights)
{
    return count << 8 | (count != 1 ? HANDLE_NOT_ONE : 0) | (~rights & MM_RIGHT_ALL);
}

static inline uint32_t handle_rights(const struct handle_entry *e)
{
    return ~e->meta & MM_RIGHT_ALL;
}

/* Is it one frame, with these rights? */
static inline bool handle_is_frame(const struct handle_entry *e, uint32_t rights)
{
    return (e->meta & (HANDLE_NOT_ONE | rights)) == 0;
}

static inline uint32_t handle_count(const struct handle_entry *e)
{
    return e->meta >> 8;
}

static inline uint32_t handle_kind(uint64_t number)
{
    return number >> 20 & 0xf;
}

static inline uint32_t handle_index(const struct handle_entry *e)
{
    return (uint32_t)*handle_number(e) & ((1u << HANDLE_INDEX_BITS) - 1);
}

/* A directory's word: the slab's frame, and the slab's kind above. */
enum { HANDLE_SLAB_KIND = 24 };

static inline uint32_t *handle_dir_word(const struct handle_table *t, uint32_t slab)
{
    return (uint32_t *)port_frame(t->dir[slab / HANDLE_DIR]) + slab % HANDLE_DIR;
}

/* Requires: slab < t->slabs. */
static inline struct handle_slab *handle_slab_at(const struct handle_table *t, uint32_t slab)
{
    return port_frame(*handle_dir_word(t, slab) & ((1u << HANDLE_SLAB_KIND) - 1));
}

/* Requires: index stands in one of the table's slabs. */
static inline struct handle_entry *handle_at(const struct handle_table *t, uint32_t index)
{
    return &handle_slab_at(t, index / HANDLE_SLAB)->entry[index % HANDLE_SLAB];
}

/* Make room for the link of an entry. Returns: OK; E_NOMEM. */
NODISCARD status_t handle_link_reserve(struct handle_table *t, uint32_t index);

/* Requires: there is room for it. */
struct handle_link *handle_link(const struct handle_table *t, uint32_t index);

void handle_init(struct handle_table *t);

/* Give the table's frames back. Requires: no handle is live. */
void handle_fini(struct handle_table *t);

/* Make sure that the next handle of this kind can be made. Returns: OK; E_NOMEM; E_QUOTA,
 * MM_QUOTA of this kind are live. Nothing that a client could see has changed. */
NODISCARD status_t handle_reserve(struct handle_table *t, enum mm_kind kind);

/* Returns: what handle_reserve says; after it OK. */
NODISCARD status_t handle_new(struct handle_table *t, enum mm_kind kind, uint32_t value,
                              uint32_t meta, uint64_t *number);

/* Returns: OK; E_STALE, the number was this table's; E_HANDLE, it never was, or it has
 * another kind (KIND_NONE: any kind will do). */
NODISCARD status_t handle_find(const struct handle_table *t, uint64_t number, enum mm_kind kind,
                               struct handle_entry **out);

void handle_close(struct handle_table *t, struct handle_entry *e);

/* The first live handle at or after *index, which moves behind it; NULL: no more. */
struct handle_entry *handle_next(const struct handle_table *t, uint32_t *index);

/* The slab in which a number's entry would stand; NULL: there is none. */
static inline const struct handle_slab *handle_slab(const struct handle_table *t,
                                                    uint64_t number)
{
    uint32_t slab = ((uint32_t)number & ((1u << HANDLE_INDEX_BITS) - 1)) / HANDLE_SLAB;

    return slab < t->slabs ? handle_slab_at(t, slab) : NULL;
}

/* The live entry with this number, or NULL: the fast half of handle_find. */
static inline const struct handle_entry *handle_peek(const struct handle_table *t,
                                                     uint64_t number)
{
    const struct handle_slab *slab = handle_slab(t, number);
    uint32_t i = number % HANDLE_SLAB;

    return slab != NULL && slab->number[i] == number && number < HANDLE_CLOSED ? &slab->entry[i]
                                                                               : NULL;
}
