#include "kernel/bootmem.h"

#include "kernel/panic.h"
#include "memory_arch.h"

enum { RESERVED_MAX = BOOT_MODULES_MAX + 3, GIVEN_MAX = 256 };

#define FOUR_GIB 0x100000000u
#define ONE_MIB 0x100000u

struct span {
    uint64_t first, end; /* frames */
};

static const struct boot_info *boot;
static struct span reserved[RESERVED_MAX];
static uint32_t reserved_count;
static struct span given[GIVEN_MAX];
static uint32_t given_count;
static uint64_t next; /* no frame below this is free */
static bool closed;

static void reserve(uint64_t start, uint64_t end)
{
    reserved[reserved_count++] =
        (struct span){ start / PAGE_BYTES, (end + PAGE_BYTES - 1) / PAGE_BYTES };
}

void bootmem_init(const struct boot_info *info, uint64_t kernel_end, uint64_t info_address,
                  uint64_t info_bytes)
{
    boot = info;
    reserve(0, ONE_MIB);
    reserve(ONE_MIB, kernel_end);
    reserve(info_address, info_address + info_bytes);
    for (uint32_t i = 0; i < info->module_count; i++)
        reserve(info->module[i].start, info->module[i].end);
}

/* The first frame at or after f that is in no reserved span overlapping [f, f+count). */
static uint64_t past_reserved(uint64_t f, uint32_t count)
{
    for (uint32_t i = 0; i < reserved_count; i++) {
        if (f < reserved[i].end && reserved[i].first < f + count) {
            f = reserved[i].end;
            i = UINT32_MAX; /* moved: look at all of them again */
        }
    }
    return f;
}

static uint64_t find(uint32_t count)
{
    for (uint32_t i = 0; i < boot->range_count; i++) {
        uint64_t first = boot->range[i].start / PAGE_BYTES,
                 end = boot->range[i].end / PAGE_BYTES;
        uint64_t f;

        if (end > FOUR_GIB / PAGE_BYTES)
            end = FOUR_GIB / PAGE_BYTES;
        f = past_reserved(first > next ? first : next, count);
        if (f < end && count <= end - f)
            return f;
    }
    panic("too little memory: Cursa needs 64 MiB");
}

static void record(uint64_t f, uint32_t count)
{
    if (given_count > 0 && given[given_count - 1].end == f) {
        given[given_count - 1].end += count;
        return;
    }
    if (given_count == GIVEN_MAX)
        panic("the memory map is too fragmented to boot in");
    given[given_count++] = (struct span){ f, f + count };
}

pfn_t bootmem_alloc(uint32_t count)
{
    uint64_t f;

    if (closed)
        panic("the boot allocator is closed");
    f = find(count);
    next = f + count;
    record(f, count);
    for (uint32_t i = 0; i < count; i++)
        frame_zero((pfn_t)f + i);
    return (pfn_t)f;
}

void bootmem_close(void (*each)(pfn_t first, uint32_t count))
{
    closed = true;
    for (uint32_t i = 0; i < given_count; i++)
        each((pfn_t)given[i].first, (uint32_t)(given[i].end - given[i].first));
}
