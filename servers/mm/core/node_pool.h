/*
 * Empty page-table nodes, kept by level, ready to be linked.
 *
 * A pooled node is of type PTn, unlinked, without valid entries, and no CPU has translations
 * that go through it. Frames become nodes many at a time, so that one flush serves them all;
 * they become data again only when data frames run out, or when a level has very many.
 */
#pragma once
#include "frame_pool.h"

void node_pool_init(void);

/*
 * Make sure that n nodes of this level can be taken.
 * Returns: OK; E_NOMEM (nothing is lost). Each node counts as one allocation for fail_now.
 */
NODISCARD status_t node_pool_reserve(uint32_t level, uint32_t n);

/* The same for need[l] nodes of each level l at once: one level's are not taken for another's,
 * as they would be by one call after the other when frames run out. */
NODISCARD status_t node_pool_reserve_each(const uint32_t need[PT_LEVELS + 1]);

/* Requires: reserved. */
pfn_t node_pool_take(uint32_t level);

/* Requires: the node is empty and unlinked, and every ticket of its unlinking is done. */
void node_pool_put(uint32_t level, pfn_t node);

uint32_t node_pool_count(uint32_t level);
pfn_t *node_pool_at(uint32_t level, uint32_t i); /* for the checker: the i-th pooled node */

/* Turn every pooled node into a free data frame. */
void node_pool_drain(void);

/* Like frame_pool_take and frame_pool_take_huge, draining the pool of nodes if that is what it
 * takes. Counts as one allocation for fail_now. */
NODISCARD status_t node_pool_take_frames(uint32_t count, enum frame_use use, pfn_t *first);
NODISCARD status_t node_pool_take_huge(enum frame_use use, pfn_t *first);
