/* The boot allocator: frames for what the kernel keeps for ever. Closes before user mode. */
#pragma once
#include "kernel/boot_info.h"

/* Requires: the kernel image ends at kernel_end, the boot information is as said. */
void bootmem_init(const struct boot_info *info, uint64_t kernel_end, uint64_t info_address,
                  uint64_t info_bytes);

/* First of count consecutive zeroed frames below 4 GiB; panics when there are none. */
pfn_t bootmem_alloc(uint32_t count);

/* What was handed out. Nothing can be had after this. */
struct boot_range bootmem_close(void);
