#include "base/elf.h"

#include <string.h>

enum { TYPE_EXEC = 2, MACHINE_X86_64 = 62, FLAG_X = 1, FLAG_W = 2, FLAG_R = 4 };
enum { SEGMENT_LOAD = 1, SEGMENT_DYNAMIC = 2, SEGMENT_INTERP = 3, SEGMENT_TLS = 7 };

/* The file's own layout. */
struct file_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_offset, section_offset;
    uint32_t flags;
    uint16_t header_bytes, program_bytes, program_count, section_bytes, section_count, names;
};
static_assert(sizeof(struct file_header) == 64, "ELF-64 header");

struct program_header {
    uint32_t type, flags;
    uint64_t offset, va, pa, file_bytes, mem_bytes, align;
};
static_assert(sizeof(struct program_header) == 56, "ELF-64 program header");

/* 64-bit, little-endian, version 1. */
static const uint8_t magic[7] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

static bool header_ok(const struct file_header *h, uint64_t length)
{
    return memcmp(h->ident, magic, sizeof magic) == 0 && h->type == TYPE_EXEC &&
           h->machine == MACHINE_X86_64 && h->program_bytes == sizeof(struct program_header) &&
           h->program_offset <= length &&
           h->program_count <= (length - h->program_offset) / sizeof(struct program_header);
}

static bool rights_ok(uint32_t flags)
{
    return (flags & FLAG_R) != 0 && (flags & (FLAG_W | FLAG_X)) != (FLAG_W | FLAG_X);
}

static bool place_ok(const struct program_header *p)
{
    return p->va % PAGE_BYTES == 0 && p->va >= PAGE_BYTES && p->va < USER_END &&
           p->mem_bytes <= USER_END - p->va;
}

static bool segment_ok(const struct program_header *p, uint64_t length)
{
    return p->offset <= length && p->file_bytes <= length - p->offset &&
           p->file_bytes <= p->mem_bytes && place_ok(p) && rights_ok(p->flags);
}

/* After the last one, on a page of its own. */
static bool follows(const struct elf_image *out, vaddr_t va)
{
    const struct elf_segment *last;

    if (out->segments == 0)
        return true;
    last = &out->segment[out->segments - 1];
    return va >= last->va && va - last->va >= last->mem_bytes;
}

static uint32_t prop_of(uint32_t flags)
{
    return PROP_R | ((flags & FLAG_W) != 0 ? PROP_W : 0u) |
           ((flags & FLAG_X) != 0 ? PROP_X : 0u);
}

static status_t add(const struct program_header *p, uint64_t length, struct elf_image *out)
{
    if (p->type == SEGMENT_DYNAMIC || p->type == SEGMENT_INTERP || p->type == SEGMENT_TLS)
        return E_INVAL; /* it asks more of a loader than to place bytes */
    if (p->type != SEGMENT_LOAD || (p->mem_bytes == 0 && p->file_bytes == 0))
        return OK;
    if (out->segments == ELF_SEGMENTS_MAX || !segment_ok(p, length) || !follows(out, p->va))
        return E_INVAL;
    out->segment[out->segments++] = (struct elf_segment){
        .va = p->va,
        .file_offset = p->offset,
        .file_bytes = p->file_bytes,
        .mem_bytes = p->mem_bytes,
        .prop = prop_of(p->flags),
    };
    return OK;
}

static bool entry_ok(const struct elf_image *out)
{
    for (uint32_t i = 0; i < out->segments; i++) {
        const struct elf_segment *s = &out->segment[i];

        if ((s->prop & PROP_X) != 0 && out->entry >= s->va && out->entry - s->va < s->mem_bytes)
            return true;
    }
    return false;
}

status_t elf_parse(const uint8_t *bytes, uint64_t length, struct elf_image *out)
{
    struct file_header h;

    memset(out, 0, sizeof *out);
    if (length < sizeof h)
        return E_INVAL;
    memcpy(&h, bytes, sizeof h);
    if (!header_ok(&h, length))
        return E_INVAL;
    out->entry = h.entry;
    for (uint32_t i = 0; i < h.program_count; i++) {
        struct program_header p;
        status_t st;

        memcpy(&p, bytes + h.program_offset + i * sizeof p, sizeof p);
        st = add(&p, length, out);
        if (st != OK)
            return st;
    }
    return entry_ok(out) ? OK : E_INVAL;
}
