/*
 * Inside pt_edit: one function per operation, and what they share.
 *
 * Each operation has two passes. The first checks everything and takes the references, one
 * by one, so that a frame named twice is counted twice; on refusal it gives them back. The
 * second writes entries and cannot fail. edit.c has checked the record's shape and its node
 * before it calls an operation; the operation checks what only it knows.
 */
#pragma once
#include "kernel/edit.h"

/* The hot loops work in blocks of this many entries, which the compiler lays out straight. */
enum { EDIT_BLOCK = 16 };

/* Makes the compiler count in memory instead of through a register: one instruction less. */
#define EDIT_IN_PLACE() __asm__ volatile("" ::: "memory")

/* Makes the compiler compute a value here, on the rare way, and not before each test. */
#define EDIT_LATE(value) __asm__ volatile("" : "+r"(value))

/* Something a processor may have cached was removed, replaced or restricted. */
extern bool edit_stale;

static inline bool edit_keeps(struct edit_rec r)
{
    return r.flags / EDIT_KEEP % 2 != 0;
}
static inline bool edit_wants_old(struct edit_rec r)
{
    return r.flags / EDIT_OLD % 2 != 0;
}
static inline bool edit_is_huge(struct edit_rec r)
{
    return r.flags / EDIT_HUGE % 2 != 0;
}

/* Level of a node, 1 to 4. Requires: its type is one of FRAME_PT1 .. FRAME_PT4. */
static inline uint32_t edit_level(pfn_t node)
{
    return (uint32_t)frame_type[node] - FRAME_PT1 + 1;
}

/* Whether [first, first + count) are all frame numbers of the table. */
static inline bool edit_in_table(pfn_t first, uint32_t count)
{
    return first < frame_count && count <= frame_count - first;
}

/* A record's frames are the places frame .. frame+count-1 of a list, or are these themselves.
 * (Wide, and `list` a literal, for the hot loops.) */
static inline __attribute__((always_inline)) uint64_t edit_frame_at(uint64_t at, bool list)
{
    return list ? edit_list[at] : at;
}

extern uint32_t edit_pages; /* entries that this call has touched */

/* Take count pages from what one call may touch. Returns: OK, E_INVAL when they are used up. */
NODISCARD static inline status_t edit_spend(uint32_t pages)
{
    if (pages > EDIT_PAGES_MAX - edit_pages)
        return E_INVAL;
    edit_pages += pages;
    return OK;
}

/*
 * What an entry taken out of a node at this level leaves behind: the references of a leaf
 * become holds (keep) or are given back, a device leaf has none; the entry is stored (old).
 * Requires: the entry was valid and a leaf; it stands in no node any more.
 */
void edit_let_go(uint64_t entry, uint32_t level, bool keep, bool old);

/* Give one reference of a DATA frame back, and say so when it was the last. */
void edit_give_back(pfn_t f);

/* A frame's count has come to zero: tell the caller. (Wide, so that the hot loops need not
 * narrow it.) */
void edit_tell_zero(uint64_t f);

NODISCARD status_t edit_map_run(struct edit_rec r);
NODISCARD status_t edit_map_list(struct edit_rec r);
NODISCARD status_t edit_map_huge(struct edit_rec r);
NODISCARD status_t edit_leaf_clear(struct edit_rec r);
NODISCARD status_t edit_leaf_protect(struct edit_rec r);
NODISCARD status_t edit_node_link(struct edit_rec r);
NODISCARD status_t edit_node_unlink(struct edit_rec r);
NODISCARD status_t edit_node_split(struct edit_rec r);
NODISCARD status_t edit_hold_run(struct edit_rec r);
NODISCARD status_t edit_hold_drop_run(struct edit_rec r);
NODISCARD status_t edit_hold_drop_list(struct edit_rec r);
