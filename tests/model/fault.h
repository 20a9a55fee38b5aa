/*
 * Space handlers (docs/decisions/0050): the page faults of a space's clients wait in its
 * handler's queue; the handler takes one at a time and lets the faulting access go on or fail.
 */
#pragma once
#include "state.h"

/* Who handles the faults of this client in the space that it has active, or MODEL_NOBODY. */
uint32_t fault_handler(const struct model *m, uint32_t client);

/* The client's access has faulted: it waits for the handler. */
struct fault {
    enum fault_access access;
    enum fault_reason reason;
    uint64_t address;
};
void fault_raise(struct model *m, uint32_t client, uint32_t handler, struct fault what);

/* What a handler does. Returns: whether there is an answer now. */
bool fault_serve(struct model *m, uint32_t handler, enum model_fault what);

/* A client ends: as a handler it refuses everything, as a faulting one it is forgotten. */
void fault_forget(struct model *m, uint32_t client);
