/* The whole-table checker: passes over all frames, cheap and basic facts first. */
#include "kernel/kcheck.h"

#include "abi/boot.h"
#include "base/pte.h"
#include "kernel/tlb.h"

#include "memory_arch.h"

const bool kcheck_linked = true;

/* Leaves found that map a frame. */
static uint32_t recount[FRAME_MAX];

/* The root seen so far that has mm's window. */
static pfn_t window_root;

static bool is_node(pfn_t f)
{
    return frame_type[f] >= FRAME_PT1 && frame_type[f] <= FRAME_PT4;
}

/* Entries of a node that pt_edit changes and live counts. */
static uint32_t own_entries(pfn_t node)
{
    return frame_type[node] == FRAME_PT4 ? L4_USER_END : PT_ENTRIES;
}

static uint32_t check_alone(pfn_t f)
{
    recount[f] = 0;
    if (frame_type[f] > FRAME_LIMBO)
        return 9;
    if ((frame_type[f] == FRAME_DATA) != (frame_refs[f] < REF_MAX) || frame_refs[f] > REF_MAX)
        return 9;
    if (win[f] == frame_window_entry(f, (enum frame_type)frame_type[f]))
        return 0;
    return frame_type[f] == FRAME_LIMBO ? 15 : 12;
}

static uint32_t check_link(pfn_t node, uint32_t index, uint64_t e)
{
    pfn_t child = pte_child(e);

    if (frame_type[node] == FRAME_PT1)
        return 1;
    if (child >= frame_count || e - e / PTE_ACCESSED % 2 * PTE_ACCESSED != pte_table(child))
        return 4;
    if (frame_type[child] != frame_type[node] - 1)
        return 1;
    return frame_parent[child] == node && frame_index[child] == index ? 0 : 2;
}

static uint32_t check_devices(pfn_t first, uint32_t count, uint64_t e)
{
    if (pte_prop_cache(pte_prop(e)) != CACHE_UC)
        return 12;
    for (uint32_t k = 0; k < count; k++)
        if (!frame_is_device(first + k))
            return 12;
    return 0;
}

static uint32_t check_mapped(pfn_t f, uint32_t level)
{
    if (frame_type[f] == FRAME_LIMBO)
        return 15;
    if (frame_type[f] != FRAME_DATA)
        return 12;
    if (frame_refs[f] == 0)
        return level == 1 ? 15 : 11;
    recount[f]++;
    return 0;
}

static uint32_t check_leaf(pfn_t node, uint64_t e)
{
    uint32_t level = (uint32_t)frame_type[node] - FRAME_PT1 + 1;
    uint32_t count = level == 1 ? 1 : PT_ENTRIES;
    pfn_t first = pte_frame(e, level);
    uint32_t row = 0;

    if (level > 2)
        return 1;
    if (pte_leaf(first, pte_prop(e)) != e)
        return 4;
    if (pte_is_device(e))
        return check_devices(first, count, e);
    if (first >= frame_count || count > frame_count - first)
        return 4;
    for (uint32_t k = 0; k < count && row == 0; k++)
        row = check_mapped(first + k, level);
    return row;
}

static uint32_t check_entry(pfn_t node, uint32_t index)
{
    uint64_t e = pt_load(node, index);

    if (!pte_valid(e))
        return e == 0 ? 0 : 4;
    return pte_is_table(e) ? check_link(node, index, e) : check_leaf(node, e);
}

static uint32_t check_entries(pfn_t node)
{
    uint32_t row = 0;

    for (uint32_t i = 0; i < own_entries(node) && row == 0; i++)
        row = check_entry(node, i);
    return row;
}

static uint32_t check_back_link(pfn_t node)
{
    pfn_t parent = frame_parent[node];
    uint64_t e;

    if (frame_type[node] == FRAME_PT4 || parent == NO_FRAME)
        return 0;
    if (parent >= frame_count || frame_type[parent] != frame_type[node] + 1)
        return 5;
    if (frame_index[node] >= own_entries(parent))
        return 5;
    e = pt_load(parent, frame_index[node]);
    return pte_is_table(e) && pte_child(e) == node ? 0 : 5;
}

static uint32_t check_live(pfn_t node)
{
    uint32_t valid = 0;

    for (uint32_t i = 0; i < own_entries(node); i++)
        valid += pte_valid(pt_load(node, i));
    return valid == frame_live[node] ? 0 : 3;
}

/* The processor may have noted an access in either of two kernel entries. */
static uint64_t without_accessed(uint64_t e)
{
    return e - e / PTE_ACCESSED % 2 * PTE_ACCESSED;
}

static uint32_t check_kernel_half(pfn_t root)
{
    for (uint32_t i = L4_USER_END; i < PT_ENTRIES; i++) {
        uint64_t e = without_accessed(pt_load(root, i));

        if (i == L4_WINDOW)
            continue;
        if (e != without_accessed(pt_load(frame_template, i)))
            return 2;
    }
    if (pt_load(root, L4_WINDOW) == 0)
        return 0;
    if (window_root != NO_FRAME)
        return 2;
    window_root = root;
    return 0;
}

static uint32_t check_count(pfn_t f)
{
    uint64_t expected = (uint64_t)recount[f] + frame_parent[f] + frame_live[f];

    return expected == frame_refs[f] ? 0 : 10;
}

/* The checks in order: a later one may rely on the earlier ones for all frames. */
enum pass { ALONE, ENTRIES, BACK_LINK, LIVE, KERNEL_HALF, COUNT, PASSES };

static uint32_t check_frame(enum pass pass, pfn_t f)
{
    switch (pass) {
    case ALONE:
        return check_alone(f);
    case ENTRIES:
        return is_node(f) ? check_entries(f) : 0;
    case BACK_LINK:
        return is_node(f) ? check_back_link(f) : 0;
    case LIVE:
        return is_node(f) ? check_live(f) : 0;
    case KERNEL_HALF:
        return frame_type[f] == FRAME_PT4 ? check_kernel_half(f) : 0;
    case COUNT:
        return frame_type[f] == FRAME_DATA ? check_count(f) : 0;
    case PASSES:
        break;
    }
    return 0;
}

static uint32_t check_pass(enum pass pass, pfn_t *where)
{
    uint32_t row = 0;

    for (pfn_t f = 0; f < frame_count && row == 0; f++) {
        row = check_frame(pass, f);
        *where = f;
    }
    return row;
}

static bool may_be_loaded(pfn_t root)
{
    if (root == NO_FRAME)
        return true;
    if (root >= frame_count)
        return false;
    return frame_type[root] == FRAME_PT4 || frame_type[root] == FRAME_LIMBO ||
           frame_type[root] == FRAME_KERNEL;
}

static uint32_t check_cpus(pfn_t *where)
{
    for (uint32_t c = 0; c < CPU_MAX; c++) {
        *where = tlb_root[c];
        if (!may_be_loaded(tlb_root[c]))
            return 16;
    }
    return 0;
}

uint32_t kcheck(pfn_t *where)
{
    uint32_t row = 0;

    window_root = NO_FRAME;
    for (uint32_t pass = ALONE; pass < PASSES && row == 0; pass++)
        row = check_pass((enum pass)pass, where);
    if (row == 0)
        row = check_cpus(where);
    if (row == 0)
        *where = NO_FRAME;
    return row;
}
