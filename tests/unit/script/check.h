/* What the tests of the script compiler share: compile a text, look at what came out. */
#pragma once
#include "compile.h"

/* Compile under the name "t.ipc"; what an include names is looked up in included[]. */
struct included {
    const char *name, *text;
};
void check_compile(struct compiled *c, const char *text, const struct included *included);

/* Returns: what scriptc would print for this text, until the next call. */
const char *check_diagnostics(const char *text, bool lint, const struct included *included);

/* Returns: the program of a text as --dump prints it, until the next call. Fails the test if
   the text does not compile. */
const char *check_dump(const char *text);

/* Returns: the JSON map of a text, until the next call. */
const char *check_map(const char *text);

/* Returns: the number that `let x = EXPRESSION`, run by a small machine, puts into x. */
uint64_t check_value(const char *expression);
