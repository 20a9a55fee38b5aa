/* The instructions of a compiled script. */
#pragma once
#include "clients/conductor/core/script.h"

/*
 * Runs a strand until it waits, has sent its first request (t->first), has ended a step, is
 * done, or the script has stopped.
 */
void run_strand(struct script *s, struct strand *t);
