/* From the start page to main, and from main's answer to the thread's end. */
#include "abi/start.h"
#include "log.h"
#include "sys.h"

enum { EXIT_NO_START = 135 };

int main(const struct start_page *start);
_Noreturn void crt1(const struct start_page *start);

_Noreturn void crt1(const struct start_page *start)
{
    if (start->magic != START_MAGIC)
        sys_exit(EXIT_NO_START);
    log_init(start->log_slot, start->name);
    sys_exit((uint64_t)(int64_t)main(start));
}
