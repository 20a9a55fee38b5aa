/*
 * Handles as operands: is it one of the kind that the operation needs? The letters are those
 * of script_ops.def, and v, what a query may show behind `->`.
 */
#include "gen.h"
#include <string.h>

static const char *wanted(char letter)
{
    switch (letter) {
    case 's':
        return "a space";
    case 'f':
    case 'F':
        return "a frame";
    case 'v':
        return "what can be mapped";
    case 'u':
        return "a huge run of frames";
    case 'd':
        return "a device";
    case 'c':
        return "a cursor";
    case 'm':
        return "a cursor_mut";
    case 'r':
        return "a reader";
    case 'w':
        return "a writer";
    case 'b':
        return "a reader or a writer";
    case 'g':
        return "a space or a frame";
    case 'o':
        return "a space or none";
    default:
        return "a handle";
    }
}

static bool fits(enum type type, char letter)
{
    if (type == TYPE_ANY || type == TYPE_RAW)
        return true;
    bool single = type >= TYPE_SPACE && type <= TYPE_WRITER && type != TYPE_FRAMES;
    switch (letter) {
    case 's':
    case 'o':
        return type == TYPE_SPACE;
    case 'f':
        return type == TYPE_FRAME || type == TYPE_SOME;
    case 'F':
        return type == TYPE_FRAME || type == TYPE_SOME || type == TYPE_FRAMES;
    case 'v':
        return type == TYPE_FRAME || type == TYPE_SOME || type == TYPE_HUGE ||
               type == TYPE_DEVICE;
    case 'u':
        return type == TYPE_HUGE;
    case 'd':
        return type == TYPE_DEVICE;
    case 'c':
        return type == TYPE_CURSOR || type == TYPE_CURSOR_MUT;
    case 'm':
        return type == TYPE_CURSOR_MUT;
    case 'r':
        return type == TYPE_READER;
    case 'w':
        return type == TYPE_WRITER;
    case 'b':
        return type == TYPE_READER || type == TYPE_WRITER;
    case 'g':
        return type == TYPE_SPACE || type == TYPE_FRAME || type == TYPE_SOME ||
               type == TYPE_HUGE || type == TYPE_DEVICE;
    case 'h':
        return single || type == TYPE_FRAMES;
    default:
        return single;
    }
}

/* The statement that made the handle, written with another operation. */
static const char *rewritten(struct gen *g, const struct symbol *s, enum script_op op)
{
    const struct request *r = s->request;
    uint32_t end = r->at.offset + r->at.bytes;
    for (uint32_t i = 0; i < r->operands; i++)
        if (r->operand[i].at.offset + r->operand[i].at.bytes > end)
            end = r->operand[i].at.offset + r->operand[i].at.bytes;
    const char *text = g->source->file[r->at.file].text;
    uint32_t rest = r->at.offset + r->at.bytes;
    return arena_printf(&g->source->arena, "write '%.*s%s%.*s'",
                        (int)(r->at.offset - s->maker.offset), text + s->maker.offset,
                        op_info[op].spelling, (int)(end - rest), text + rest);
}

/* How a handle of that kind is made. */
static const char *making(char letter)
{
    switch (letter) {
    case 's':
    case 'g':
    case 'o':
        return "make one with NAME = space";
    case 'u':
        return "make one with NAME = huge";
    case 'd':
        return "make one with NAME = device NUMBER";
    case 'f':
    case 'F':
    case 'v':
        return "make one with NAME = frame";
    case 'c':
    case 'm':
        return "make one with NAME = cursor_mut SPACE START for LENGTH";
    case 'b':
    case 'r':
        return "make one with NAME = reader SPACE START for LENGTH";
    case 'w':
        return "make one with NAME = writer SPACE START for LENGTH";
    default:
        return "a handle is made by NAME = and an operation, such as space or frame";
    }
}

static const char *advice(struct gen *g, const struct symbol *s, char letter)
{
    bool cursor = s->type == TYPE_CURSOR || s->type == TYPE_CURSOR_MUT;
    bool window = s->type == TYPE_READER || s->type == TYPE_WRITER;
    if (s->request && cursor && letter == 'm')
        return rewritten(g, s, SCRIPT_CURSOR_MUT);
    if (s->request && window && letter == 'r')
        return rewritten(g, s, SCRIPT_READER);
    if (s->request && window && letter == 'w')
        return rewritten(g, s, SCRIPT_WRITER);
    if (s->type == TYPE_FRAMES)
        return scope_text(g, "name one of them: %s[0]", s->name);
    if (s->type == TYPE_HUGE && letter == 'F')
        return "a huge run is mapped by map_huge";
    return making(letter);
}

static void element(struct gen *g, uint32_t lane, const struct expr *e, struct symbol *s,
                    struct symbol *as)
{
    uint64_t index;
    if (e->left->kind == EXPR_INDEX || (s->type != TYPE_FRAMES && s->type != TYPE_FRAME &&
                                        s->type != TYPE_SOME && s->type != TYPE_ANY)) {
        scope_error(g, e->at,
                    arena_printf(&g->source->arena, "'%.*s' is %s and has no elements",
                                 (int)s->name.n, s->name.p, scope_type_name(g, s)),
                    "only `frame x N` makes several, used as name[0] to name[N-1]", s);
        as->type = TYPE_ANY;
        return;
    }
    uint64_t count = s->type == TYPE_FRAME ? 1 : s->type == TYPE_FRAMES ? s->count : 0;
    if (count && gen_constant(e->right, &index) && index >= count)
        scope_error(g, e->right->at,
                    arena_printf(&g->source->arena, "'%.*s' has no element %llu",
                                 (int)s->name.n, s->name.p, (unsigned long long)index),
                    arena_printf(&g->source->arena, "its elements are 0 to %llu",
                                 (unsigned long long)count - 1),
                    s);
    bool raw = g->raw;
    g->raw = false;
    gen_number(g, lane, e->right);
    g->raw = raw;
    as->type = s->type == TYPE_ANY ? TYPE_ANY : TYPE_FRAME;
    emit(g, lane, PROG_LOADX, 0, 0, gen_slot(g, lane, s));
}

void gen_handle(struct gen *g, uint32_t lane, const struct expr *e, char letter,
                const char *what)
{
    const struct expr *base = e;
    while (base->kind == EXPR_INDEX)
        base = base->left;
    if (base->kind != EXPR_NAME && base->kind != EXPR_VARIABLE) {
        scope_error(g, e->at, "a handle is expected here", "write the name of one", NULL);
        return;
    }
    struct symbol *s = scope_need_or(g, base->name, base->at, making(letter));
    struct symbol as = *s;
    if (e->kind == EXPR_INDEX)
        element(g, lane, e, s, &as);
    else
        gen_load(g, lane, s);
    if (letter == 'h' && strcmp(what, "close") == 0)
        for (; s; s = s->alias)
            s->closed = true;
    s = scope_need(g, base->name, base->at);
    if (!fits(as.type, letter))
        scope_error(g, e->at,
                    arena_printf(&g->source->arena, "'%s' needs %s, but '%.*s' is %s", what,
                                 wanted(letter), (int)s->name.n, s->name.p,
                                 scope_type_name(g, &as)),
                    advice(g, &as, letter), s);
}
