#include "fail.h"

status_t fail_arm(uint64_t nth)
{
    (void)nth;
    return E_INVAL;
}

status_t fail_arm_own(uint64_t nth)
{
    (void)nth;
    return E_INVAL;
}

bool fail_now(void)
{
    return false;
}

bool fail_own_now(void)
{
    return false;
}

void fail_poison(pfn_t frame)
{
    (void)frame;
}
