/* Changing what mapped pages may be used for; holes are skipped. */
#pragma once
#include "tlb_batch.h"
#include "vm_space.h"

/* Does a leaf that becomes another lose a right, or change its cache kind? Both are entry
 * words; translations made under the old one must be flushed then. */
static inline bool protect_narrows(uint64_t from, uint64_t to)
{
    uint64_t lost = (from ^ PTE_NX) & ~(to ^ PTE_NX) & (PTE_PRESENT | PTE_WRITE | PTE_NX);

    return lost != 0 || ((from ^ to) & (PTE_PWT | PTE_PCD)) != 0;
}

struct protect_job {
    struct vm_space *space;
    struct pt_place from;    /* an existing node that covers the range */
    struct vrange range;     /* not empty */
    uint16_t prop;           /* a property as a client may ask for it */
    struct tlb_batch *batch; /* gets the pages that lose a right; not dispatched */
    uint64_t changed;        /* out: 4 KiB pages whose property is now another */
};

/*
 * Give every page mapped in the range this property; leaves of 2 MiB that stick out are split.
 * Returns, and then nothing is changed: E_NOMEM; E_INVAL, the last user page would become
 * executable, or device memory cached or executable; E_ACCESS, a page would get a right and
 * somebody has its frame with fewer, or it is attached from elsewhere without that right.
 */
NODISCARD status_t protect_range(struct protect_job *job);
