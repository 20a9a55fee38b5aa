/* Nodes: linked one level down, detached with all below, or made from a 2 MiB leaf. */
#include "base/pte.h"
#include "kernel/edit_record.h"

#include "memory_arch.h"

/* The child is a node of the next level, and nobody links it. */
static status_t check_child(pfn_t node, pfn_t child)
{
    if (child >= frame_count || frame_type[node] == FRAME_PT1)
        return E_TYPE;
    if (frame_type[child] != frame_type[node] - 1)
        return E_TYPE;
    return frame_parent[child] == NO_FRAME ? OK : E_BUSY;
}

static void set_parent(pfn_t child, pfn_t node, uint16_t index)
{
    frame_parent[child] = node;
    frame_index[child] = index;
}

status_t edit_node_link(struct edit_rec r)
{
    status_t status = check_child(r.node, r.frame);

    if (status == OK && pte_valid(pt_load(r.node, r.index)))
        status = E_BUSY;
    if (status == OK)
        status = edit_spend(1);
    if (status != OK)
        return status;
    set_parent(r.frame, r.node, r.index);
    frame_live[r.node]++;
    (void)pt_exchange(r.node, r.index, pte_table(r.frame));
    return OK;
}

status_t edit_node_unlink(struct edit_rec r)
{
    uint64_t e = pt_load(r.node, r.index);
    status_t status = pte_is_table(e) ? edit_spend(1) : E_BUSY;

    if (status != OK)
        return status;
    (void)pt_exchange(r.node, r.index, 0);
    frame_live[r.node]--;
    set_parent(pte_child(e), NO_FRAME, 0);
    edit_stale = true;
    return OK;
}

/*
 * Fill an unlinked node with 512 pieces of a 2 MiB leaf. Whatever the processor noted of the
 * whole may be true of each piece, also what it notes after this load: so all are accessed
 * and dirty.
 */
static void fill_pieces(pfn_t child, uint64_t leaf)
{
    uint64_t piece = leaf - leaf / PTE_ACCESSED % 4 * PTE_ACCESSED + PTE_ACCESSED + PTE_DIRTY;

    for (uint32_t i = 0; i < PT_ENTRIES; i++)
        (void)pt_exchange(child, i, piece + (uint64_t)i * PAGE_BYTES);
    frame_live[child] = PT_ENTRIES;
}

/* Counts stay: the frames are mapped as often as before. */
status_t edit_node_split(struct edit_rec r)
{
    uint64_t leaf = pt_load(r.node, r.index);
    status_t status = check_child(r.node, r.frame);

    if (status == OK && edit_level(r.node) != 2)
        status = E_LEVEL;
    if (status == OK && (!pte_is_leaf(leaf) || frame_live[r.frame] != 0))
        status = E_BUSY;
    if (status == OK)
        status = edit_spend(PT_ENTRIES);
    if (status != OK)
        return status;
    fill_pieces(r.frame, leaf);
    set_parent(r.frame, r.node, r.index);
    (void)pt_exchange(r.node, r.index, pte_table(r.frame));
    return OK;
}
