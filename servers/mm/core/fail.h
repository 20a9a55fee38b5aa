/*
 * Failing allocations on purpose. fail_checking.c answers in the checking image and on the
 * host, fail_plain.c, which never fails, in the plain image.
 */
#pragma once
#include "abi/status.h"

/* The nth allocation of a frame or a node from now fails, once; 0: none does.
 * Returns: OK; E_INVAL in the plain image. */
NODISCARD status_t fail_arm(uint64_t nth);

/* The same for mm's own memory: slabs of handles, words of waiting requests. */
NODISCARD status_t fail_arm_own(uint64_t nth);

/* Asked once for each allocation: shall this one fail? */
bool fail_now(void);
bool fail_own_now(void);

/* A frame became free, or is about to be used: the checking image fills it, so that stale use
 * shows, and use before it is filled. (At the start no frame is touched: there are many.) */
void fail_poison(pfn_t frame);
