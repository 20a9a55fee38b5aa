/*
 * What a cursor still has to flush: single pages, until they are too many to be worth it.
 *
 * A batch stays precise up to TLB_BATCH_PAGES pages in total; one page more makes it "all".
 * It is counted when it is dispatched, once, whether or not a CPU has the space loaded.
 */
#pragma once
#include "tlb_keep.h"
#include "vrange.h"

enum { TLB_BATCH_PAGES = 31 };

struct tlb_batch {
    bool all;
    uint32_t pages; /* in op[], each 4 KiB */
    uint32_t ops;
    vaddr_t op[TLB_BATCH_PAGES]; /* first page; its low bits say how many follow */
    struct tlb_keep keep;        /* frames issued with an op; also "all" keeps them */
};

static inline void tlb_batch_init(struct tlb_batch *b)
{
    b->all = false;
    b->pages = 0;
    b->ops = 0;
    b->keep = (struct tlb_keep){ .page = NO_FRAME };
}

static inline bool tlb_batch_empty(const struct tlb_batch *b)
{
    return !b->all && b->pages == 0;
}

/* What is queued now, to come back to when an edit was refused. */
struct tlb_batch_mark {
    bool all;
    uint32_t pages, ops;
};

static inline struct tlb_batch_mark tlb_batch_mark(const struct tlb_batch *b)
{
    return (struct tlb_batch_mark){ b->all, b->pages, b->ops };
}

/* Requires: nothing was dispatched since the mark. */
static inline void tlb_batch_restore(struct tlb_batch *b, struct tlb_batch_mark m)
{
    b->all = m.all;
    b->pages = m.pages;
    b->ops = m.ops;
}

/* How many more pages it can hold and stay precise. */
static inline uint32_t tlb_batch_room(const struct tlb_batch *b)
{
    return b->all ? 0 : TLB_BATCH_PAGES - b->pages;
}

/* Queue `pages` pages from va. Requires: va is aligned, pages > 0. */
void tlb_batch_issue(struct tlb_batch *b, vaddr_t va, uint64_t pages);
void tlb_batch_issue_all(struct tlb_batch *b);

/* Keep frames until what is queued (and what is queued next) is flushed everywhere.
 * Returns: OK; E_NOMEM, E_SATURATED: nothing changed. */
NODISCARD static inline status_t tlb_batch_keep(struct tlb_batch *b, pfn_t first,
                                                uint32_t count)
{
    return tlb_keep_add(&b->keep, first, count);
}

/* Flush what is queued, and wait, without ending the batch or counting it. */
void tlb_batch_flush(const struct tlb_batch *b, pfn_t root);

/* Flush what is queued, wait, count it, let the kept frames go, and empty the batch. */
void tlb_batch_dispatch(struct tlb_batch *b, pfn_t root);
