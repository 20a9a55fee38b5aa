/* The JSON map: what the host needs to tell a record in the words of the script. */
#include "compile.h"
#include <string.h>

/* Bytes of one well-formed UTF-8 character at p, 0 if there is none. */
static size_t character(const unsigned char *p, size_t n)
{
    size_t length = p[0] < 0x80                   ? 1
                    : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
                    : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
                    : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                                  : 0;
    if (!length || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
        return 0;
    return length;
}

/* A JSON string; bytes that are no UTF-8 become the characters of the same number. */
static void string(FILE *out, struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    fputc('"', out);
    for (size_t i = 0; i < s.n;) {
        size_t length = character(p + i, s.n - i);
        if (length == 0 || p[i] < ' ' || p[i] == 0x7f) {
            fprintf(out, "\\u%04x", p[i++]);
        } else if (p[i] == '"' || p[i] == '\\') {
            fprintf(out, "\\%c", p[i++]);
        } else {
            fwrite(p + i, 1, length, out);
            i += length;
        }
    }
    fputc('"', out);
}

static void word(FILE *out, const char *s)
{
    string(out, (struct slice){ s, strlen(s) });
}

/* Source text on one line: runs of blanks outside quotes are one, comments are left out. */
static void source_words(struct compiled *c, FILE *out, struct slice s, bool head)
{
    char *line = arena_take(&c->source.arena, s.n + 1);
    size_t n = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        char x = s.p[i];
        bool join = x == '\\' && i + 1 < s.n && strchr(" \t\r\n", s.p[i + 1]);
        if (!quoted && (x == '{' && head))
            break;
        if (!quoted && x == '#')
            while (i + 1 < s.n && s.p[i + 1] != '\n')
                i++;
        else if (!quoted && (join || strchr(" \t\r\n", x)))
            n += n && line[n - 1] != ' ' ? (line[n] = ' ', 1) : 0;
        else
            line[n++] = x;
        if (x == '"' && !(quoted && i && s.p[i - 1] == '\\'))
            quoted = !quoted;
    }
    while (n && line[n - 1] == ' ')
        n--;
    string(out, (struct slice){ line, n });
}

static bool has_block(enum stmt_kind kind)
{
    return kind == STMT_GROUP || kind == STMT_PAR || kind == STMT_REPEAT ||
           kind == STMT_INTERLEAVE || kind == STMT_CHOOSE || kind == STMT_IF ||
           kind == STMT_DEF;
}

static void at(struct compiled *c, FILE *out, struct place place)
{
    fprintf(out, "\"file\":%u,\"line\":%u,\"column\":%u", place.file,
            source_line(&c->source, place), source_column(&c->source, place));
}

static const char *const kinds[SITE_KINDS] = { "request", "await", "blocked",    "check",
                                               "group",   "skip",  "todo",       "note",
                                               "dump",    "needs", "interleave", "par",
                                               "control" };

/* Statements that are known by their string. */
static bool is_saying(uint8_t kind)
{
    return kind == SITE_GROUP || kind == SITE_SKIP || kind == SITE_TODO || kind == SITE_NOTE ||
           kind == SITE_DUMP;
}

/* The statement without its expectation. */
static struct slice statement(const struct compiled *c, const struct stmt *s)
{
    struct slice text = source_text(&c->source, s->at);
    if (s->has_expect && s->expect_at.offset > s->at.offset)
        text.n = s->expect_at.offset - s->at.offset;
    while (s->has_expect && text.n && strchr(" \t\r\n\\=>", text.p[text.n - 1]))
        text.n--;
    return text;
}

static void optional(FILE *out, const char *key, uint32_t value, uint32_t none)
{
    if (value != none)
        fprintf(out, ",\"%s\":%u", key, value);
}

static uint32_t group_id(const struct gen *g, uint32_t site)
{
    uint32_t id = 0;
    for (uint32_t i = 0; i <= site; i++)
        id += g->sites[i].site.kind == SITE_GROUP;
    return id;
}

static void request(struct compiled *c, FILE *out, const struct site_info *info)
{
    const struct gen *g = &c->gen;
    fputs(",\"op\":", out);
    string(out, source_text(&c->source, info->stmt->request->at));
    optional(out, "client", info->site.client, PROGRAM_NONE16);
    optional(out, "name", info->site.name, PROGRAM_NONE);
    if (info->stmt->request->tag.n) {
        fputs(",\"tag\":", out);
        string(out, g->strings[g->tags[info->site.tag]]);
    }
}

static void waiting(FILE *out, const struct site_info *info)
{
    const struct word *tag = info->stmt->words;
    fputs(",\"tag\":", out);
    string(out, tag->text);
    optional(out, "tag_site", info->tag_site, PROGRAM_NONE);
    if (tag->next) {
        fputs(",\"by\":", out);
        string(out, tag->next->text);
    }
}

static void site(struct compiled *c, FILE *out, uint32_t i)
{
    const struct gen *g = &c->gen;
    const struct site_info *info = &g->sites[i];
    const struct stmt *s = info->stmt;
    fprintf(out, "{\"id\":%u,\"kind\":\"%s\",\"point\":%s,\"todo\":%s,", i,
            kinds[info->site.kind], info->site.flags & SITE_POINT ? "true" : "false",
            info->site.flags & SITE_IN_TODO ? "true" : "false");
    at(c, out, s->at);
    fputs(",\"text\":", out);
    if (is_saying(info->site.kind))
        string(out, s->text);
    else
        source_words(c, out, source_text(&c->source, s->at), has_block(s->kind));
    if (s->has_expect) {
        fputs(",\"asked\":", out);
        source_words(c, out, statement(c, s), false);
        fputs(",\"expect\":", out);
        source_words(c, out, source_text(&c->source, s->expect_at), false);
    }
    if (info->site.kind == SITE_REQUEST)
        request(c, out, info);
    if (info->site.kind == SITE_AWAIT || info->site.kind == SITE_BLOCKED)
        waiting(out, info);
    if (info->group == PROGRAM_NONE)
        fputs(",\"group\":null", out);
    else
        fprintf(out, ",\"group\":%u", group_id(g, info->group));
    if (info->via) {
        fputs(",\"via\":[", out);
        for (const struct expansion *e = info->via; e; e = e->outer) {
            fputc('{', out);
            at(c, out, e->call);
            fputs(e->outer ? "}," : "}", out);
        }
        fputc(']', out);
    }
    fputc('}', out);
}

static void groups(struct compiled *c, FILE *out)
{
    const struct gen *g = &c->gen;
    uint32_t id = 0;
    for (uint32_t i = 0; i < g->site_count; i++) {
        const struct site_info *info = &g->sites[i];
        if (info->site.kind != SITE_GROUP)
            continue;
        fprintf(out, "%s\n{\"id\":%u,\"site\":%u,\"name\":", id ? "," : "", id + 1, i);
        string(out, info->stmt->text);
        if (info->group == PROGRAM_NONE)
            fputs(",\"parent\":null,", out);
        else
            fprintf(out, ",\"parent\":%u,", group_id(g, info->group));
        at(c, out, info->stmt->at);
        fprintf(out, ",\"points\":%u}", info->points);
        id++;
    }
}

static void needs(struct compiled *c, FILE *out)
{
    const struct gen *g = &c->gen;
    bool any = false;
    for (uint32_t i = 0; i < g->site_count; i++) {
        const struct stmt *s = g->sites[i].stmt;
        if (g->sites[i].site.kind != SITE_NEEDS)
            continue;
        fprintf(out, "%s{\"kind\":\"%s\",", any ? "," : "",
                s->variant == NEEDS_EXPR      ? "expr"
                : s->variant == NEEDS_BACKEND ? "backend"
                                              : "feature");
        fprintf(out, "\"site\":%u,", i);
        if (s->variant != NEEDS_EXPR) {
            fputs("\"name\":", out);
            string(out, s->name);
            fputc(',', out);
        }
        fputs("\"text\":", out);
        source_words(c, out, source_text(&c->source, s->at), false);
        fputc('}', out);
        any = true;
    }
}

static void strings(struct compiled *c, FILE *out, const char *key, const uint32_t *entry,
                    uint32_t count)
{
    fprintf(out, ",\n\"%s\":[", key);
    for (uint32_t i = 0; i < count; i++) {
        fputs(i ? "," : "", out);
        string(out, c->gen.strings[entry[i]]);
    }
    fputc(']', out);
}

static void head(struct compiled *c, FILE *out)
{
    const struct gen *g = &c->gen;
    fprintf(out, "{\"format\":1,\"crc\":%u,\"bytes\":%u,\"points\":%u,\"script\":", c->crc,
            c->bytes, g->points);
    word(out, c->source.file[0].path);
    fputs(",\n\"test\":", out);
    if (g->test)
        string(out, g->test->text);
    else
        fputs("null", out);
    fputs(",\"tags\":[", out);
    for (const struct word *w = g->test ? g->test->words : NULL; w; w = w->next) {
        string(out, w->text);
        fputs(w->next ? "," : "", out);
    }
    fprintf(out, "],\"timeout_us\":%llu,\"seed\":%llu,\n\"needs\":[",
            (unsigned long long)g->timeout_us, (unsigned long long)g->seed);
    needs(c, out);
    fputs("],\n\"files\":[", out);
    for (uint32_t i = 0; i < c->source.files; i++) {
        fputs(i ? "," : "", out);
        word(out, c->source.file[i].path);
    }
    fputc(']', out);
}

void map_write(struct compiled *c, FILE *out)
{
    const struct gen *g = &c->gen;
    head(c, out);
    strings(c, out, "clients", g->clients, g->client_count);
    fputs(",\n\"names\":[", out);
    for (uint32_t i = 0; i < g->name_count; i++) {
        fputs(i ? ",{\"name\":" : "{\"name\":", out);
        string(out, g->strings[g->names[i]]);
        fprintf(out, ",\"array\":%s}", g->name_is_array[i] ? "true" : "false");
    }
    fputs("],\n\"counters\":[", out);
    bool any = false;
    for (uint32_t i = 0; i < COUNTER_COUNT; i++)
        if (g->counters >> i & 1) {
            fputs(any ? "," : "", out);
            word(out, op_counter_name(i));
            any = true;
        }
    fputs("],\n\"groups\":[", out);
    groups(c, out);
    fputs("],\n\"sites\":[", out);
    for (uint32_t i = 0; i < g->site_count; i++) {
        fputs(i ? ",\n" : "\n", out);
        site(c, out, i);
    }
    fputs("]}\n", out);
}
