#include "clients/conductor/core/ops.h"

enum { MM_NONE = OPS_LABEL_UNKNOWN };

#define SCRIPT_OP(name, spelling, operands, result, label, meaning)                            \
    [SCRIPT_##name] = { operands, result, MM_##label },
static const struct ops_op ops[SCRIPT_OPS] = {
#include "abi/script_ops.def"
};
#undef SCRIPT_OP

const struct ops_op *ops_get(enum script_op op)
{
    assert(op < SCRIPT_OPS);
    return &ops[op];
}
