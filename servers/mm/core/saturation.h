/*
 * Counts of frames that stand at their limit, for tests: the checking image's kernel lets a
 * frame look as if very many held it.
 */
#pragma once
#include "port.h"

void saturation_init(void);

/* Nobody can take a reference of the frame any more. Returns: OK; E_SATURATED, so it was
 * already; E_NOMEM, too many do so; E_INVAL, the plain image. */
NODISCARD status_t saturation_begin(pfn_t f, uint32_t *out);

/* The count is again what it would be. */
void saturation_end(uint32_t i);

pfn_t saturation_frame(uint32_t i);

/* Holds that there are only because of this. */
uint64_t saturation_holds(void);
