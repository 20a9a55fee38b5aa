/* The operations that are tried in every state, with operands around the edges of slots. */
#pragma once
#include "side.h"

enum op_when { OP_CLOSED, OP_OPEN /* while a cursor is open */, OP_ALWAYS };

struct op {
    const char *text;
    enum op_when when;
    struct side_request request;
};

enum { OPS_MAX = 96 };
extern const struct op ops[];
extern const uint32_t ops_count;

/* Is it tried in the state that mm's core is in? */
bool op_applies(const struct op *op);

/* What is asked in the state that mm's core is in: lengths that mean the rest of the cursor's
 * range are numbers here. Requires: it applies. */
struct side_request op_request(const struct op *op);
