#include <assert.h>
#include <stdio.h>

#include "kernel/panic.h"

void assert_fail(const char *text, const char *file, int line)
{
    char cause[120];

    snprintf(cause, sizeof cause, "assertion failed: %s, %s:%d", text, file, line);
    panic(cause);
}
