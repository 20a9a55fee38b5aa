#include "kernel/frame_boot.h"

#include <string.h>

#include "kernel/bootmem.h"
#include "kernel/frame.h"

extern char kernel_end_phys[];

uint32_t frame_boot_count(const struct boot_info *info)
{
    uint64_t end = info->ram.range[info->ram.count - 1].end / PAGE_BYTES;

    return end < FRAME_MAX ? (uint32_t)end : FRAME_MAX;
}

/* Frames that meet [start, end). */
static void span(uint64_t start, uint64_t end, enum frame_type type)
{
    uint64_t first = start / PAGE_BYTES, last = (end + PAGE_BYTES - 1) / PAGE_BYTES;

    if (last > frame_count)
        last = frame_count;
    if (first < last)
        frame_init((pfn_t)first, (uint32_t)(last - first), type);
}

/* Each frame once: there may be a million. */
static void ram_and_gaps(const struct boot_ranges *ram)
{
    uint64_t at = (uint64_t)kernel_end_phys;

    for (uint32_t i = 0; i < ram->count; i++) {
        span(at, ram->range[i].start, FRAME_NONE);
        at = at > ram->range[i].start ? at : ram->range[i].start;
        span(at, ram->range[i].end, FRAME_DATA);
        at = at > ram->range[i].end ? at : ram->range[i].end;
    }
}

void frame_boot_init(const struct boot_info *info)
{
    struct boot_range kept = bootmem_close();

    frame_count = frame_boot_count(info);
    span(0, (uint64_t)kernel_end_phys, FRAME_KERNEL);
    ram_and_gaps(&info->ram);
    span(kept.start, kept.end, FRAME_KERNEL);
    for (uint32_t i = 0; i < info->modules; i++) {
        const struct boot_module *m = &info->module[i];

        if (strcmp(m->name, "mm") == 0)
            frame_init(m->first, m->frames, FRAME_KERNEL);
    }
}
