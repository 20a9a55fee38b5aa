/* A half-open, page-aligned range of one space, and what nodes of the tree it meets. */
#pragma once
#include "base/va.h"

struct vrange {
    vaddr_t start, end;
};

/* Where the node of this level that translates va begins, and how much it spans. */
static inline vaddr_t vrange_node(vaddr_t va, uint32_t level)
{
    return va_align_down(va, level + 1);
}

static inline uint64_t vrange_node_bytes(uint32_t level)
{
    return va_page_size(level + 1);
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
