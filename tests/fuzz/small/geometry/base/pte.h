/* base/pte.h with the small geometry: a leaf above level 1 has more bits of address. */
#pragma once
#include "../abi/types.h"
#define pte_frame pte_frame_of_the_machine
#include "../../../../../include/base/pte.h"
#undef pte_frame

/* The node below, or the first frame of the leaf, which is a multiple of what it spans. */
static inline pfn_t pte_frame(uint64_t e, uint32_t level)
{
    pfn_t frame = pte_child(e);

    return level == 2 || level == 3 ? frame - frame % (level == 2 ? 4 : 16) : frame;
}
