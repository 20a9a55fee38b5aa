/* par and interleave: several lanes of one script. */
#pragma once
#include "clients/conductor/core/script.h"

/* PROG_PAR and PROG_INTERLEAVE at the strand's pc. Ensures: t->pc is behind the lanes. */
void lanes_par(struct script *s, struct strand *t);
void lanes_interleave(struct script *s, struct strand *t);

/* Returns: how many merges of lanes with these steps there are, at most UINT64_MAX. */
uint64_t lanes_merges(const uint32_t *steps, uint32_t lanes);
