#include "map.h"

#include <assert.h>

#include "edit_batch.h"
#include "frame_pool.h"
#include "node_pool.h"

static struct vrange range_of(const struct map_job *job)
{
    return (struct vrange){ job->va, job->va + job->pages * PAGE_BYTES };
}

/* Reserve nodes. Making new ones uses the list of the edit page, of which the first n words
 * are to come through. */
static status_t reserve(const uint32_t need[PT_LEVELS + 1], uint32_t n)
{
    static pfn_t saved[EDIT_PAGES_MAX];
    status_t st;

    for (uint32_t i = 0; i < n; i++)
        saved[i] = port_in->list[i];
    st = node_pool_reserve_each(need);
    for (uint32_t i = 0; i < n; i++)
        port_in->list[i] = saved[i];
    return st;
}

/* Does one level-1 node, which exists, translate all pages? */
static bool in_one_table(const struct map_job *job)
{
    return job->pages <= PT_ENTRIES - va_index(job->va, 1) &&
           pt_node_table(job->space->root, job->va) != NO_FRAME;
}

/* Refuse what would be replaced, and reserve the nodes that are missing. `listed` words of
 * the edit page's list are in use. */
static status_t prepare(const struct map_job *job, uint32_t listed)
{
    uint32_t need[PT_LEVELS + 1] = { 0 };
    struct pt_slot leaf;

    if (job->excl && pt_node_find(job->from, range_of(job), &leaf))
        return E_MAPPED;
    if (job->from.level == 1 || in_one_table(job))
        return OK;
    pt_node_missing(job->from, range_of(job), need);
    return (need[1] | need[2] | need[3]) != 0 ? reserve(need, listed) : OK;
}

/* How often the request maps frame f. */
static uint64_t occurrences(pfn_t f, const struct frame_run *run, uint32_t n)
{
    uint64_t times = 0;

    for (uint32_t i = 0; i < n; i++)
        times += f - run[i].first < run[i].count;
    return times;
}

/* Jobs of more than one record cannot leave it to the kernel to refuse a full count, because
 * the records before would stay done. */
static status_t check_counts(const struct frame_run *run, uint32_t n, uint64_t pages)
{
    for (uint32_t i = 0; i < n; i++) {
        for (pfn_t f = run[i].first; f < run[i].first + run[i].count; f++) {
            if (port_refs(f) + pages < REF_MAX - 1)
                continue;
            if (port_refs(f) + occurrences(f, run, n) > REF_MAX - 1)
                return E_SATURATED;
        }
    }
    return OK;
}

static status_t check_list_counts(const pfn_t *list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t times = 0;

        if (port_refs(list[i]) + n < REF_MAX - 1)
            continue;
        for (uint32_t k = 0; k < n; k++)
            times += list[k] == list[i];
        if (port_refs(list[i]) + times > REF_MAX - 1)
            return E_SATURATED;
    }
    return OK;
}

/* Queue the pages of entries index .. index+count-1 that are valid. Returns: is there any? */
static bool scan(struct map_job *job, pfn_t node, vaddr_t va, uint32_t count)
{
    uint32_t index = vrange_index(va, 1);
    uint32_t left = port_live(node);
    bool any = false;

    for (uint32_t i = 0; left > 0 && i < count; i++) {
        if (port_entry(node, index + i) == 0)
            continue;
        any = true;
        left--;
        tlb_batch_issue(job->batch, va + (uint64_t)i * PAGE_BYTES, 1);
        if (job->batch->all)
            break;
    }
    return any;
}

/* One record of 1 .. 512 pages in one node: the frames are frame, frame+1, … or the list. */
static status_t put(struct map_job *job, vaddr_t va, uint32_t count, enum edit_op op,
                    pfn_t frame)
{
    struct pt_place at = job->from;
    struct port_edited out;
    uint32_t grown = 0;
    status_t st = pt_node_extend(job->space->root, &at, va, 1, &grown);

    vm_space_grow(job->space, grown);
    if (st != OK)
        return st;

    struct tlb_batch_mark mark = tlb_batch_mark(job->batch);
    bool any = scan(job, at.node, va, count);
    uint8_t flags = any ? edit_batch_flags(job->space->root) : 0;
    struct edit_rec rec = {
        at.node, (uint16_t)vrange_index(va, 1), (uint16_t)count, (uint8_t)op, flags, job->prop,
        frame
    };

    st = edit_batch_do(job->space->root, rec, job->batch, &out);
    if (st != OK)
        tlb_batch_restore(job->batch, mark);
    else
        job->displaced += out.removed;
    job->replaced = job->displaced != 0;
    return st;
}

/* Pages from va up to the end of its level-1 node, at most count. */
static uint32_t piece(vaddr_t va, uint64_t count)
{
    uint64_t room = PT_ENTRIES - vrange_index(va, 1);

    return (uint32_t)(count < room ? count : room);
}

status_t map_list(struct map_job *job)
{
    static pfn_t rest[EDIT_PAGES_MAX];
    uint32_t n = (uint32_t)job->pages;
    uint32_t first = piece(job->va, n);
    status_t st = OK;

    assert(n >= 1 && n <= EDIT_PAGES_MAX);
    if (first < n)
        st = check_list_counts(port_in->list, n);
    if (st == OK)
        st = prepare(job, n);
    if (st != OK)
        return st;

    /* Dropping replaced frames uses the list: the second piece waits elsewhere. */
    for (uint32_t i = first; i < n; i++)
        rest[i - first] = port_in->list[i];
    st = put(job, job->va, first, EDIT_MAP_LIST, 0);
    if (st != OK || first == n)
        return st;
    for (uint32_t i = 0; i < n - first; i++)
        port_in->list[i] = rest[i];
    return put(job, job->va + (uint64_t)first * PAGE_BYTES, n - first, EDIT_MAP_LIST, 0);
}

/* One run, node by node. */
static status_t put_run(struct map_job *job, vaddr_t va, struct frame_run run)
{
    status_t st = OK;

    while (st == OK && run.count > 0) {
        uint32_t count = piece(va, run.count);

        st = put(job, va, count, EDIT_MAP_RUN, run.first);
        va += (uint64_t)count * PAGE_BYTES;
        run.first += count;
        run.count -= count;
    }
    return st;
}

status_t map_runs(struct map_job *job, const struct frame_run *run, uint32_t n)
{
    vaddr_t va = job->va;
    status_t st = OK;

    if (n > 1 || piece(job->va, job->pages) < job->pages)
        st = check_counts(run, n, job->pages);
    if (st == OK)
        st = prepare(job, 0);
    for (uint32_t i = 0; st == OK && i < n; i++) {
        st = put_run(job, va, run[i]);
        va += (uint64_t)run[i].count * PAGE_BYTES;
    }
    return st;
}

status_t map_device(struct map_job *job, struct frame_run run)
{
    status_t st = prepare(job, 0);

    if (st != OK)
        return st;
    job->space->devices = true;
    return put_run(job, job->va, run);
}

status_t map_one(struct map_job *job, pfn_t frame)
{
    pfn_t node =
        job->from.level == 1 ? job->from.node : pt_node_table(job->space->root, job->va);
    uint32_t index = vrange_index(job->va, 1);

    if (node != NO_FRAME && port_entry(node, index) == 0) {
        struct edit_rec rec = { node, (uint16_t)index, 1, EDIT_MAP_RUN, 0, job->prop, frame };
        struct port_edited out;

        return port_edit1(job->space->root, rec, &out);
    }

    struct frame_run run = { frame, 1 };

    if (port_refs(frame) >= REF_MAX - 1)
        return E_SATURATED;
    return map_runs(job, &run, 1);
}
