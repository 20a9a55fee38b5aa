#include "reap.h"

#include <assert.h>

#include "unmap.h"

/* Has the sub-tree no leaf? Levels fall by one at each step, so this ends after four. */
static bool hollow(struct pt_place at)
{
    uint32_t left = port_live(at.node);

    for (uint32_t i = 0; left > 0 && i < PT_ENTRIES; i++) {
        uint64_t entry = port_entry(at.node, i);

        if (entry == 0)
            continue;
        left--;
        if (at.level == 1 || pte_is_leaf(entry) ||
            !hollow((struct pt_place){ pte_child(entry), at.level - 1 }))
            return false;
    }
    return true;
}

/* Cut off every hollow sub-tree below a node of which va is the first address. */
static void cut(struct unmap_job *job, struct pt_place at, vaddr_t va)
{
    uint32_t entries = at.level == PT_LEVELS ? L4_USER_END : PT_ENTRIES;
    uint64_t span = vrange_span(at.level);

    for (uint32_t i = 0; i < entries; i++, va += span) {
        uint64_t entry = port_entry(at.node, i);

        if (!pte_is_table(entry))
            continue;

        struct pt_place child = { pte_child(entry), at.level - 1 };

        if (!hollow(child)) {
            if (child.level > 1)
                cut(job, child, va);
            continue;
        }
        job->from = at;
        job->range = (struct vrange){ va, va + span };

        status_t st = unmap_range(job);

        assert(st == OK); /* no leaf is split */
    }
}

uint64_t reap_space(struct vm_space *s, struct tlb_batch *batch)
{
    struct unmap_job job = { .space = s, .batch = batch };
    uint64_t before = s->nodes;

    cut(&job, vm_space_top(s), 0);
    return before - s->nodes;
}
