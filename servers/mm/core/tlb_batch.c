#include "tlb_batch.h"

#include <assert.h>

#include "counters.h"
#include "port.h"

void tlb_batch_issue(struct tlb_batch *b, vaddr_t va, uint64_t pages)
{
    assert(vrange_aligned(va) && pages > 0);

    if (b->all)
        return;
    if (pages > TLB_BATCH_PAGES - b->pages) {
        tlb_batch_issue_all(b);
        return;
    }
    b->op[b->ops++] = va | pages;
    b->pages += (uint32_t)pages;
}

void tlb_batch_issue_all(struct tlb_batch *b)
{
    b->all = true;
    b->pages = 0;
    b->ops = 0;
}

void tlb_batch_flush(const struct tlb_batch *b, pfn_t root)
{
    vaddr_t pages[TLB_BATCH_PAGES];
    uint32_t n = 0;

    if (tlb_batch_empty(b) || !port_loaded(root))
        return;
    for (uint32_t i = 0; i < b->ops; i++) {
        vaddr_t va = b->op[i] & ~(vaddr_t)(PAGE_BYTES - 1);

        for (uint32_t k = 0; k < (b->op[i] & (PAGE_BYTES - 1)); k++)
            pages[n++] = va + (uint64_t)k * PAGE_BYTES;
    }
    port_flush(root, pages, n);
}

void tlb_batch_dispatch(struct tlb_batch *b, pfn_t root)
{
    if (tlb_batch_empty(b))
        return;
    tlb_batch_flush(b, root);
    counters.batches++;
    counters.flush_all += b->all;
    counters.invlpg += b->pages;
    tlb_keep_drop(&b->keep);
    tlb_batch_init(b);
}
