#include "cursor_lock.h"

#include <assert.h>

/* Does the owner own the node of this level that translates va? */
static bool owns(const struct cursor_lock *l, uint32_t level, vaddr_t va)
{
    vaddr_t base = vrange_node(va, level);

    if (level > l->level)
        return false;
    if (level == l->level)
        return base == vrange_node(l->range.start, level);
    return vrange_meets((struct vrange){ base, base + vrange_node_bytes(level) }, l->range);
}

/* The lowest level, not below `floor`, of which one node translates both addresses. */
static uint32_t common(vaddr_t a, vaddr_t b, uint32_t floor)
{
    uint32_t level = floor;

    while (level < PT_LEVELS && vrange_node(a, level) != vrange_node(b, level))
        level++;
    return level;
}

bool cursor_lock_conflicts(const struct cursor_lock_want *want, const struct cursor_lock *held)
{
    uint32_t higher = want->cover > held->level ? want->cover : held->level;
    uint32_t shared = common(want->range.start, held->range.start, higher);
    uint32_t lowest = want->lowest < shared ? want->lowest : shared;

    assert(want->lowest >= want->cover);

    if (lowest > want->cover)
        return owns(held, lowest, want->range.start);

    struct cursor_lock as_owner = { want->range, want->cover };

    return owns(held, want->cover, want->range.start) ||
           owns(&as_owner, held->level, held->range.start);
}
