/* The flush clock: stamps, and whether all CPUs have flushed since one. */
#include "kernel/tlb.h"

uint64_t tlb_clock;
uint64_t tlb_flushed[CPU_MAX];
uint32_t tlb_root[CPU_MAX];
uint32_t tlb_cpus;

uint64_t tlb_stamp(void)
{
    assert(tlb_clock < FLUSHED_FOREVER - 1);
    tlb_clock++;
    return tlb_clock;
}

bool tlb_loaded(pfn_t root)
{
    for (uint32_t c = 0; c < tlb_cpus; c++)
        if (tlb_root[c] == root)
            return true;
    return false;
}

uint64_t tlb_ticket(pfn_t root)
{
    return tlb_loaded(root) ? tlb_stamp() : 0;
}

bool tlb_done(uint64_t ticket)
{
    for (uint32_t c = 0; c < tlb_cpus; c++)
        if (tlb_flushed[c] < ticket)
            return false;
    return true;
}
