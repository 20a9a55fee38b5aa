/* The whole state of mm that clients can tell apart, as one number. */
#pragma once
#include <stdint.h>

/*
 * Covers spaces and what they map, counts of frames, cursors, windows, live handles, threads,
 * handlers, waiting requests and counters of what is in use; not which empty nodes are pooled,
 * not mm's own memory, not the numbers that come next.
 */
uint64_t state_hash(void);
