/*
 * mm's rows of the invariant checker (docs/reference/checks.md), and breaking them for tests.
 * check_plain.c stands in for it in the plain image.
 */
#pragma once
#include "abi/status.h"

struct check_result {
    uint64_t row;    /* the first row that fails, or 0 */
    uint64_t detail; /* the frame, cursor or space concerned */
};

/* Returns: OK; E_INVAL in the plain image. */
NODISCARD status_t check_all(struct check_result *out);

/* Break one word so that check_all names the row; nothing else is to be asked of mm until it
 * is repaired. Row 0: repair what was broken last.
 * Returns: OK; E_INVAL: no such row, nothing to break or to repair, or the plain image. */
NODISCARD status_t check_corrupt(uint64_t row);
