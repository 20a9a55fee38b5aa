#include "fail.h"

#include <string.h>

#include "port.h"

enum { POISON = 0xdb };

static uint64_t left;

status_t fail_arm(uint64_t nth)
{
    left = nth;
    return OK;
}

bool fail_now(void)
{
    return left != 0 && --left == 0;
}

void fail_poison(pfn_t frame)
{
    memset(port_frame(frame), POISON, PAGE_BYTES);
}
