/* The plain image has no checker, lets nobody break anything and fails at no wish. */
#include "kernel/kcheck.h"
#include "kernel/kcheck_call.h"
#include "kernel/selftest.h"

const bool kcheck_linked = false;

status_t kcheck_call(struct context *r, uint32_t nr)
{
    (void)r;
    (void)nr;
    return E_INVAL;
}

void selftest(const char *command_line)
{
    (void)command_line;
}
