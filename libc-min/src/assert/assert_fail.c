#include <assert.h>
#include <log.h>
#include <sys.h>

enum { EXIT_ASSERT = 134 };

void assert_fail(const char *text, const char *file, int line)
{
    log_line("assertion failed: %s, %s:%d", text, file, line);
    sys_exit(EXIT_ASSERT);
}
