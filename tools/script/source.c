/* Source files, places, findings. */
#include "source.h"
#include <stdlib.h>
#include <string.h>

int source_add(struct source *s, const char *path, const char *text, size_t bytes)
{
    if (s->files == SOURCE_FILES_MAX || bytes > SOURCE_BYTES_MAX)
        return -1;
    struct source_file *f = &s->file[s->files];
    char *copy = arena_take(&s->arena, bytes + 1);
    if (bytes)
        memcpy(copy, text, bytes);
    uint32_t lines = 1;
    for (size_t i = 0; i < bytes; i++)
        lines += copy[i] == '\n';
    f->path = arena_printf(&s->arena, "%s", path);
    f->text = copy;
    f->bytes = (uint32_t)bytes;
    f->line = arena_take(&s->arena, lines * sizeof(f->line[0]));
    f->lines = 1;
    for (uint32_t i = 0; i < bytes; i++)
        if (copy[i] == '\n')
            f->line[f->lines++] = i + 1;
    return (int)s->files++;
}

uint32_t source_line(const struct source *s, struct place at)
{
    const struct source_file *f = &s->file[at.file];
    uint32_t low = 0, high = f->lines;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (f->line[middle] <= at.offset)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

/* Bytes 10xxxxxx continue a character. */
static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

uint32_t source_column(const struct source *s, struct place at)
{
    const struct source_file *f = &s->file[at.file];
    uint32_t column = 1;
    for (uint32_t i = f->line[source_line(s, at) - 1]; i < at.offset; i++)
        column += starts_character(f->text[i]);
    return column;
}

struct slice source_text(const struct source *s, struct place at)
{
    return (struct slice){ s->file[at.file].text + at.offset, at.bytes };
}

static struct finding *add(struct source *s, enum finding_kind kind, struct place at,
                           const char *text)
{
    for (uint32_t i = 0; i < s->findings; i++) {
        struct finding *f = s->finding[i];
        if (f->at.file == at.file && f->at.offset == at.offset && strcmp(f->text, text) == 0)
            return f;
    }
    struct finding *f = arena_take(&s->arena, sizeof(*f));
    *f = (struct finding){ .kind = kind, .at = at, .text = text, .order = s->findings };
    s->errors += kind == FINDING_ERROR;
    if (s->findings < SOURCE_ERRORS_KEPT)
        s->finding[s->findings++] = f;
    else
        s->full = true;
    return f;
}

struct finding *source_error(struct source *s, struct place at, const char *text)
{
    return add(s, FINDING_ERROR, at, text);
}

struct finding *source_warning(struct source *s, struct place at, const char *text)
{
    return add(s, FINDING_WARNING, at, text);
}

enum { LINE_SHOWN = 200 };

/* One source line with its number; control characters as blanks. Answers the width. */
static uint32_t print_line(const struct source *s, struct place at, FILE *out)
{
    const struct source_file *f = &s->file[at.file];
    uint32_t line = source_line(s, at), width = 0;
    fprintf(out, "%5u | ", line);
    for (uint32_t i = f->line[line - 1]; i < f->bytes && f->text[i] != '\n'; i++) {
        unsigned char c = (unsigned char)f->text[i];
        if (c == '\r')
            continue;
        width += starts_character((char)c);
        if (width > LINE_SHOWN)
            break;
        fputc(c < ' ' || c == 0x7f ? ' ' : c, out);
    }
    return width;
}

static void print_finding(const struct source *s, const struct finding *f, FILE *out)
{
    enum { REMARK_COLUMN = 36, REMARK_GAP = 2 };
    uint32_t column = source_column(s, f->at);
    fprintf(out, "%s:%u:%u: %s: %s\n", s->file[f->at.file].path, source_line(s, f->at), column,
            f->kind == FINDING_ERROR ? "error" : "warning", f->text);
    print_line(s, f->at, out);
    fprintf(out, "\n      | %*s^\n", column <= LINE_SHOWN ? (int)column - 1 : LINE_SHOWN, "");
    if (f->has_maker) {
        uint32_t width = print_line(s, f->maker, out);
        uint32_t gap = width + REMARK_GAP < REMARK_COLUMN ? REMARK_COLUMN - width : REMARK_GAP;
        fprintf(out, "%*s%s", (int)gap, "", f->remark);
        if (f->maker.file != f->at.file)
            fprintf(out, " (%s)", s->file[f->maker.file].path);
        fputc('\n', out);
    }
    if (f->help)
        fprintf(out, "      = help: %s\n", f->help);
}

static int by_place(const void *left, const void *right)
{
    const struct finding *a = *(struct finding *const *)left;
    const struct finding *b = *(struct finding *const *)right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->at.file != b->at.file)
        return a->at.file < b->at.file ? -1 : 1;
    if (a->at.offset != b->at.offset)
        return a->at.offset < b->at.offset ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

void source_print(struct source *s, FILE *out)
{
    qsort(s->finding, s->findings, sizeof(s->finding[0]), by_place);
    for (uint32_t i = 0; i < s->findings && i < SOURCE_ERRORS_SHOWN; i++)
        print_finding(s, s->finding[i], out);
    if (s->full)
        fprintf(out, "and more than %d others\n", SOURCE_ERRORS_KEPT - SOURCE_ERRORS_SHOWN);
    else if (s->findings > SOURCE_ERRORS_SHOWN)
        fprintf(out, "and %u more\n", s->findings - SOURCE_ERRORS_SHOWN);
}

void source_free(struct source *s)
{
    arena_free(&s->arena);
    *s = (struct source){ 0 };
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein distance of two short words, two rows at a time. */
static size_t distance(struct slice a, struct slice b)
{
    enum { WORD_MAX = 32 };
    size_t row[WORD_MAX + 1];
    if (a.n > WORD_MAX || b.n > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t above = row[j];
            size_t swap = diagonal + (a.p[i - 1] != b.p[j - 1]);
            row[j] = least(swap, least(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[b.n];
}

const char *source_nearest(struct slice word, const char *const *candidate, size_t count)
{
    const char *best = NULL;
    size_t best_distance = word.n / 3 + 1;
    if (word.n < 2)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, (struct slice){ candidate[i], strlen(candidate[i]) });
        if (d < best_distance || (d == best_distance && !best)) {
            best = candidate[i];
            best_distance = d;
        }
    }
    if (best || word.n < 4)
        return best;
    /* "protect" is far from "protect_next", and yet it is what was meant */
    for (size_t i = 0; i < count; i++)
        if (strncmp(candidate[i], word.p, word.n) == 0 && candidate[i][word.n] == '_')
            return candidate[i];
    return NULL;
}
