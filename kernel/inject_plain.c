#include "kernel/inject.h"
#include "kernel/kcheck.h"

const uint32_t inject_checking = 0;

status_t inject_corrupt(uint32_t row)
{
    (void)row;
    return E_INVAL;
}

status_t inject_refs(uint64_t frame, uint64_t count)
{
    (void)frame;
    (void)count;
    return E_INVAL;
}
