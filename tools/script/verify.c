/* Is a program whole? The interpreter checks the same things while it runs. */
#include "compile.h"
#include <string.h>

struct view {
    const uint8_t *image;
    struct program_header h;
};

static bool section_fits(const struct view *v, struct program_section s, size_t size,
                         size_t most)
{
    return s.count <= most && s.offset % 8 == 0 && s.offset <= v->h.bytes &&
           s.count <= (v->h.bytes - s.offset) / size;
}

static bool sections_fit(const struct view *v)
{
    const struct program_header *h = &v->h;
    return section_fits(v, h->code, sizeof(struct program_insn), PROGRAM_CODE_MAX) &&
           section_fits(v, h->sites, sizeof(struct program_site), PROGRAM_SITES_MAX) &&
           section_fits(v, h->numbers, sizeof(uint64_t), PROGRAM_NUMBERS_MAX) &&
           section_fits(v, h->strings, sizeof(struct program_string), PROGRAM_STRINGS_MAX) &&
           section_fits(v, h->names, sizeof(uint32_t), PROGRAM_NAMES_MAX) &&
           section_fits(v, h->clients, sizeof(uint32_t), PROGRAM_CLIENTS_MAX) &&
           section_fits(v, h->tags, sizeof(uint32_t), PROGRAM_TAGS_MAX) &&
           section_fits(v, h->data, 1, PROGRAM_BYTES_MAX);
}

static bool strings_fit(const struct view *v)
{
    struct program_string s;
    for (uint32_t i = 0; i < v->h.strings.count; i++) {
        memcpy(&s, v->image + v->h.strings.offset + i * sizeof(s), sizeof(s));
        if (s.offset > v->h.data.count || s.bytes > v->h.data.count - s.offset)
            return false;
    }
    const struct program_section table[] = { v->h.names, v->h.clients, v->h.tags };
    for (size_t t = 0; t < 3; t++)
        for (uint32_t i = 0; i < table[t].count; i++) {
            uint32_t string;
            memcpy(&string, v->image + table[t].offset + i * sizeof(string), sizeof(string));
            if (string >= v->h.strings.count)
                return false;
        }
    return true;
}

static bool below(uint32_t index, uint32_t none, uint32_t count)
{
    return index == none || index < count;
}

static bool sites_fit(const struct view *v)
{
    struct program_site s;
    for (uint32_t i = 0; i < v->h.sites.count; i++) {
        memcpy(&s, v->image + v->h.sites.offset + i * sizeof(s), sizeof(s));
        uint32_t names = s.kind == SITE_REQUEST ? v->h.names.count : v->h.strings.count;
        if (s.kind >= SITE_KINDS || s.op >= SCRIPT_OPS || !below(s.name, PROGRAM_NONE, names) ||
            !below(s.client, PROGRAM_NONE16, v->h.clients.count) ||
            !below(s.tag, PROGRAM_NONE16, v->h.tags.count) ||
            !below(s.slot, PROGRAM_NONE16, v->h.slots) || s.operands > v->h.stack)
            return false;
    }
    return true;
}

/* The bound of operand c, and whether it is a jump. */
static uint32_t bound(const struct view *v, const struct program_insn *i, bool *jump)
{
    *jump = false;
    switch ((int)i->op) {
    case PROG_CONST:
        return v->h.numbers.count;
    case PROG_STRING:
        return v->h.strings.count;
    case PROG_CLIENT:
    case PROG_NUMBER:
        return v->h.clients.count;
    case PROG_TAG:
        return v->h.tags.count;
    case PROG_LOAD:
    case PROG_LOADX:
    case PROG_STORE:
        return v->h.slots;
    case PROG_STAT:
        return COUNTER_COUNT;
    case PROG_JUMP:
    case PROG_JZ:
    case PROG_REPEAT:
    case PROG_NEXT:
    case PROG_LANE:
        *jump = true;
        return v->h.code.count;
    case PROG_GROUP:
    case PROG_ENDGROUP:
    case PROG_PAR:
    case PROG_INTERLEAVE:
    case PROG_DECLARE:
    case PROG_NEEDS:
    case PROG_SKIP:
    case PROG_TODO:
    case PROG_NOTE:
    case PROG_DUMP:
    case PROG_SETTLE:
    case PROG_REQUEST:
    case PROG_AWAIT:
    case PROG_BLOCKED:
    case PROG_CHECK:
        return v->h.sites.count;
    default:
        return UINT32_MAX;
    }
}

static bool code_fits(const struct view *v)
{
    struct program_insn i;
    for (uint32_t pc = 0; pc < v->h.code.count; pc++) {
        memcpy(&i, v->image + v->h.code.offset + pc * sizeof(i), sizeof(i));
        bool jump;
        uint32_t most = i.op < PROG_OPS ? bound(v, &i, &jump) : 0;
        uint32_t value = i.op < PROG_OPS && jump ? pc + i.c : i.c;
        bool fits = most == UINT32_MAX || value < most;
        if (i.op == PROG_UNBIND)
            fits = i.b == 0 || (i.c < v->h.slots && i.b <= v->h.slots - i.c);
        if (i.op == PROG_REPEAT || i.op == PROG_NEXT)
            fits = fits && i.b + 1u < v->h.slots;
        if (i.op == PROG_LANE || i.op == PROG_DECLARE)
            fits = fits && i.b < v->h.clients.count;
        if (!fits)
            return false;
    }
    return true;
}

const char *verify_program(const uint8_t *image, size_t bytes)
{
    struct view v = { .image = image };
    if (bytes < sizeof(v.h))
        return "too short";
    memcpy(&v.h, image, sizeof(v.h));
    if (v.h.magic != PROGRAM_MAGIC || v.h.version != PROGRAM_VERSION ||
        v.h.header_bytes != sizeof(v.h))
        return "no program of this version";
    if (v.h.bytes < sizeof(v.h) || v.h.bytes > bytes)
        return "truncated";
    if (v.h.slots > PROGRAM_SLOTS_MAX || v.h.stack > PROGRAM_STACK_MAX ||
        v.h.lanes > PROGRAM_LANES_MAX)
        return "needs too much";
    if (!sections_fit(&v) || !v.h.code.count)
        return "a section is outside the file";
    if (!strings_fit(&v))
        return "a string is outside the data";
    if (!sites_fit(&v))
        return "a site refers to nothing";
    return code_fits(&v) ? NULL : "an instruction refers to nothing";
}
