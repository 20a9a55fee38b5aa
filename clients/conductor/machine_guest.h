/* What only the guest's machine has, beside core/machine.h. */
#pragma once
#include "abi/start.h"
#include "clients/conductor/core/machine.h"

/* Requires: before any other machine_ function; `self` stays. */
void machine_guest_init(const struct start_page *self);

/* Returns: records sent so far. */
uint32_t machine_guest_records(void);
