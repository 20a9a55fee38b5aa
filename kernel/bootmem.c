#include "kernel/bootmem.h"

#include "kernel/panic.h"
#include "memory_arch.h"

#define FOUR_GIB 0x100000000u

/* The largest stretch of RAM where nothing stands yet: [start, next) is handed out. */
static uint64_t start, next, end;

static void reserve(struct boot_ranges *left, uint64_t from, uint64_t to)
{
    if (boot_ranges_remove(left, from, to) != OK)
        panic("the memory map is too fragmented to boot in");
}

void bootmem_init(const struct boot_info *info, uint64_t kernel_end, uint64_t info_address,
                  uint64_t info_bytes)
{
    struct boot_ranges left = info->ram;

    reserve(&left, 0, kernel_end);
    reserve(&left, info_address, info_address + info_bytes);
    reserve(&left, FOUR_GIB, UINT64_MAX); /* the boot tables reach no further */
    for (uint32_t i = 0; i < info->modules; i++)
        reserve(&left, (uint64_t)info->module[i].first * PAGE_BYTES,
                (uint64_t)info->module[i].first * PAGE_BYTES + info->module[i].bytes);
    for (uint32_t i = 0; i < left.count; i++)
        if (left.range[i].end - left.range[i].start > end - start) {
            start = next = left.range[i].start;
            end = left.range[i].end;
        }
}

pfn_t bootmem_alloc(uint32_t count)
{
    pfn_t first = (pfn_t)(next / PAGE_BYTES);

    if (count > (end - next) / PAGE_BYTES)
        panic("too little memory: Cursa needs 64 MiB");
    next += (uint64_t)count * PAGE_BYTES;
    for (uint32_t i = 0; i < count; i++)
        frame_zero(first + i);
    return first;
}

struct boot_range bootmem_close(void)
{
    end = next;
    return (struct boot_range){ start, next };
}
