/* Frames of mm's own memory: one hold of mm keeps each; scripts do not see them. */
#pragma once
#include "abi/status.h"

/* Returns: OK, and the frame is zeroed; E_NOMEM. */
NODISCARD status_t own_frame_new(pfn_t *out);
void own_frame_free(pfn_t f);
uint64_t own_frame_count(void);

/* mm holds these frames since the start: modules. Requires: once for each run. */
void own_frame_keep(pfn_t first, uint32_t count);
void own_frame_init(void);
