/* What the program found, as records on COM1; the host compares and counts. */
#pragma once
#include "abi/start.h"

/* The greeting; before anything else. */
void report_begin(const struct start_page *start);

/* One point: what was expected and what came. `what` is one line. */
void report(const char *what, uint64_t expected, uint64_t actual);

/* The goodbye, and the machine's end. */
_Noreturn void report_end(void);
