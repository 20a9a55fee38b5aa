#include "protect.h"

#include <assert.h>

#include "attach.h"
#include "frame_pool.h"
#include "map.h"

/* Does a leaf gain a right, while its frame is somebody's with fewer? */
static bool raises(uint64_t entry, uint32_t level, uint64_t to)
{
    uint64_t gained = (to ^ PTE_NX) & ~(entry ^ PTE_NX) & (PTE_PRESENT | PTE_WRITE | PTE_NX);
    uint32_t pages = (uint32_t)(vrange_span(level) / PAGE_BYTES);

    if (gained == 0)
        return false;
    for (uint32_t i = 0; i < pages; i++)
        if (frame_pool_restricted(pte_frame(entry, level) + i))
            return true;
    return false;
}

static bool is_device(uint64_t entry, uint32_t level, uint64_t to)
{
    (void)level, (void)to;
    return pte_is_device(entry);
}

/* Is there a leaf in the range that this may not happen to? */
static bool any(struct pt_place at, struct vrange r, uint64_t to,
                bool (*bad)(uint64_t entry, uint32_t level, uint64_t to))
{
    uint32_t left = port_live(at.node);
    uint32_t last = vrange_index(r.end - 1, at.level);

    for (uint32_t i = vrange_index(r.start, at.level); left > 0 && i <= last; i++) {
        uint64_t entry = port_entry(at.node, i);
        vaddr_t va = vrange_node(r.start, at.level) + i * vrange_span(at.level);
        struct vrange span = { va, va + vrange_span(at.level) };
        struct pt_place child = { pte_child(entry), at.level - 1 };

        if (entry == 0)
            continue;
        left--;
        if (pte_is_leaf(entry) ? bad(entry, at.level, to)
                               : any(child, vrange_clip(r, span), to, bad))
            return true;
    }
    return false;
}

static status_t check(const struct protect_job *job)
{
    struct vrange last = { USER_END - PAGE_BYTES, USER_END };
    uint64_t to = pte_leaf_bits(job->prop);
    struct pt_slot leaf;

    if ((job->prop & PROP_X) != 0 && job->range.end == USER_END &&
        pt_node_find(job->from, last, &leaf))
        return E_INVAL;
    if (job->space->devices && !map_suits_device(job->prop) &&
        any(job->from, job->range, to, is_device))
        return E_INVAL;
    if (frame_pool_restricts() && any(job->from, job->range, to, raises))
        return E_ACCESS;
    if (attach_raises(job->space, job->range, job->prop))
        return E_ACCESS;
    return OK;
}

static void protect(struct protect_job *job, struct pt_place at, uint32_t index, uint32_t count)
{
    struct edit_rec rec = {
        at.node, (uint16_t)index, (uint16_t)count, EDIT_PROTECT, 0, job->prop, 0
    };
    struct port_edited out;
    status_t st = port_edit1(job->space->root, rec, &out);

    assert(st == OK);
    job->changed += out.changed * (vrange_span(at.level) / PAGE_BYTES);
}

static void protect_leaves(struct protect_job *job, struct pt_place at, struct vrange r)
{
    uint32_t index = vrange_index(r.start, 1);
    uint32_t count = (uint32_t)((r.end - r.start) / PAGE_BYTES);
    uint32_t left = port_live(at.node);
    uint64_t to = pte_leaf_bits(job->prop);

    if (left == 0)
        return;
    for (uint32_t i = 0; !job->batch->all && left > 0 && i < count; i++) {
        uint64_t entry = port_entry(at.node, index + i);

        if (entry == 0)
            continue;
        left--;
        if (protect_narrows(entry, to))
            tlb_batch_issue(job->batch, r.start + (uint64_t)i * PAGE_BYTES, 1);
    }
    protect(job, at, index, count);
}

static void protect_huge(struct protect_job *job, struct pt_place at, struct vrange r,
                         bool whole)
{
    uint32_t index = vrange_index(r.start, at.level);
    if (whole) {
        if (protect_narrows(port_entry(at.node, index), pte_leaf_bits(job->prop)))
            tlb_batch_issue(job->batch, r.start, HUGE_BYTES / PAGE_BYTES);
        protect(job, at, index, 1);
        return;
    }
    protect_leaves(job, vm_space_split(job->space, at, r.start), r);
}

static void walk(struct protect_job *job, struct pt_place at, struct vrange r)
{
    uint32_t left = port_live(at.node);
    uint32_t last = vrange_index(r.end - 1, at.level);

    if (at.level == 1) {
        protect_leaves(job, at, r);
        return;
    }
    for (uint32_t i = vrange_index(r.start, at.level); left > 0 && i <= last; i++) {
        uint64_t entry = port_entry(at.node, i);
        vaddr_t va = vrange_node(r.start, at.level) + i * vrange_span(at.level);
        struct vrange span = { va, va + vrange_span(at.level) };
        struct vrange part = vrange_clip(r, span);

        if (entry == 0)
            continue;
        left--;
        if (pte_is_leaf(entry))
            protect_huge(job, at, part, part.start == span.start && part.end == span.end);
        else
            walk(job, (struct pt_place){ pte_child(entry), at.level - 1 }, part);
    }
}

status_t protect_range(struct protect_job *job)
{
    status_t st = check(job);

    if (st == OK)
        st = pt_node_reserve_splits(job->from, job->range);
    if (st != OK)
        return st;
    walk(job, job->from, job->range);
    return OK;
}
