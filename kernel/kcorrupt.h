/* The other half of the checker's proof: breaks one word, so that kcheck names a row. */
#pragma once
#include "kernel/frame.h"

/*
 * Break one word of a row of kcheck.h where no running program is disturbed: empty entries,
 * counts, a CPU that does not run. Row 0: repair what was broken last. Returns: OK; E_INVAL
 * (no such row, or nothing was broken); E_BUSY (nothing is there to be broken: no large leaf
 * could be made, no unlinked node, …).
 */
NODISCARD status_t kcorrupt(uint32_t row);

/*
 * Make a DATA frame look `refs` times referenced, the difference being holds, so that counts
 * can be driven to their limit while they still add up. Returns: OK; E_TYPE; E_INVAL (refs
 * below what leaves and pins account for, or not below REF_MAX).
 */
NODISCARD status_t kcorrupt_inject(pfn_t f, uint32_t refs);
