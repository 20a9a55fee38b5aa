/* What a script's code does when it is touched for execution: the few instructions that
 * scripts use. Of others the model says that anything may happen. */
#pragma once
#include "fault.h"

/* Would it come to a page fault of its own? Then *what says which. */
bool code_faults(const struct model *m, uint32_t client, uint64_t address, struct fault *what);

void code_run(struct model *m, uint32_t client, uint64_t address, struct outcome_set *set);
