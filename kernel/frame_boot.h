/* The frame table's first contents, from the memory map. */
#pragma once
#include "kernel/boot_info.h"

/* One past the highest RAM frame, at most FRAME_MAX. */
uint32_t frame_boot_count(const struct boot_info *info);

/* RAM is DATA; below 1 MiB, the kernel image, what the boot allocator has handed out (it is
 * closed here) and the module "mm" are KERNEL. Device memory for programs is entered. */
void frame_boot_init(const struct boot_info *info);

/* That device memory, as far as this machine has it. Returns: how many ranges. */
uint32_t frame_boot_devices(struct boot_device out[BOOT_DEVICES_MAX]);
