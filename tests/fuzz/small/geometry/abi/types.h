/*
 * abi/types.h with the small geometry of docs/decisions/0043: nodes of four entries, a "large"
 * leaf of four pages, and a user space of 64 pages.
 */
#pragma once
#define PT_ENTRIES PT_ENTRIES_OF_THE_MACHINE
#define FRAME_MAX FRAME_MAX_OF_THE_MACHINE
#include "../../../../../include/abi/types.h"
#undef PT_ENTRIES
#undef FRAME_MAX
#undef USER_END
#undef HUGE_BYTES

enum { PT_ENTRIES = 4, FRAME_MAX = 512 };

#define USER_END 0x40000u
#define HUGE_BYTES 0x4000u
