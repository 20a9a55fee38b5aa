#include "kernel/frame_boot.h"

#include <string.h>

#include "kernel/bootmem.h"
#include "kernel/frame.h"
#include "kernel/klog.h"

#define LOW_END 0x100000u

/*
 * Device memory that programs may be given. A range stands here only if writing it can change
 * nothing but what the device shows or holds: no register that starts a transfer or an
 * interrupt, no window onto RAM.
 */
static const struct boot_device devices[] = {
    { 0xb8, 8 }, /* the screen of text mode: 0xb8000 .. 0xbffff */
};
enum { DEVICES = sizeof devices / sizeof devices[0] };
static_assert(DEVICES <= (int)BOOT_DEVICES_MAX, "room in mm's record");

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

static bool is_ram(const struct boot_ranges *ram, struct boot_device d)
{
    uint64_t start = (uint64_t)d.first * PAGE_BYTES;
    uint64_t end = start + (uint64_t)d.frames * PAGE_BYTES;

    for (uint32_t i = 0; i < ram->count; i++)
        if (ram->range[i].start < end && start < ram->range[i].end)
            return true;
    return false;
}

/* Low frames are the kernel's, but for devices. What the loader calls RAM is no device, and
 * what the frame table refuses is none either. */
static void add_device(const struct boot_ranges *ram, struct boot_device d)
{
    if (is_ram(ram, d))
        return;
    if (d.first < LOW_END / PAGE_BYTES)
        frame_init(d.first, d.frames, FRAME_NONE);
    if (frame_add_device(d.first, d.frames) != OK)
        klog("Cursa: a device range was refused\n");
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
    for (uint32_t i = 0; i < DEVICES; i++)
        add_device(&info->ram, devices[i]);
}

uint32_t frame_boot_devices(struct boot_device out[BOOT_DEVICES_MAX])
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < DEVICES; i++)
        if (frame_is_device(devices[i].first))
            out[n++] = devices[i];
    return n;
}
