/* The whole path from text to program, and the program's file. */
#include "compile.h"
#include <string.h>

static uint32_t crc32(const uint8_t *p, size_t n)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static uint32_t rounded(uint32_t n)
{
    return (n + 7) & ~7u;
}

/* Place a section of count entries at *end. */
static struct program_section section(uint32_t *end, uint32_t count, size_t size)
{
    struct program_section s = { *end, count };
    *end = rounded(*end + count * (uint32_t)size);
    return s;
}

static struct program_header header(const struct gen *g)
{
    struct program_header h = { .magic = PROGRAM_MAGIC,
                                .version = PROGRAM_VERSION,
                                .header_bytes = sizeof(h),
                                .seed = g->seed,
                                .timeout_us = g->timeout_us,
                                .slots = g->slots,
                                .stack = g->lane[0].depth_max,
                                .lanes = g->lanes_max,
                                .points = g->points };
    uint32_t end = rounded(sizeof(h));
    h.code = section(&end, g->lane[0].count, sizeof(struct program_insn));
    h.sites = section(&end, g->site_count, sizeof(struct program_site));
    h.numbers = section(&end, g->number_count, sizeof(uint64_t));
    h.strings = section(&end, g->string_count, sizeof(struct program_string));
    h.names = section(&end, g->name_count, sizeof(uint32_t));
    h.clients = section(&end, g->client_count, sizeof(uint32_t));
    h.tags = section(&end, g->tag_count, sizeof(uint32_t));
    h.data = section(&end, g->data_bytes, 1);
    h.bytes = end;
    return h;
}

static void put(uint8_t *image, struct program_section s, const void *from, size_t size)
{
    if (s.count)
        memcpy(image + s.offset, from, s.count * size);
}

static void write_image(struct compiled *c)
{
    const struct gen *g = &c->gen;
    struct program_header h = header(g);
    c->bytes = h.bytes;
    uint8_t *image = c->image = arena_take(&c->source.arena, h.bytes);
    memcpy(image, &h, sizeof(h));
    put(image, h.code, g->lane[0].code, sizeof(struct program_insn));
    for (uint32_t i = 0; i < g->site_count; i++)
        memcpy(image + h.sites.offset + i * sizeof(struct program_site), &g->sites[i].site,
               sizeof(struct program_site));
    put(image, h.numbers, g->numbers, sizeof(uint64_t));
    uint32_t at = 0;
    for (uint32_t i = 0; i < g->string_count; i++) {
        struct program_string s = { at, (uint32_t)g->strings[i].n };
        memcpy(image + h.strings.offset + i * sizeof(s), &s, sizeof(s));
        if (s.bytes)
            memcpy(image + h.data.offset + at, g->strings[i].p, s.bytes);
        at += s.bytes;
    }
    put(image, h.names, g->names, sizeof(uint32_t));
    put(image, h.clients, g->clients, sizeof(uint32_t));
    put(image, h.tags, g->tags, sizeof(uint32_t));
    c->crc = crc32(image, c->bytes);
}

void compile_text(struct compiled *c, const char *path, const char *text, size_t bytes,
                  const struct compile_options *options)
{
    int file = source_add(&c->source, path, text, bytes);
    if (file < 0) {
        source_add(&c->source, path, "", 0);
        source_error(&c->source, (struct place){ 0, 0, 0 }, "the file is too large")->help =
            "a script has at most 1 MiB";
        return;
    }
    struct stmt *script =
        parse_file(&c->source, (uint32_t)file, options->include, options->context);
    gen_script(&c->gen, &c->source, script, options->lint);
    if (options->seeded)
        c->gen.seed = options->seed;
    c->good = !c->source.errors;
    if (c->good)
        write_image(c);
}

void compile_free(struct compiled *c)
{
    source_free(&c->source);
    *c = (struct compiled){ 0 };
}
