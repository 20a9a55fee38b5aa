/* Giving back page-table nodes that translate nothing. */
#pragma once
#include "tlb_batch.h"
#include "vm_space.h"

/*
 * Free every node below the root that has no leaf below it. The batch gets their flush; it is
 * not dispatched.
 * Requires: no cursor is open in the space. Returns: how many nodes.
 */
uint64_t reap_space(struct vm_space *s, struct tlb_batch *batch);
