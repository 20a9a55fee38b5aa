/* Spaces and the cursors in them: how they begin and end (contract 1.1, D13, D22). */
#pragma once
#include "state.h"

/* Returns: OK; E_NOMEM. */
NODISCARD status_t space_new(struct model *m, bool process, struct space **out);

/* Is it active for a client? */
bool space_active(const struct model *m, const struct space *s);

/* Ends the space if no handle, cursor or processor keeps it. */
void space_release(struct model *m, struct space *s);

/* A cursor over a range that is free for it. Returns: OK; E_NOMEM. */
NODISCARD status_t space_open(struct model *m, struct space *s, uint64_t lo, uint64_t hi,
                              struct cursor **out);

/* Makes the nodes down to the one that covers the range. Returns: OK; E_NOMEM. */
NODISCARD status_t space_cover(struct model *m, struct space *s, uint64_t lo, uint64_t hi,
                               uint32_t *guard);

/* Starts the cursor's flushes, and counts them. */
void space_dispatch(struct model *m, struct cursor *c);

/* The same for a one-shot form, which also waits. */
void space_dispatch_batch(struct model *m, struct batch *b);

/* Ends a cursor: what it had to flush is flushed. */
void space_close(struct model *m, struct cursor *c);
