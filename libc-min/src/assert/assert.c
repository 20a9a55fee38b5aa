/* A broken assumption in a program: say so and end. The kernel links its own. */
#include <assert.h>

#include "log.h"
#include "sys.h"

enum { EXIT_ASSERT = 134 };

_Noreturn void assert_fail(const char *text, const char *file, int line)
{
    log_line("%s:%d: assertion failed: %s", file, line, text);
    sys_exit(EXIT_ASSERT);
}
