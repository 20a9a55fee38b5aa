/*
 * Removing mappings: leaves one run at a time, whole sub-trees by one store each.
 *
 * What it costs depends on the nodes that exist, never on the size of the range.
 */
#pragma once
#include "tlb_batch.h"
#include "vm_space.h"

struct unmap_job {
    struct vm_space *space;
    struct pt_place from; /* an existing node that covers the range; it is not detached */
    struct vrange range;
    struct tlb_batch *batch; /* gets the pages removed; not dispatched */
    uint64_t leaves, pages;  /* out: removed, and how many 4 KiB pages they were */
};

/*
 * Remove every mapping of the range; leaves of 2 MiB that stick out are split first.
 * Returns: OK; E_NOMEM (a split needs a node), nothing changed.
 */
NODISCARD status_t unmap_range(struct unmap_job *job);

/*
 * Taking a node away in two steps, for who puts something else in its place: cut it off, with
 * all below it, and queue a full flush; then, when its entry says what it shall, flush, count
 * what was mapped, and give frames and nodes back. The job needs space and batch only.
 */
void unmap_detach(struct unmap_job *job, struct pt_place at, uint32_t index);
void unmap_drain(struct unmap_job *job);

/* Empty a space that nobody uses, and give its nodes to the pool. */
void unmap_everything(struct vm_space *s);
