/*
 * An edit and what follows from it: frames whose count came to zero become free, frames kept
 * for the sake of stale translations are dropped once every CPU has flushed.
 */
#pragma once
#include "port.h"
#include "tlb_batch.h"

/* Flags for an edit that takes leaves of 4 KiB away: keep their frames where a CPU may hold
 * translations of the space. */
uint8_t edit_batch_flags(pfn_t root);

/*
 * Propose one record. If it keeps frames (EDIT_OLD), `batch`, which names the pages that the
 * edit takes away, is flushed, and the frames are dropped.
 * Returns: what the kernel says; nothing has happened unless OK.
 */
NODISCARD status_t edit_batch_do(pfn_t root, struct edit_rec rec, const struct tlb_batch *batch,
                                 struct port_edited *out);

/* Take one hold of each of count consecutive frames. Returns: OK; E_SATURATED, E_TYPE: nothing
 * changed. */
NODISCARD status_t edit_batch_hold_run(pfn_t first, uint32_t count);

/* Drop one hold of each; those that come to zero become free. */
void edit_batch_drop_run(pfn_t first, uint32_t count);
