/*
 * abi/boot.h with the small geometry: one root entry for users, one for mm's window, two for
 * what the kernel has (which nothing on the host looks into).
 */
#pragma once
#include "types.h"
#define L4_USER_END L4_USER_END_OF_THE_MACHINE
#define L4_PHYSMAP L4_PHYSMAP_OF_THE_MACHINE
#define L4_WINDOW L4_WINDOW_OF_THE_MACHINE
#define L4_PROBE L4_PROBE_OF_THE_MACHINE
#define L4_KERNEL L4_KERNEL_OF_THE_MACHINE
#include "../../../../../include/abi/boot.h"
#undef L4_USER_END
#undef L4_PHYSMAP
#undef L4_WINDOW
#undef L4_PROBE
#undef L4_KERNEL

enum { L4_USER_END = 1, L4_PHYSMAP = 1, L4_PROBE = 2, L4_KERNEL = 2, L4_WINDOW = 3 };
