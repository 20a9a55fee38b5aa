#include "pt_node.h"

#include <assert.h>

#include "node_pool.h"

struct pt_place pt_node_lowest(struct pt_place from, vaddr_t va, uint32_t floor)
{
    while (from.level > floor) {
        uint64_t entry = port_entry(from.node, vrange_index(va, from.level));

        if (entry == 0 || pte_is_leaf(entry))
            break;
        from.node = pte_child(entry);
        from.level--;
    }
    return from;
}

struct pt_slot pt_node_slot(struct pt_place from, vaddr_t va)
{
    struct pt_slot slot;

    slot.at = pt_node_lowest(from, va, 1);
    slot.va = vrange_slot(va, slot.at.level);
    slot.entry = port_entry(slot.at.node, vrange_index(va, slot.at.level));
    return slot;
}

uint32_t pt_node_valid(pfn_t node, uint32_t index, uint32_t count, uint32_t enough)
{
    uint32_t live = port_live(node);
    uint32_t valid = 0;

    if (live == 0 || count == PT_ENTRIES)
        return live;
    for (uint32_t i = 0; i < count && valid < enough; i++)
        valid += port_entry(node, index + i) != 0;
    return valid;
}

bool pt_node_find(struct pt_place from, struct vrange r, struct pt_slot *leaf)
{
    uint32_t left = port_live(from.node);
    uint32_t last = vrange_index(r.end - 1, from.level);

    for (uint32_t i = vrange_index(r.start, from.level); left > 0 && i <= last; i++) {
        uint64_t entry = port_entry(from.node, i);
        struct pt_slot slot = { from, vrange_node(r.start, from.level), entry };

        if (entry == 0)
            continue;
        left--;
        slot.va += i * vrange_span(from.level);
        if (pte_is_leaf(entry)) {
            *leaf = slot;
            return true;
        }

        struct pt_place child = { pte_child(entry), from.level - 1 };
        struct vrange span = { slot.va, slot.va + vrange_span(from.level) };

        if (pt_node_find(child, vrange_clip(r, span), leaf))
            return true;
    }
    return false;
}

/* A whole sub-tree from this level down is missing for the range. */
static void missing_all(uint32_t level, struct vrange r, uint32_t need[PT_LEVELS + 1])
{
    for (uint32_t l = level; l >= 1; l--)
        need[l] += (uint32_t)((vrange_node(r.end - 1, l) - vrange_node(r.start, l)) /
                              vrange_node_bytes(l)) +
                   1;
}

void pt_node_missing(struct pt_place from, struct vrange r, uint32_t need[PT_LEVELS + 1])
{
    if (from.level == 1)
        return;
    for (vaddr_t va = r.start; va < r.end;) {
        vaddr_t slot = vrange_slot(va, from.level);
        struct vrange span = { slot, slot + vrange_span(from.level) };
        struct vrange part = vrange_clip((struct vrange){ va, r.end }, span);
        uint64_t entry = port_entry(from.node, vrange_index(va, from.level));
        struct pt_place child = { pte_child(entry), from.level - 1 };

        if (entry == 0)
            missing_all(child.level, part, need);
        else if (pte_is_leaf(entry))
            need[1]++;
        else
            pt_node_missing(child, part, need);
        va = span.end;
    }
}

/* Does a leaf reach over this boundary? Then *leaf is it. */
static bool straddles(struct pt_place from, vaddr_t boundary, struct pt_slot *leaf)
{
    *leaf = pt_node_slot(from, boundary);
    return leaf->entry != 0 && leaf->va != boundary;
}

status_t pt_node_reserve_splits(struct pt_place from, struct vrange r)
{
    struct pt_slot first, last;

    if (from.level == 1)
        return OK;

    /* At the end of user space nothing reaches over: the next entry is the kernel's. */
    bool inside = r.end < vrange_node(r.start, from.level) + vrange_node_bytes(from.level) &&
                  r.end != USER_END;
    bool start = straddles(from, r.start, &first);
    bool end = inside && straddles(from, r.end, &last) && !(start && last.va == first.va);
    uint32_t splits = (uint32_t)start + end;

    return splits > 0 ? node_pool_reserve(1, splits) : OK;
}

status_t pt_node_extend(pfn_t root, struct pt_place *from, vaddr_t va, uint32_t floor,
                        uint32_t *grown)
{
    *from = pt_node_lowest(*from, va, floor);
    while (from->level > floor) {
        uint32_t index = vrange_index(va, from->level);
        pfn_t child = node_pool_take(from->level - 1);
        bool leaf = port_entry(from->node, index) != 0;
        struct edit_rec rec = {
            from->node, (uint16_t)index, 1, leaf ? EDIT_SPLIT : EDIT_LINK, 0, 0, child
        };
        struct port_edited done;
        status_t st = port_edit1(root, rec, &done);

        if (st != OK) {
            node_pool_put(from->level - 1, child);
            return st;
        }
        (*grown)++;
        *from = (struct pt_place){ child, from->level - 1 };
    }
    return OK;
}
