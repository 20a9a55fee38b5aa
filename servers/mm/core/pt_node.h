/*
 * Walking the page tables, the one level of truth: nodes are read where the kernel keeps them.
 *
 * A place is a node and its level. A walk ends at a hole, at a leaf, or where it was told to.
 */
#pragma once
#include "port.h"
#include "base/pte.h"
#include "vrange.h"

struct pt_place {
    pfn_t node;
    uint32_t level;
};

/* A slot of the tree: the entry that translates va at some level. */
struct pt_slot {
    struct pt_place at;
    vaddr_t va;     /* where the slot begins; it spans vrange_span(at.level) */
    uint64_t entry; /* 0: a hole */
};

/* The lowest existing node on the way to va, from `from` down to level `floor`; a leaf above
 * ends the way, too. */
struct pt_place pt_node_lowest(struct pt_place from, vaddr_t va, uint32_t floor);

/* Is there a level-1 node that translates va? Then it is in *node: the same walk, unrolled. */
static inline bool pt_node_find_table(pfn_t root, vaddr_t va, pfn_t *node)
{
    uint64_t entry = port_entry(root, va_index(va, 4));

    if (entry == 0)
        return false;
    entry = port_entry(pte_child(entry), va_index(va, 3));
    if (entry == 0)
        return false;
    entry = port_entry(pte_child(entry), va_index(va, 2));
    *node = pte_child(entry);
    return pte_is_table(entry);
}

/* The same; NO_FRAME if there is none. */
static inline pfn_t pt_node_table(pfn_t root, vaddr_t va)
{
    pfn_t node;

    return pt_node_find_table(root, va, &node) ? node : NO_FRAME;
}

/* What pte_prop says, in fewer steps: most bits keep their order. */
static inline uint32_t pt_node_prop(uint64_t leaf)
{
    static_assert(PROP_R == PTE_PRESENT && PROP_W == PTE_WRITE && PROP_X == 1u << 2 &&
                      PROP_ACCESSED == PTE_ACCESSED >> 2 && PROP_DIRTY == PTE_DIRTY >> 2 &&
                      PROP_AVAIL1 == PTE_AVAIL1 >> 46 && PROP_AVAIL2 == PTE_AVAIL2 >> 46 &&
                      1u << PROP_CACHE_SHIFT == PTE_PWT << 5 && PTE_PCD == PTE_PWT << 1,
                  "bits move in groups");
    return (uint32_t)((leaf & (PTE_PRESENT | PTE_WRITE)) | (~leaf >> 61 & PROP_X) |
                      (leaf >> 2 & (PROP_ACCESSED | PROP_DIRTY)) |
                      (leaf >> 46 & (PROP_AVAIL1 | PROP_AVAIL2)) |
                      (leaf & (PTE_PWT | PTE_PCD)) << 5);
}

/* How many of these entries of a level-1 node are valid; `enough` or more are told as some
 * number >= enough. */
uint32_t pt_node_valid(pfn_t node, uint32_t index, uint32_t count, uint32_t enough);

/* The slot where the walk to va ends: a leaf or a hole. */
struct pt_slot pt_node_slot(struct pt_place from, vaddr_t va);

/* The first leaf that meets the range. Requires: the range lies in the node's span. Costs no
 * more than the nodes that exist. */
bool pt_node_find(struct pt_place from, struct vrange r, struct pt_slot *leaf);

/* Add to need[level] the nodes missing below `from` before a level-1 entry translates every
 * page of the range; a leaf of 2 MiB needs one to be split into. */
void pt_node_missing(struct pt_place from, struct vrange r, uint32_t need[PT_LEVELS + 1]);

/* Reserve a node for each leaf of 2 MiB that sticks out of the range: it is split into it
 * before the range can be changed. Returns: OK; E_NOMEM, nothing changed. */
NODISCARD status_t pt_node_reserve_splits(struct pt_place from, struct vrange r);

/* Link nodes of the pool under `from`, until va's node of level `floor` exists; a leaf of
 * 2 MiB in the way is split. Requires: the nodes are reserved. `grown` counts them.
 * Returns: OK, or what the kernel said. */
NODISCARD status_t pt_node_extend(pfn_t root, struct pt_place *from, vaddr_t va, uint32_t floor,
                                  uint32_t *grown);
