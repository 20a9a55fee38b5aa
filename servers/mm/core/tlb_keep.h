/*
 * Frames that a batch keeps until its flush is acknowledged, each with a hold of its own.
 *
 * Runs stand in frames of mm's own, chained, so there is room for any number of them.
 */
#pragma once
#include "abi/status.h"

struct tlb_keep {
    pfn_t page;      /* the newest page of runs; NO_FRAME or unused while runs is 0 */
    uint32_t runs;   /* on all pages */
    uint64_t frames; /* in all runs */
};

/* Returns: OK; E_NOMEM, E_SATURATED: nothing changed. */
NODISCARD status_t tlb_keep_add(struct tlb_keep *k, pfn_t first, uint32_t count);

/* Drop every hold. Requires: what the batch has queued is flushed. */
void tlb_keep_drop(struct tlb_keep *k);

/* For who counts frames: each run that is kept. */
void tlb_keep_each(const struct tlb_keep *k, void (*run)(pfn_t first, uint32_t count));
