/* The frame table's first contents, from the memory map. */
#pragma once
#include "kernel/boot_info.h"

/* One past the highest RAM frame, at most FRAME_MAX. */
uint32_t frame_boot_count(const struct boot_info *info);

/* RAM is DATA; below 1 MiB, the kernel image, what the boot allocator has handed out (it is
 * closed here) and the module "mm" are KERNEL. */
void frame_boot_init(const struct boot_info *info);
