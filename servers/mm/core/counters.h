/* What mm counts for STAT; each number only grows unless it says otherwise. */
#pragma once
#include "abi/mm.h"

struct counters {
    uint64_t lock_conflicts; /* opens that waited or got E_BUSY */
    uint64_t invlpg;         /* pages in dispatched batches */
    uint64_t flush_all;      /* dispatched batches that hold everything */
    uint64_t batches;        /* dispatched batches with something in them */
    uint64_t cursors;        /* live now */
    uint64_t windows;        /* live now */
    uint64_t nodes;          /* linked now in spaces of scripts; roots are not linked */
    uint64_t spaces;         /* of scripts, now */
    uint64_t looks;          /* requests that read a counter */
};

extern struct counters counters;
