/* Sections and instructions of the program being made. */
#include "gen.h"
#include <string.h>

/* Room for one more entry of a growing array in the arena. */
static void *grow(struct gen *g, void *old, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return old;
    *room = *room ? *room * 2 : 64;
    void *bigger = arena_take(&g->source->arena, *room * size);
    if (count)
        memcpy(bigger, old, count * size);
    return bigger;
}

void emit_too_large(struct gen *g, const char *what)
{
    if (g->stop)
        return;
    g->stop = true;
    struct place start = { 0, 0, 0 };
    struct place at = g->expansion ? g->expansion->call : start;
    source_error(g->source, at,
                 arena_printf(&g->source->arena, "the script is too large: %s", what))
        ->help = "split it, or use `repeat` where the text repeats (each `call` is a copy)";
}

/* What an instruction does to the depth of the stack. */
static int effect(const struct gen *g, enum program_op op, uint32_t a, uint32_t b, uint32_t c)
{
    static const signed char fixed[PROG_OPS] = {
        [PROG_PUSH] = 1,   [PROG_CONST] = 1,   [PROG_STRING] = 1,      [PROG_CLIENT] = 1,
        [PROG_TAG] = 1,    [PROG_NONE] = 1,    [PROG_LOAD] = 1,        [PROG_STORE] = -1,
        [PROG_TWO] = -1,   [PROG_STAT] = 1,    [PROG_LEAKS] = 1,       [PROG_ENV] = 1,
        [PROG_JZ] = -1,    [PROG_REPEAT] = -1, [PROG_INTERLEAVE] = -1, [PROG_DECLARE] = -1,
        [PROG_NEEDS] = -1,
    };
    switch ((int)op) {
    case PROG_RAND:
        return a ? -1 : 1;
    case PROG_CHOOSE:
        return -(int)a;
    case PROG_REQUEST:
    case PROG_BLOCKED:
        return -(int)g->sites[c].site.operands;
    case PROG_CHECK:
        return a == CHECK_TRUE ? -1 : a == CHECK_INVARIANTS ? 0 : -2;
    case PROG_EXPECT:
        if (a == OUT_NUMBER || (a == OUT_ERROR && b & OUT_COUNTED))
            return -1;
        if (a == OUT_MAPPED)
            return b & OUT_ANY_FRAME ? -2 : -3;
        return a == OUT_RANGE || a == OUT_HOLE ? -2 : 0;
    default:
        return fixed[op];
    }
}

void emit_depth(struct gen *g, uint32_t lane, int change)
{
    struct lane *l = &g->lane[lane];
    l->depth = (uint32_t)((int)l->depth + change);
    if (l->depth > l->depth_max)
        l->depth_max = l->depth;
}

uint32_t emit(struct gen *g, uint32_t lane, enum program_op op, uint32_t a, uint32_t b,
              uint32_t c)
{
    struct lane *l = &g->lane[lane];
    if (g->muted || g->stop)
        return 0;
    if (l->count >= PROGRAM_CODE_MAX) {
        emit_too_large(g, "more than 65536 instructions");
        return 0;
    }
    l->code = grow(g, l->code, l->count, &l->room, sizeof(l->code[0]));
    l->code[l->count] = (struct program_insn){ (uint8_t)op, (uint8_t)a, (uint16_t)b, c };
    emit_depth(g, lane, effect(g, op, a, b, c));
    return l->count++;
}

uint32_t emit_here(const struct gen *g, uint32_t lane)
{
    return g->lane[lane].count;
}

void emit_patch(struct gen *g, uint32_t lane, uint32_t at)
{
    if (!g->muted && !g->stop)
        g->lane[lane].code[at].c = g->lane[lane].count - at;
}

void emit_number(struct gen *g, uint32_t lane, uint64_t value)
{
    if (value <= UINT32_MAX) {
        emit(g, lane, PROG_PUSH, 0, 0, (uint32_t)value);
        return;
    }
    if (g->muted || g->stop)
        return;
    uint32_t i = 0;
    while (i < g->number_count && g->numbers[i] != value)
        i++;
    if (i == PROGRAM_NUMBERS_MAX) {
        emit_too_large(g, "more than 16384 different numbers");
        return;
    }
    if (i == g->number_count) {
        g->numbers = grow(g, g->numbers, i, &g->number_room, sizeof(g->numbers[0]));
        g->numbers[g->number_count++] = value;
    }
    emit(g, lane, PROG_CONST, 0, 0, i);
}

uint32_t emit_string(struct gen *g, struct slice text)
{
    if (g->muted || g->stop)
        return 0;
    for (uint32_t i = 0; i < g->string_count; i++)
        if (slice_same(g->strings[i], text))
            return i;
    if (g->string_count == PROGRAM_STRINGS_MAX || g->data_bytes + text.n > PROGRAM_BYTES_MAX) {
        emit_too_large(g, "too many texts");
        return 0;
    }
    g->strings = grow(g, g->strings, g->string_count, &g->string_room, sizeof(g->strings[0]));
    g->strings[g->string_count] = text;
    g->data_bytes += (uint32_t)text.n;
    return g->string_count++;
}

/* One of a small table of string numbers; most = its size. */
static uint32_t table(struct gen *g, uint32_t **entries, uint32_t *count, uint32_t most,
                      struct slice text, bool share)
{
    if (g->muted || g->stop)
        return 0;
    uint32_t string = emit_string(g, text);
    for (uint32_t i = 0; share && i < *count; i++)
        if ((*entries)[i] == string)
            return i;
    if (*count == most) {
        emit_too_large(g, "too many names, clients or tags");
        return 0;
    }
    if (!*entries)
        *entries = arena_take(&g->source->arena, most * sizeof(**entries));
    (*entries)[*count] = string;
    return (*count)++;
}

uint32_t emit_name(struct gen *g, struct slice text, bool array)
{
    for (uint32_t i = 0; i < g->name_count; i++)
        if (g->name_is_array[i] == array && slice_same(g->strings[g->names[i]], text))
            return i;
    uint32_t i = table(g, &g->names, &g->name_count, PROGRAM_NAMES_MAX, text, false);
    if (i < PROGRAM_NAMES_MAX)
        g->name_is_array[i] = array;
    return i;
}

uint32_t emit_client(struct gen *g, struct slice text, struct place at)
{
    if (g->client_count == PROGRAM_CLIENTS_MAX && !g->stop) {
        source_error(g->source, at, "too many clients")->help =
            "a script has at most 16, `main` included";
        return 0;
    }
    return table(g, &g->clients, &g->client_count, PROGRAM_CLIENTS_MAX, text, true);
}

uint32_t emit_tag(struct gen *g, struct slice text)
{
    return table(g, &g->tags, &g->tag_count, PROGRAM_TAGS_MAX, text, false);
}

uint32_t emit_site(struct gen *g, const struct stmt *s, enum site_kind kind)
{
    if (g->muted || g->stop)
        return 0;
    if (g->site_count == PROGRAM_SITES_MAX) {
        emit_too_large(g, "more than 16384 statements");
        return 0;
    }
    g->sites = grow(g, g->sites, g->site_count, &g->site_room, sizeof(g->sites[0]));
    struct site_info *info = &g->sites[g->site_count];
    *info = (struct site_info){
        .stmt = s, .via = g->expansion, .group = g->group, .tag_site = PROGRAM_NONE
    };
    info->site = (struct program_site){ .kind = (uint8_t)kind,
                                        .client = PROGRAM_NONE16,
                                        .tag = PROGRAM_NONE16,
                                        .slot = PROGRAM_NONE16,
                                        .name = PROGRAM_NONE };
    bool point = kind == SITE_CHECK || kind == SITE_BLOCKED ||
                 (kind == SITE_AWAIT && s->has_expect) ||
                 (kind == SITE_REQUEST && s->has_expect);
    info->site.flags =
        (uint8_t)((point ? SITE_POINT : 0) | (g->scope->todo ? SITE_IN_TODO : 0) |
                  (s->has_expect ? SITE_EXPECTS : 0));
    g->points += point;
    if (g->group != PROGRAM_NONE)
        g->sites[g->group].points += point || kind == SITE_GROUP;
    return g->site_count++;
}

uint32_t emit_here_site(struct gen *g)
{
    if (g->site == PROGRAM_NONE)
        g->site = emit_site(g, g->stmt, SITE_CONTROL);
    return g->site;
}

uint32_t emit_slots(struct gen *g, uint32_t count)
{
    if (g->muted || g->stop)
        return 0;
    if (g->slots + count > PROGRAM_SLOTS_MAX) {
        emit_too_large(g, "more than 4096 variables");
        return 0;
    }
    g->slots += count;
    return g->slots - count;
}
