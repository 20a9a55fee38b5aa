/*
 * What a cursor has yet to flush, as far as counters tell (contract 1.7, D10): up to 31 pages
 * stay single addresses, one page more makes the batch a full flush.
 */
#pragma once
#include "abi/types.h"

enum { BATCH_PAGES = 31 };

struct batch {
    bool all;
    uint32_t pages; /* 0 if all */
};

static inline bool batch_empty(const struct batch *b)
{
    return !b->all && b->pages == 0;
}

static inline void batch_issue_all(struct batch *b)
{
    *b = (struct batch){ .all = true };
}

static inline void batch_issue(struct batch *b, uint64_t pages)
{
    if (b->all || pages > BATCH_PAGES - b->pages)
        batch_issue_all(b);
    else
        b->pages += (uint32_t)pages;
}
