/* What only the checking image can do: break a word, raise a count. inject_plain.c refuses. */
#pragma once
#include "abi/status.h"

NODISCARD status_t inject_corrupt(uint32_t row);
NODISCARD status_t inject_refs(uint64_t frame, uint64_t count);
