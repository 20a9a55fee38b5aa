/* The operations of the script language as a table, made from abi/script_ops.def. */
#pragma once
#include "abi/program.h"

/* A label that mm never knows: what an operation without a protocol yet sends. */
enum { OPS_LABEL_UNKNOWN = 0x7f };

struct ops_op {
    const char *operands; /* letters, see script_ops.def */
    uint8_t result;       /* enum script_result */
    uint8_t label;        /* enum mm_label, or OPS_LABEL_UNKNOWN */
};

/* Requires: op < SCRIPT_OPS. */
const struct ops_op *ops_get(enum script_op op);
