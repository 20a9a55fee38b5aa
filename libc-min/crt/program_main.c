/* What runs between _start and main. */
#include <log.h>
#include <sys.h>

#include "abi/start.h"

int main(const struct start_page *start);
_Noreturn void program_main(const struct start_page *start);

enum { EXIT_NO_START = 135 };

void program_main(const struct start_page *start)
{
    if (start->magic != START_MAGIC)
        sys_exit(EXIT_NO_START);
    log_init(start->log_slot);
    sys_exit((uint64_t)(int64_t)main(start));
}
