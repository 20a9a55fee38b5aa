/* A half-open, page-aligned range of one space, and what nodes of the tree it meets. */
#pragma once
#include "base/va.h"

struct vrange {
    vaddr_t start, end;
};

/*
 * Address arithmetic for a level that is known only when it runs; base/va.h has the same for
 * any level and any prover. Requires: level 1 .. 5.
 */
static inline uint32_t vrange_shift(uint32_t level)
{
    return VA_PAGE_BITS - VA_LEVEL_BITS + VA_LEVEL_BITS * level;
}

static inline uint64_t vrange_span(uint32_t level)
{
    return 1ull << vrange_shift(level);
}

static inline uint32_t vrange_index(vaddr_t va, uint32_t level)
{
    return (uint32_t)(va >> vrange_shift(level)) & (PT_ENTRIES - 1);
}

static inline vaddr_t vrange_slot(vaddr_t va, uint32_t level)
{
    return va & ~(vrange_span(level) - 1);
}

/* Where the node of this level that translates va begins, and how much it spans. */
static inline vaddr_t vrange_node(vaddr_t va, uint32_t level)
{
    return vrange_slot(va, level + 1);
}

static inline uint64_t vrange_node_bytes(uint32_t level)
{
    return vrange_span(level + 1);
}

static inline bool vrange_meets(struct vrange a, struct vrange b)
{
    return a.start < b.end && b.start < a.end;
}

static inline struct vrange vrange_clip(struct vrange r, struct vrange to)
{
    return (struct vrange){ r.start > to.start ? r.start : to.start,
                            r.end < to.end ? r.end : to.end };
}

static inline bool vrange_aligned(uint64_t x)
{
    return (x & (PAGE_BYTES - 1)) == 0;
}
