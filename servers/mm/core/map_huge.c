#include "map_huge.h"

#include <assert.h>

#include "edit_batch.h"
#include "node_pool.h"
#include "unmap.h"

enum { LEVEL = 2 /* of the node that holds such a leaf */ };

/* The kernel counts every frame of the leaf, and must not refuse once something is cut off. */
static status_t check_counts(pfn_t first)
{
    for (pfn_t f = first; f < first + PT_ENTRIES; f++)
        if (port_refs(f) >= REF_MAX - 1)
            return E_SATURATED;
    return OK;
}

/* Refuse what would be replaced, and reserve the nodes missing down to level 2. */
static status_t prepare(const struct map_job *job)
{
    struct pt_place lowest = pt_node_lowest(job->from, job->va, LEVEL);
    struct pt_slot leaf;
    uint32_t need[PT_LEVELS + 1] = { 0 };

    if (job->excl &&
        pt_node_find(job->from, (struct vrange){ job->va, job->va + HUGE_BYTES }, &leaf))
        return E_MAPPED;
    for (uint32_t l = lowest.level - 1; l >= LEVEL; l--)
        need[l] = 1;
    return node_pool_reserve_each(need);
}

/* The entry becomes the leaf. Frames of a leaf that it replaces outlive the flush. */
static status_t put(struct map_job *job, struct pt_place at, pfn_t first)
{
    uint32_t index = vrange_index(job->va, LEVEL);
    uint64_t old = port_entry(at.node, index);
    bool keep = old != 0 && port_loaded(job->space->root);
    struct edit_rec rec = { at.node,   (uint16_t)index, 1,    EDIT_MAP_RUN,
                            EDIT_HUGE, job->prop,       first };
    struct port_edited out;

    rec.flags |= keep ? EDIT_KEEP : 0;

    status_t st = edit_batch_do(job->space->root, rec, job->batch, &out);

    if (st != OK || old == 0)
        return st;
    job->displaced++;
    job->replaced = true;
    tlb_batch_issue(job->batch, job->va, PT_ENTRIES);
    if (keep) {
        tlb_batch_flush(job->batch, job->space->root);
        edit_batch_drop_run(pte_frame(old, LEVEL), PT_ENTRIES);
    }
    return OK;
}

/* The node in the entry goes, then the leaf comes, then all that was below the node. */
static void replace_node(struct map_job *job, struct pt_place at, pfn_t first)
{
    struct unmap_job gone = { .space = job->space, .batch = job->batch };
    status_t st;

    unmap_detach(&gone, at, vrange_index(job->va, LEVEL));
    st = put(job, at, first);
    assert(st == OK);
    unmap_drain(&gone);
    job->displaced += gone.leaves;
    job->replaced = true;
}

status_t map_huge(struct map_job *job, pfn_t first)
{
    struct pt_place at = job->from;
    uint32_t grown = 0;
    status_t st = prepare(job);

    if (st == OK)
        st = check_counts(first);
    if (st == OK)
        st = pt_node_extend(job->space->root, &at, job->va, LEVEL, &grown);
    vm_space_grow(job->space, grown);
    if (st != OK)
        return st;
    if (!pte_is_table(port_entry(at.node, vrange_index(job->va, LEVEL))))
        return put(job, at, first);
    replace_node(job, at, first);
    return OK;
}
