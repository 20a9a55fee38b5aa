/* The plain image has no checker and lets nobody break anything. */
#include "kernel/kcheck.h"
#include "kernel/kcorrupt.h"

const bool kcheck_linked = false;

uint32_t kcheck(pfn_t *where)
{
    *where = NO_FRAME;
    return KCHECK_ABSENT;
}

status_t kcorrupt(uint32_t row)
{
    (void)row;
    return E_INVAL;
}

status_t kcorrupt_inject(pfn_t f, uint32_t refs)
{
    (void)f;
    (void)refs;
    return E_INVAL;
}
