/*
 * Retype in two steps, so that no stale translation survives a change of type.
 * The frames are edit_list[0 .. n-1], n <= RETYPE_MAX.
 */
#pragma once
#include "kernel/frame.h"

/* DATA (refs 0) or PTn (live 0, unlinked, unbound) or a destroyed OBJECT becomes LIMBO.
 * All or none. Returns: OK and the ticket; E_INVAL, E_TYPE, E_BUSY. */
NODISCARD status_t retype_begin(uint32_t n, uint64_t *ticket);

/* LIMBO frames become DATA, PT1..PT4 or OBJECT, zeroed. All or none. Returns: OK; E_INVAL,
 * E_TYPE, E_NOTQUIET (some CPU has not flushed since begin). */
NODISCARD status_t retype_end(uint32_t n, enum frame_type type);
