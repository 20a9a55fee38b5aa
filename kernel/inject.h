/* What only the checking image can do: break a word, raise a count. inject_plain.c refuses. */
#pragma once
#include "abi/status.h"

/* 1 in the checking image, 0 in the plain one: what the boot record says. */
extern const uint32_t inject_checking;

NODISCARD status_t inject_corrupt(uint32_t row);
NODISCARD status_t inject_refs(uint64_t frame, uint64_t count);
