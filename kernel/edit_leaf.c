/* Leaves that stand already: taken out (CLEAR) or given another property (PROTECT). */
#include "base/pte.h"
#include "kernel/edit_record.h"

#include "memory_arch.h"

/*
 * What a range of entries costs: one page each, 512 for a level-2 leaf.
 * Returns: the pages, or 0 if a link stands among them.
 */
static uint32_t cost_of(pfn_t node, uint32_t index, uint32_t count)
{
    uint32_t pages = 0;

    for (uint32_t i = index; i < index + count; i++) {
        uint64_t e = pt_load(node, i);

        if (pte_is_table(e))
            return 0;
        pages += pte_is_leaf(e) ? PT_ENTRIES : 1;
    }
    return pages;
}

/* Only leaves and holes stand in the range, and the call has pages enough left. */
static status_t check_leaves(struct edit_rec r, uint32_t level)
{
    uint32_t pages = r.count;

    if (level != 1)
        pages = cost_of(r.node, r.index, r.count);
    return pages == 0 ? E_TYPE : edit_spend(pages);
}

/*
 * Entries i .. i+n-1 at level 1 become invalid and let their frames go. Returns: the holes.
 * Inlined with literals for keep, old and n: straight code for a block of entries, four ways.
 * Only a hole moves `at` (it may wrap below 0 and back), so an old entry costs one store.
 */
static inline __attribute__((always_inline)) uint32_t
clear_block(pfn_t node, uint64_t i, bool keep, bool old, uint32_t n)
{
    uint64_t stored = edit_answer.old;
    uint64_t at = stored;

#pragma GCC unroll 16
    for (uint32_t k = 0; k < n; k++) {
        uint64_t e = pt_exchange(node, i + k, 0);

        if (__builtin_expect(e == 0, 0)) {
            at--;
            continue;
        }
        if (old)
            edit_old[at + k] = e;
        if (__builtin_expect(pte_is_device(e), 0))
            continue;
        if (keep)
            frame_parent[e / PAGE_BYTES % 0x10000000000]++;
        else if (__builtin_expect(--frame_refs[e / PAGE_BYTES % 0x10000000000] == 0, 0))
            edit_tell_zero(e / PAGE_BYTES % 0x10000000000);
    }
    if (old)
        edit_answer.old = (uint32_t)(at + n);
    return (uint32_t)(stored - at);
}

static inline __attribute__((always_inline)) uint32_t clear_entries(struct edit_rec r,
                                                                    bool keep, bool old)
{
    uint64_t i = r.index, end = (uint64_t)r.index + r.count;
    uint32_t holes = 0;

    for (; end - i >= EDIT_BLOCK; i += EDIT_BLOCK)
        holes += clear_block(r.node, i, keep, old, EDIT_BLOCK);
    for (; i < end; i++)
        holes += clear_block(r.node, i, keep, old, 1);
    return holes;
}

/* Returns: how many entries of the record were valid. */
static uint32_t clear_pages(struct edit_rec r)
{
    uint32_t holes;

    if (edit_keeps(r))
        holes =
            edit_wants_old(r) ? clear_entries(r, true, true) : clear_entries(r, true, false);
    else
        holes =
            edit_wants_old(r) ? clear_entries(r, false, true) : clear_entries(r, false, false);
    edit_answer.removed += r.count - holes;
    return r.count - holes;
}

/* The same above level 1, where a leaf lets 512 frames go. */
static uint32_t clear_larger(struct edit_rec r, uint32_t level)
{
    uint32_t before = edit_answer.removed;

    for (uint32_t k = 0; k < r.count; k++) {
        uint64_t e = pt_exchange(r.node, (uint64_t)r.index + k, 0);

        if (e != 0)
            edit_let_go(e, level, edit_keeps(r), edit_wants_old(r));
    }
    return edit_answer.removed - before;
}

/* One entry at level 1: most requests. Returns: whether it was valid. */
static bool clear_page(struct edit_rec r)
{
    uint64_t e = pt_exchange(r.node, r.index, 0);

    if (e == 0)
        return false;
    frame_live[r.node]--;
    edit_let_go(e, 1, edit_keeps(r), edit_wants_old(r));
    return true;
}

static status_t __attribute__((noinline)) clear_many(struct edit_rec r)
{
    uint32_t level = edit_level(r.node);
    status_t status = check_leaves(r, level);
    uint32_t removed;

    if (status != OK)
        return status;
    removed = level == 1 ? clear_pages(r) : clear_larger(r, level);
    frame_live[r.node] = (uint16_t)(frame_live[r.node] - removed);
    if (removed != 0)
        edit_stale = true;
    return OK;
}

status_t edit_leaf_clear(struct edit_rec r)
{
    if (r.count != 1 || edit_level(r.node) != 1)
        return clear_many(r);
    if (edit_spend(1) != OK)
        return E_INVAL;
    edit_stale = clear_page(r) || edit_stale;
    return OK;
}

static bool any_device(struct edit_rec r)
{
    for (uint32_t k = 0; k < r.count; k++)
        if (pte_is_device(pt_load(r.node, (uint64_t)r.index + k)))
            return true;
    return false;
}

/* Whether a processor that still uses the old leaf may do what the new one forbids. */
static bool restricts(uint64_t old, uint64_t new)
{
    if (!PTE_HAS(old, PTE_PRESENT))
        return false;
    if (!PTE_HAS(new, PTE_PRESENT) || (PTE_HAS(old, PTE_WRITE) && !PTE_HAS(new, PTE_WRITE)))
        return true;
    if (!PTE_HAS(old, PTE_NX) && PTE_HAS(new, PTE_NX))
        return true;
    return old / PTE_PWT % 4 != new / PTE_PWT % 4;
}

/*
 * One leaf gets new bits. A processor may set accessed or dirty between the load and the
 * exchange; then it is tried again. Each bit is set once, so three tries are enough.
 */
static void protect_one(pfn_t node, uint64_t index, uint64_t bits)
{
    uint64_t old = pt_load(node, index);
    uint64_t seen = ~old;

    while (seen != old && pte_is_leaf(old) && pte_keep(old) + bits != old) {
        seen = old;
        old = pt_compare_exchange(node, index, seen, pte_keep(seen) + bits);
        if (old == seen) {
            edit_answer.changed++;
            edit_stale = edit_stale || restricts(seen, bits);
        }
    }
}

status_t edit_leaf_protect(struct edit_rec r)
{
    uint64_t bits = pte_leaf_bits(r.prop);
    uint64_t end = (uint64_t)r.index + r.count;
    status_t status;

    if (pte_prop_cache(r.prop) != CACHE_UC && any_device(r))
        return E_INVAL;
    status = check_leaves(r, edit_level(r.node));
    if (status != OK)
        return status;
    for (uint64_t i = r.index; i < end; i++)
        protect_one(r.node, i, bits);
    return OK;
}
