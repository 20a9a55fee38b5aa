/* Names: one table, looked up outwards through the blocks. */
#include "gen.h"
#include <string.h>

struct scope *scope_push(struct gen *g)
{
    struct scope *s = arena_take(&g->source->arena, sizeof(*s));
    s->parent = g->scope;
    s->todo = g->scope && g->scope->todo;
    g->scope = s;
    return s;
}

void scope_pop(struct gen *g)
{
    struct scope *s = g->scope;
    for (const struct patch *p = s->skips; p; p = p->next)
        emit_patch(g, p->lane, p->at);
    for (struct symbol *symbol = s->symbols; symbol; symbol = symbol->next)
        if (symbol->type == TYPE_DEF && !symbol->calls)
            gen_uncalled(g, symbol);
    if (g->lint)
        lint_scope(g, s);
    g->scope = s->parent;
}

struct symbol *scope_find(struct gen *g, struct slice name)
{
    for (struct scope *scope = g->scope; scope; scope = scope->parent)
        for (struct symbol *s = scope->symbols; s; s = s->next)
            if (slice_same(s->name, name))
                return s;
    return NULL;
}

struct symbol *scope_add(struct gen *g, struct slice name, enum type type, struct place at)
{
    struct symbol *s = arena_take(&g->source->arena, sizeof(*s));
    *s = (struct symbol){ .name = name,
                          .origin = name,
                          .type = type,
                          .maker = at,
                          .name_at = at,
                          .client = PROGRAM_NONE,
                          .site = PROGRAM_NONE,
                          .next = g->scope->symbols };
    g->scope->symbols = s;
    return s;
}

struct scope *scope_of_handles(struct gen *g)
{
    struct scope *scope = g->scope;
    while (scope->transparent)
        scope = scope->parent;
    return scope;
}

const char *scope_text(struct gen *g, const char *format, struct slice a)
{
    char pattern[160];
    size_t n = 0;
    /* %s stands for the slice */
    const char *mark = strstr(format, "%s");
    n = (size_t)(mark - format);
    memcpy(pattern, format, n);
    pattern[n] = '\0';
    return arena_printf(&g->source->arena, "%s%.*s%s", pattern, (int)a.n, a.p, mark + 2);
}

struct finding *scope_error(struct gen *g, struct place at, const char *text, const char *help,
                            const struct symbol *made)
{
    struct finding *f = source_error(g->source, at, text);
    f->help = help;
    if (made && made->name_at.bytes) {
        f->has_maker = true;
        f->maker = made->maker;
        f->remark = scope_text(g, "'%s' was made here", made->origin);
    }
    return f;
}

static const char *nearest_name(struct gen *g, struct slice name)
{
    enum { CANDIDATES = 256 };
    const char *candidate[CANDIDATES];
    size_t n = 0;
    for (struct scope *scope = g->scope; scope; scope = scope->parent)
        for (struct symbol *s = scope->symbols; s && n < CANDIDATES; s = s->next)
            candidate[n++] = scope_text(g, "%s", s->name);
    return source_nearest(name, candidate, n);
}

struct symbol *scope_need(struct gen *g, struct slice name, struct place at)
{
    return scope_need_or(g, name, at,
                         "a name is known from the statement that makes it to the end of its "
                         "block");
}

struct symbol *scope_need_or(struct gen *g, struct slice name, struct place at,
                             const char *help)
{
    struct symbol *s = scope_find(g, name);
    if (s)
        return s;
    const char *near = nearest_name(g, name);
    if (near)
        help = arena_printf(&g->source->arena, "did you mean %s?", near);
    scope_error(g, at, scope_text(g, "'%s' is not known here", name), help, NULL);
    /* so that it is told once */
    s = scope_add(g, name, TYPE_ANY, at);
    s->name_at.bytes = 0;
    return s;
}

const char *scope_type_name(struct gen *g, const struct symbol *s)
{
    static const char *const names[] = {
        [TYPE_ANY] = "unknown",
        [TYPE_NUMBER] = "a number",
        [TYPE_SPACE] = "a space",
        [TYPE_FRAME] = "a frame",
        [TYPE_FRAMES] = "several frames",
        [TYPE_SOME] = "frames",
        [TYPE_HUGE] = "a huge run of frames",
        [TYPE_DEVICE] = "a device",
        [TYPE_CURSOR] = "a read cursor",
        [TYPE_CURSOR_MUT] = "a cursor_mut",
        [TYPE_READER] = "a reader",
        [TYPE_WRITER] = "a writer",
        [TYPE_RAW] = "a raw handle",
        [TYPE_CLIENT] = "a client",
        [TYPE_TAG] = "a tag",
        [TYPE_DEF] = "a def",
    };
    if (s->type == TYPE_FRAMES && s->count)
        return arena_printf(&g->source->arena, "an array of %u frames", s->count);
    return names[s->type];
}
