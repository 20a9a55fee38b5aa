/* Capability slots that only boot code fills: ports, interrupts, MEMORY. */
#pragma once
#include "kernel/thread.h"

/* Requires: table is a live OBJ_TABLE, slot < CAP_SLOTS. */
void cap_put_device(pfn_t table, uint64_t slot, enum cap_kind kind, uint32_t arg);
