/* The frame table's own small rules: first types, kernel pins, device ranges. */
#include "kernel/frame.h"

#include "base/pte.h"

enum {
    DEVICES_MAX = 16,
    INTERRUPT_FIRST = 0xfec00, /* I/O APICs, HPET, local APICs: whoever writes them can */
    INTERRUPT_END = 0xff000,   /* redirect interrupts, so no user may map them */
};

uint32_t frame_count;
pfn_t frame_template;

static pfn_t device_first[DEVICES_MAX];
static uint32_t device_count[DEVICES_MAX];
static uint32_t devices;

/* Accessed and dirty are set beforehand: the processor then never writes the window. */
uint64_t frame_window_entry(pfn_t f, enum frame_type type)
{
    uint64_t base = (uint64_t)f * PAGE_BYTES;
    uint64_t readable = PTE_PRESENT + PTE_USER + PTE_ACCESSED + PTE_DIRTY + PTE_NX;

    if (type == FRAME_DATA)
        return base + readable + PTE_WRITE;
    return type >= FRAME_PT1 && type <= FRAME_PT4 ? base + readable : 0;
}

static uint32_t first_refs(enum frame_type type)
{
    return type == FRAME_DATA ? 0 : REF_MAX;
}

/* The word counts holds or bound threads, or it names a parent that there is not. */
static uint32_t first_parent(enum frame_type type)
{
    return type == FRAME_DATA || type == FRAME_PT4 ? 0 : NO_FRAME;
}

void frame_init(pfn_t first, uint32_t count, enum frame_type type)
{
    uint32_t refs = first_refs(type), parent = first_parent(type);
    uint64_t window = frame_window_entry(first, type), step = window != 0 ? PAGE_BYTES : 0;

    assert(first <= frame_count && count <= frame_count - first);
    assert(first != 0 || count == 0 || type != FRAME_DATA);
    for (uint64_t f = first; f < (uint64_t)first + count; f++) {
        frame_type[f] = (uint8_t)type;
        frame_refs[f] = refs;
        frame_parent[f] = parent;
        frame_index[f] = 0;
        frame_live[f] = 0;
        win[f] = window;
        window += step;
    }
}

status_t frame_pin(uint64_t f)
{
    if (f >= frame_count || frame_type[f] != FRAME_DATA)
        return E_TYPE;
    if (frame_refs[f] >= REF_MAX - 1 || frame_live[f] == UINT16_MAX)
        return E_SATURATED;
    frame_refs[f]++;
    frame_live[f]++;
    return OK;
}

void frame_unpin(pfn_t f)
{
    assert(f < frame_count && frame_type[f] == FRAME_DATA);
    assert(frame_live[f] > 0 && frame_refs[f] > 0);
    frame_live[f]--;
    frame_refs[f]--;
}

/* Whether [first, first + count) meets [other, end). Requires: no range wraps. */
static bool meets(pfn_t first, uint32_t count, pfn_t other, pfn_t end)
{
    return first < end && (other < first || other - first < count);
}

static bool meets_ram(pfn_t first, uint32_t count)
{
    for (uint32_t k = 0; k < count && first + k < frame_count; k++)
        if (frame_type[first + k] != FRAME_NONE)
            return true;
    return false;
}

static bool meets_device(pfn_t first, uint32_t count)
{
    for (uint32_t d = 0; d < devices; d++)
        if (meets(first, count, device_first[d], device_first[d] + device_count[d]))
            return true;
    return false;
}

status_t frame_add_device(pfn_t first, uint32_t count)
{
    if (count == 0 || count > NO_FRAME - first)
        return E_INVAL;
    if (meets(first, count, INTERRUPT_FIRST, INTERRUPT_END) || meets_device(first, count))
        return E_INVAL;
    if (meets_ram(first, count))
        return E_TYPE;
    if (devices == DEVICES_MAX)
        return E_NOMEM;
    device_first[devices] = first;
    device_count[devices] = count;
    devices++;
    return OK;
}

bool frame_is_device(pfn_t f)
{
    for (uint32_t d = 0; d < devices; d++)
        if (f >= device_first[d] && f - device_first[d] < device_count[d])
            return true;
    return false;
}
