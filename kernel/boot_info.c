#include "kernel/boot_info.h"

#include <string.h>

enum tag { TAG_END = 0, TAG_LINE = 1, TAG_MODULE = 3, TAG_MEMORY = 6 };
enum {
    HEADER_BYTES = 8,
    TAG_BYTES = 8,
    MODULE_BYTES = 16,
    MEMORY_BYTES = 16,
    ENTRY_BYTES = 24,
    RAM = 1
};

/* Loads from any alignment; the callers have checked the length. */
static uint32_t load32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t load64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

/* At most room-1 characters, always ended. */
static void copy_text(char *to, size_t room, const uint8_t *from, uint64_t length)
{
    size_t n = 0;

    while (n < room - 1 && n < length && from[n] != 0) {
        to[n] = (char)from[n];
        n++;
    }
    memset(to + n, 0, room - n);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t page_down(uint64_t address)
{
    return address - address % PAGE_BYTES;
}

/* The last page of the address space is nobody's RAM: an address in it stays in it. */
static uint64_t page_up(uint64_t address)
{
    return page_down(address > UINT64_MAX - PAGE_BYTES ? UINT64_MAX : address + PAGE_BYTES - 1);
}

/* The new range goes where it belongs by address; touching or overlapping ones melt. An empty
 * or reversed one is none. */
static status_t add_range(struct boot_ranges *r, uint64_t start, uint64_t end)
{
    uint32_t i = 0, j;

    if (start >= end)
        return OK;
    while (i < r->count && r->range[i].end < start)
        i++;
    for (j = i; j < r->count && r->range[j].start <= end; j++) {
        start = least(r->range[j].start, start);
        end = most(r->range[j].end, end);
    }
    if (j == i && r->count == BOOT_RANGES_MAX)
        return E_INVAL;
    memmove(&r->range[i + 1], &r->range[j], (r->count - j) * sizeof r->range[0]);
    r->range[i] = (struct boot_range){ start, end };
    r->count = r->count - (j - i) + 1;
    return OK;
}

status_t boot_ranges_remove(struct boot_ranges *r, uint64_t start, uint64_t end)
{
    struct boot_ranges old = *r;
    status_t st = OK;

    r->count = 0;
    for (uint32_t i = 0; i < old.count && st == OK; i++) {
        st = add_range(r, old.range[i].start, least(old.range[i].end, page_down(start)));
        if (st == OK)
            st = add_range(r, most(old.range[i].start, page_up(end)), old.range[i].end);
    }
    return st;
}

static bool has(const struct boot_ranges *r, uint64_t start, uint64_t end)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (r->range[i].start <= start && end <= r->range[i].end)
            return true;
    return false;
}

/* One entry of the memory map, clipped where the address would wrap. RAM is what is whole
 * pages of it, anything else has every page that it meets. */
static status_t memory_entry(struct boot_info *out, uint64_t base, uint64_t length, bool ram)
{
    uint64_t end = length > UINT64_MAX - base ? UINT64_MAX : base + length;

    if (ram)
        return add_range(&out->ram, page_up(base), page_down(end));
    return length == 0 ? OK : add_range(&out->other, page_down(base), page_up(end));
}

static status_t memory_tag(const uint8_t *tag, uint32_t size, struct boot_info *out)
{
    uint32_t entry_bytes;

    if (size < MEMORY_BYTES)
        return E_INVAL;
    entry_bytes = load32(tag + 8);
    if (entry_bytes < ENTRY_BYTES || entry_bytes % 8 != 0)
        return E_INVAL;
    for (uint64_t at = MEMORY_BYTES; at + ENTRY_BYTES <= size; at += entry_bytes) {
        status_t st = memory_entry(out, load64(tag + at), load64(tag + at + 8),
                                   load32(tag + at + 16) == RAM);

        if (st != OK)
            return st;
    }
    return OK;
}

static status_t module_tag(const uint8_t *tag, uint32_t size, struct boot_info *out)
{
    struct boot_module *m = &out->module[out->modules];
    uint64_t start, end;

    if (size < MODULE_BYTES || out->modules == BOOT_MODULES_MAX)
        return E_INVAL;
    start = load32(tag + 8);
    end = load32(tag + 12);
    if (start > end || start % PAGE_BYTES != 0)
        return E_INVAL;
    copy_text(m->name, sizeof m->name, tag + MODULE_BYTES, size - MODULE_BYTES);
    m->first = (pfn_t)(start / PAGE_BYTES);
    m->bytes = end - start;
    m->frames = (uint32_t)(page_up(m->bytes) / PAGE_BYTES);
    out->modules++;
    return OK;
}

static status_t one_tag(const uint8_t *tag, uint32_t type, uint32_t size, struct boot_info *out)
{
    switch (type) {
    case TAG_LINE:
        copy_text(out->command_line, sizeof out->command_line, tag + TAG_BYTES,
                  size - TAG_BYTES);
        return OK;
    case TAG_MODULE:
        return module_tag(tag, size, out);
    case TAG_MEMORY:
        return memory_tag(tag, size, out);
    default:
        return OK;
    }
}

/* Every module stands in RAM of its own: each takes what it has from a copy. */
static bool modules_fit(const struct boot_info *info)
{
    struct boot_ranges left = info->ram;

    for (uint32_t i = 0; i < info->modules; i++) {
        uint64_t start = (uint64_t)info->module[i].first * PAGE_BYTES;
        uint64_t end = start + (uint64_t)info->module[i].frames * PAGE_BYTES;

        if (start != end && !has(&left, start, end))
            return false;
        if (boot_ranges_remove(&left, start, end) != OK)
            return false;
    }
    return true;
}

/* All tags are read. */
static status_t finish(struct boot_info *out)
{
    status_t st = OK;

    for (uint32_t i = 0; i < out->other.count && st == OK; i++)
        st = boot_ranges_remove(&out->ram, out->other.range[i].start, out->other.range[i].end);
    if (st != OK)
        return st;
    return out->ram.count > 0 && modules_fit(out) ? OK : E_INVAL;
}

status_t boot_info_parse(const uint8_t *bytes, uint64_t length, struct boot_info *out)
{
    uint64_t at = HEADER_BYTES;

    memset(out, 0, sizeof *out);
    if (length < HEADER_BYTES || load32(bytes) > length)
        return E_INVAL;
    length = load32(bytes);
    while (length >= TAG_BYTES && at <= length - TAG_BYTES) {
        uint32_t type = load32(bytes + at), size = load32(bytes + at + 4);
        status_t st;

        if (type == TAG_END)
            return finish(out);
        if (size < TAG_BYTES || size > length - at)
            return E_INVAL;
        st = one_tag(bytes + at, type, size, out);
        if (st != OK)
            return st;
        at += ((uint64_t)size + 7) / 8 * 8;
    }
    return E_INVAL;
}
