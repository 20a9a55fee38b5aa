/* The boot allocator: frames for what the kernel keeps for ever. Closes before user mode. */
#pragma once
#include "kernel/boot_info.h"

void bootmem_init(const struct boot_info *info, uint64_t kernel_end, uint64_t info_address,
                  uint64_t info_bytes);

/* First of count consecutive zeroed frames below 4 GiB; panics when there are none. */
pfn_t bootmem_alloc(uint32_t count);

/* What was handed out, as ranges: calls each(first, count). Nothing can be had after this. */
void bootmem_close(void (*each)(pfn_t first, uint32_t count));
