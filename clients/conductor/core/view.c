/* Checking a program's header and sections. */
#include "clients/conductor/core/view.h"

enum { ALIGNMENT = 8 };

/* Where a section stands in the header, how large its entries are, how many there may be. */
struct rule {
    size_t at;
    uint32_t entry, most;
};

static const struct rule rules[] = {
    { offsetof(struct program_header, code), sizeof(struct program_insn), PROGRAM_CODE_MAX },
    { offsetof(struct program_header, sites), sizeof(struct program_site), PROGRAM_SITES_MAX },
    { offsetof(struct program_header, numbers), sizeof(uint64_t), PROGRAM_NUMBERS_MAX },
    { offsetof(struct program_header, strings), sizeof(struct program_string),
      PROGRAM_STRINGS_MAX },
    { offsetof(struct program_header, names), sizeof(uint32_t), PROGRAM_NAMES_MAX },
    { offsetof(struct program_header, clients), sizeof(uint32_t), PROGRAM_CLIENTS_MAX },
    { offsetof(struct program_header, tags), sizeof(uint32_t), PROGRAM_TAGS_MAX },
    { offsetof(struct program_header, data), 1, PROGRAM_BYTES_MAX },
};
enum { RULES = sizeof rules / sizeof *rules };

static bool header_fits(const struct program_header *h, size_t bytes)
{
    return h->magic == PROGRAM_MAGIC && h->version == PROGRAM_VERSION &&
           h->header_bytes == sizeof *h && h->bytes >= sizeof *h && h->bytes <= bytes &&
           h->slots <= PROGRAM_SLOTS_MAX && h->stack <= PROGRAM_STACK_MAX &&
           h->lanes <= PROGRAM_LANES_MAX && h->code.count && h->clients.count;
}

static bool section_fits(const struct program_header *h, const struct rule *rule)
{
    const struct program_section *s = (const void *)((const uint8_t *)h + rule->at);

    return s->count <= rule->most && s->offset % ALIGNMENT == 0 && s->offset <= h->bytes &&
           (uint64_t)s->count * rule->entry <= h->bytes - s->offset;
}

bool view_init(struct view *view, const void *file, size_t bytes, uint32_t *offset)
{
    const struct program_header *h = file;
    const uint8_t *base = file;

    *offset = 0;
    if (bytes < sizeof *h || (uintptr_t)file % ALIGNMENT || !header_fits(h, bytes))
        return false;
    for (size_t i = 0; i < RULES; i++) {
        *offset = (uint32_t)rules[i].at;
        if (!section_fits(h, &rules[i]))
            return false;
    }
    *view = (struct view){
        .header = h,
        .code = (const void *)(base + h->code.offset),
        .sites = (const void *)(base + h->sites.offset),
        .numbers = (const void *)(base + h->numbers.offset),
        .strings = (const void *)(base + h->strings.offset),
        .names = (const void *)(base + h->names.offset),
        .clients = (const void *)(base + h->clients.offset),
        .tags = (const void *)(base + h->tags.offset),
        .data = base + h->data.offset,
    };
    return true;
}

struct view_string view_string(const struct view *view, uint32_t index)
{
    if (index >= view->header->strings.count)
        return (struct view_string){ view->data, 0 };
    struct program_string s = view->strings[index];
    uint32_t room = view->header->data.count;
    if (s.offset > room || s.bytes > room - s.offset || s.bytes > PROGRAM_STRING_MAX)
        return (struct view_string){ view->data, 0 };
    return (struct view_string){ view->data + s.offset, s.bytes };
}

const struct program_site *view_site(const struct view *view, uint32_t index)
{
    return view->header && index < view->header->sites.count ? &view->sites[index] : NULL;
}
