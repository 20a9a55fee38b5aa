/* Mapping 512 aligned frames as one leaf of 2 MiB, whatever stood in its slot. */
#pragma once
#include "map.h"

/*
 * Map frames first .. first+511 at job->va as one leaf; job->pages is not looked at. It
 * replaces a leaf, a node with all below it (which goes as one, like an unmapped sub-tree),
 * or nothing.
 * Requires: job->va and first are multiples of what a leaf of 2 MiB spans; job->from is of
 * level 2 or above.
 * Returns: OK; E_MAPPED, E_NOMEM, E_SATURATED: nothing is mapped or displaced.
 */
NODISCARD status_t map_huge(struct map_job *job, pfn_t first);
