/* The parts of the test, in the order in which they run. Each reports its points. */
#pragma once
#include "abi/start.h"

/* Rows of the invariants: each is broken by one word, named by the check, and repaired. */
void rows_test(void);

/* Interrupts of COM1 as notifications. Requires: children_init; nothing is being sent on
 * COM1. */
void interrupt_test(void);

/* All memory that there is, whatever its address. */
void memory_test(const struct start_page *start);

/* Programs killed in every state. Requires: children_init. */
void deaths_test(void);
