#include "unmap.h"

#include <assert.h>

#include "edit_batch.h"
#include "frame_pool.h"
#include "node_pool.h"

enum { STRAYS = 64 };

/* Sub-trees cut off and not yet emptied: a CPU may still walk them until the next flush. */
static struct {
    struct pt_place top[STRAYS];
    uint32_t n;
} strays;

static void must(status_t st)
{
    assert(st == OK);
}

/* Clear the entries that rec names, and count what goes. */
static void clear(struct unmap_job *job, pfn_t root, struct pt_place at, struct edit_rec rec)
{
    struct port_edited out;

    rec.op = EDIT_CLEAR;
    rec.node = at.node;
    must(edit_batch_do(root, rec, job->batch, &out));
    job->leaves += out.removed;
    job->pages += out.removed * (vrange_span(at.level) / PAGE_BYTES);
}

static void unlink_node(pfn_t root, struct pt_place at, uint32_t index)
{
    struct edit_rec rec = {
        .node = at.node, .index = (uint16_t)index, .count = 1, .op = EDIT_UNLINK
    };
    struct port_edited out;

    must(port_edit1(root, rec, &out));
}

/* Empty a sub-tree that is in no space, and that no CPU can reach any more; its nodes go to
 * the pool. */
static void drain(struct unmap_job *job, struct pt_place top)
{
    struct edit_rec rec = { .count = top.level == 1 ? PT_ENTRIES : 1 };

    for (uint32_t i = 0; top.level > 1 && port_live(top.node) > 0 && i < PT_ENTRIES; i++) {
        uint64_t entry = port_entry(top.node, i);

        rec.index = (uint16_t)i;
        if (entry == 0)
            continue;
        if (pte_is_leaf(entry)) {
            clear(job, NO_FRAME, top, rec);
            continue;
        }
        unlink_node(NO_FRAME, top, i);
        drain(job, (struct pt_place){ pte_child(entry), top.level - 1 });
    }
    if (top.level == 1 && port_live(top.node) > 0)
        clear(job, NO_FRAME, top, rec);
    node_pool_put(top.level, top.node);
    vm_space_grow(job->space, -1);
}

void unmap_drain(struct unmap_job *job)
{
    if (strays.n == 0)
        return;
    tlb_batch_flush(job->batch, job->space->root);
    for (uint32_t i = 0; i < strays.n; i++)
        drain(job, strays.top[i]);
    strays.n = 0;
}

void unmap_detach(struct unmap_job *job, struct pt_place at, uint32_t index)
{
    struct pt_place child = { pte_child(port_entry(at.node, index)), at.level - 1 };

    if (strays.n == STRAYS)
        unmap_drain(job);
    unlink_node(job->space->root, at, index);
    tlb_batch_issue_all(job->batch);
    strays.top[strays.n++] = child;
}

/* Queue the valid pages of entries index .. index+count-1. Returns: is there any? */
static bool issue(struct unmap_job *job, pfn_t node, uint32_t index, struct vrange r)
{
    uint32_t count = (uint32_t)((r.end - r.start) / PAGE_BYTES);
    uint32_t room = tlb_batch_room(job->batch);
    uint32_t valid = pt_node_valid(node, index, count, room + 1);

    if (valid > room)
        tlb_batch_issue_all(job->batch);
    for (uint32_t i = 0, left = valid; left > 0 && !job->batch->all; i++) {
        if (port_entry(node, index + i) == 0)
            continue;
        tlb_batch_issue(job->batch, r.start + (uint64_t)i * PAGE_BYTES, 1);
        left--;
    }
    return valid > 0;
}

/* Leaves of one level-1 node. */
static void clear_leaves(struct unmap_job *job, struct pt_place at, struct vrange r)
{
    pfn_t root = job->space->root;
    struct edit_rec rec = { .index = (uint16_t)va_index(r.start, 1),
                            .count = (uint16_t)((r.end - r.start) / PAGE_BYTES) };

    if (!issue(job, at.node, rec.index, r))
        return;
    rec.flags = edit_batch_flags(root);
    clear(job, root, at, rec);
}

/* One whole leaf of 2 MiB, whose frames may have to outlive the flush. */
static void clear_kept(struct unmap_job *job, struct pt_place at, vaddr_t va)
{
    uint32_t index = vrange_index(va, at.level);
    pfn_t first = pte_frame(port_entry(at.node, index), at.level);
    bool keep = port_loaded(job->space->root);

    clear(job, job->space->root, at,
          (struct edit_rec){
              .index = (uint16_t)index, .count = 1, .flags = keep ? EDIT_KEEP : 0 });
    if (!keep)
        return;
    tlb_batch_flush(job->batch, job->space->root);
    edit_batch_drop_run(first, PT_ENTRIES);
}

/* A leaf of 2 MiB: whole, or split into a reserved node first. */
static void clear_huge(struct unmap_job *job, struct pt_place at, struct vrange part,
                       bool whole)
{
    if (whole) {
        tlb_batch_issue(job->batch, part.start, HUGE_BYTES / PAGE_BYTES);
        clear_kept(job, at, part.start);
        return;
    }
    clear_leaves(job, vm_space_split(job->space, at, part.start), part);
}

static void walk(struct unmap_job *job, struct pt_place at, struct vrange r)
{
    uint32_t left = port_live(at.node);
    uint32_t last = vrange_index(r.end - 1, at.level);

    if (at.level == 1) {
        clear_leaves(job, at, r);
        return;
    }
    for (uint32_t i = vrange_index(r.start, at.level); left > 0 && i <= last; i++) {
        uint64_t entry = port_entry(at.node, i);
        vaddr_t va = vrange_node(r.start, at.level) + i * vrange_span(at.level);
        struct vrange span = { va, va + vrange_span(at.level) };
        struct vrange part = vrange_clip(r, span);
        bool whole = part.start == span.start && part.end == span.end;

        if (entry == 0)
            continue;
        left--;
        if (pte_is_leaf(entry))
            clear_huge(job, at, part, whole);
        else if (whole)
            unmap_detach(job, at, i);
        else
            walk(job, (struct pt_place){ pte_child(entry), at.level - 1 }, part);
    }
}

status_t unmap_range(struct unmap_job *job)
{
    status_t st;

    if (job->range.start == job->range.end)
        return OK;
    st = pt_node_reserve_splits(job->from, job->range);
    if (st != OK)
        return st;
    walk(job, job->from, job->range);
    unmap_drain(job);
    return OK;
}

void unmap_everything(struct vm_space *s)
{
    struct tlb_batch batch;
    struct unmap_job job = {
        .space = s, .from = vm_space_top(s), .range = { 0, USER_END }, .batch = &batch
    };

    tlb_batch_init(&batch);
    must(unmap_range(&job));
}
