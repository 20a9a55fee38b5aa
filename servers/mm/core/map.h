/*
 * Mapping frames: all of a request, in order, or nothing.
 *
 * The nodes that a job needs are reserved before anything changes. Old leaves are replaced;
 * where a CPU may hold translations of the space, their frames are kept until it has flushed.
 */
#pragma once
#include "tlb_batch.h"
#include "vm_space.h"

/* Consecutive frames that one handle names. */
struct frame_run {
    pfn_t first;
    uint32_t count;
};

struct map_job {
    struct vm_space *space;
    struct pt_place from; /* an existing node that covers all pages; the root will do */
    vaddr_t va;
    uint64_t pages;          /* va .. va + pages * PAGE_BYTES lies in user space */
    uint16_t prop;           /* a property as a client may ask for it */
    bool excl;               /* E_MAPPED instead of replacing */
    struct tlb_batch *batch; /* gets the replaced pages; not dispatched */
    uint64_t displaced;      /* out: leaves replaced */
    bool replaced;           /* out: something is to be dispatched, a leaf or an empty node */
};

/*
 * Map the frames that stand in port_in->list[0 .. pages-1], or those of the runs (their counts
 * add up to pages).
 * Returns: OK; E_MAPPED, E_NOMEM, E_SATURATED: nothing is mapped or displaced.
 */
NODISCARD status_t map_list(struct map_job *job);
NODISCARD status_t map_runs(struct map_job *job, const struct frame_run *run, uint32_t n);

/* What device memory may be: uncached, and never executable. */
static inline bool map_suits_device(uint32_t prop)
{
    return pte_prop_cache(prop) == CACHE_UC && (prop & PROP_X) == 0;
}

/* The same for a run of device memory, which nobody counts. Requires: prop suits it. */
NODISCARD status_t map_device(struct map_job *job, struct frame_run run);

/* The same for one page, cheaper. */
NODISCARD status_t map_one(struct map_job *job, pfn_t frame);
