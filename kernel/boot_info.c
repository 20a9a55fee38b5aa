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

/* The new range goes where it belongs by address; touching or overlapping ones melt. */
static status_t add_range(struct boot_info *out, uint64_t start, uint64_t end)
{
    uint32_t i = 0, j;

    while (i < out->range_count && out->range[i].end < start)
        i++;
    for (j = i; j < out->range_count && out->range[j].start <= end; j++) {
        start = out->range[j].start < start ? out->range[j].start : start;
        end = out->range[j].end > end ? out->range[j].end : end;
    }
    if (j == i && out->range_count == BOOT_RANGES_MAX)
        return E_INVAL;
    memmove(&out->range[i + 1], &out->range[j], (out->range_count - j) * sizeof out->range[0]);
    out->range[i] = (struct boot_range){ start, end };
    out->range_count = out->range_count - (j - i) + 1;
    return OK;
}

/* Whole pages of [base, base+length), clipped where the address would wrap. */
static status_t add_ram(struct boot_info *out, uint64_t base, uint64_t length)
{
    uint64_t end = length > UINT64_MAX - base ? UINT64_MAX : base + length;
    uint64_t start =
        base > UINT64_MAX - (PAGE_BYTES - 1) ? UINT64_MAX : base + (PAGE_BYTES - 1);

    start -= start % PAGE_BYTES;
    end -= end % PAGE_BYTES;
    return start < end ? add_range(out, start, end) : OK;
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
        status_t st = OK;

        if (load32(tag + at + 16) == RAM)
            st = add_ram(out, load64(tag + at), load64(tag + at + 8));
        if (st != OK)
            return st;
    }
    return OK;
}

static bool overlaps(const struct boot_info *out, uint64_t start, uint64_t end)
{
    for (uint32_t i = 0; i < out->module_count; i++)
        if (start < out->module[i].end && out->module[i].start < end)
            return true;
    return false;
}

static status_t module_tag(const uint8_t *tag, uint32_t size, struct boot_info *out)
{
    struct boot_info_module *m = &out->module[out->module_count];
    uint64_t start, end;

    if (size < MODULE_BYTES || out->module_count == BOOT_MODULES_MAX)
        return E_INVAL;
    start = load32(tag + 8);
    end = load32(tag + 12);
    if (start > end || start % PAGE_BYTES != 0 || overlaps(out, start, end))
        return E_INVAL;
    m->start = start;
    m->end = end;
    copy_text(m->name, sizeof m->name, tag + MODULE_BYTES, size - MODULE_BYTES);
    out->module_count++;
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
            return out->range_count > 0 ? OK : E_INVAL;
        if (size < TAG_BYTES || size > length - at)
            return E_INVAL;
        st = one_tag(bytes + at, type, size, out);
        if (st != OK)
            return st;
        at += ((uint64_t)size + 7) / 8 * 8;
    }
    return E_INVAL;
}
