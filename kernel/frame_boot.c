#include "kernel/frame_boot.h"

#include <string.h>

#include "kernel/bootmem.h"
#include "kernel/frame.h"

#define ONE_MIB 0x100000u

extern char kernel_end_phys[];

uint32_t frame_boot_count(const struct boot_info *info)
{
    uint64_t end = 0;

    for (uint32_t i = 0; i < info->range_count; i++)
        if (info->range[i].end > end)
            end = info->range[i].end;
    end /= PAGE_BYTES;
    return end < FRAME_MAX ? (uint32_t)end : FRAME_MAX;
}

static void span(uint64_t start, uint64_t end, enum frame_type type)
{
    uint64_t first = start / PAGE_BYTES, last = (end + PAGE_BYTES - 1) / PAGE_BYTES;

    if (last > frame_count)
        last = frame_count;
    if (first < last)
        frame_init((pfn_t)first, (uint32_t)(last - first), type);
}

static uint64_t above_low(uint64_t address)
{
    return address < ONE_MIB ? ONE_MIB : address;
}

void frame_boot_init(const struct boot_info *info)
{
    frame_count = frame_boot_count(info);
    frame_init(0, frame_count, FRAME_NONE);
    for (uint32_t i = 0; i < info->range_count; i++)
        span(above_low(info->range[i].start), above_low(info->range[i].end), FRAME_DATA);
    span(0, ONE_MIB, FRAME_KERNEL);
    span(ONE_MIB, (uint64_t)kernel_end_phys, FRAME_KERNEL);
    for (uint32_t i = 0; i < info->module_count; i++)
        if (strcmp(info->module[i].name, "mm") == 0)
            span(info->module[i].start, info->module[i].end, FRAME_KERNEL);
}

static void kernel_frames(pfn_t first, uint32_t count)
{
    frame_init(first, count, FRAME_KERNEL);
}

void frame_boot_close(void)
{
    bootmem_close(kernel_frames);
}
