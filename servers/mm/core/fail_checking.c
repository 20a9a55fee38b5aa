#include "fail.h"

#include <string.h>

#include "port.h"

enum { POISON = 0xdb };

static uint64_t left, left_own;

status_t fail_arm(uint64_t nth)
{
    left = nth;
    return OK;
}

status_t fail_arm_own(uint64_t nth)
{
    left_own = nth;
    return OK;
}

bool fail_now(void)
{
    return left != 0 && --left == 0;
}

bool fail_own_now(void)
{
    return left_own != 0 && --left_own == 0;
}

void fail_poison(pfn_t frame)
{
    memset(port_frame(frame), POISON, PAGE_BYTES);
}
