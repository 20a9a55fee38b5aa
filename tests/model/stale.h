/*
 * Old translations: what a CPU may still use after a mapping has changed, until it has
 * flushed (contract 1.7, 3.5, D19). A CPU holds none of a space that is not active on it.
 */
#pragma once
#include "state.h"

/* The CPUs on which a client has the space active. */
uint64_t stale_cpus(const struct model *m, const struct space *s);

/* A mapping is no more as it was; the cursor's batch will flush it. */
void stale_add(struct model *m, struct space *s, struct mapping old, const struct cursor *by);

/* The cursor's batch is dispatched from a CPU, which flushes itself at once. */
void stale_dispatched(struct model *m, const struct cursor *by, uint32_t cpu);

/* What the cursor has dispatched is flushed everywhere. */
void stale_synced(struct model *m, const struct cursor *by);

/* Everything that was dispatched, by whomever, is flushed everywhere. */
void stale_quiet(struct model *m);

/* Fewer CPUs may have the space active now. */
void stale_deactivated(struct model *m, struct space *s);

/* The space is no more. */
void stale_forget(struct model *m, struct space *s);
