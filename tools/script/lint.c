/* What compiles and is probably not meant: handles never closed, outcomes never reached. */
#include "gen.h"

static bool same_constant(const struct expr *a, const struct expr *b)
{
    uint64_t x, y;
    return a && b && gen_constant(a, &x) && gen_constant(b, &y) && x == y;
}

/* Whether everything that b matches is matched by a. */
static bool covers(const struct outcome *a, const struct outcome *b)
{
    if (a->kind == OUT_ANY)
        return true;
    if (a->kind != b->kind)
        return false;
    switch ((int)a->kind) {
    case OUT_OK:
    case OUT_NOTHING:
        return true;
    case OUT_NUMBER:
        return same_constant(a->first, b->first);
    case OUT_BYTES:
        return slice_same(a->text, b->text);
    case OUT_ERROR:
        return a->status == b->status &&
               (!(a->flags & OUT_COUNTED) || same_constant(a->first, b->first));
    case OUT_FAULT:
        return a->access == b->access &&
               (a->flags & OUT_ANY_REASON ||
                (!(b->flags & OUT_ANY_REASON) && a->reason == b->reason));
    default:
        return a->length == b->length && same_constant(a->first, b->first) &&
               same_constant(a->second, b->second) &&
               (a->kind == OUT_RANGE || a->kind == OUT_HOLE || a->flags & OUT_ANY_FRAME);
    }
}

/* Whether an outcome of that kind can come from the operation at all. */
static bool possible(enum script_op op, const struct outcome *o)
{
    enum script_result result = op_info[op].result;
    switch ((int)o->kind) {
    case OUT_NUMBER:
        return result == RESULT_NUMBER || result == RESULT_ADDRESS;
    case OUT_NOTHING:
        return result == RESULT_ADDRESS || result == RESULT_RANGE;
    case OUT_RANGE:
        return result == RESULT_RANGE;
    case OUT_HOLE:
    case OUT_MAPPED:
        return result == RESULT_QUERY && !o->empty;
    case OUT_BYTES:
        return result == RESULT_BYTES;
    case OUT_FAULT:
        return op == SCRIPT_TOUCH_R || op == SCRIPT_TOUCH_W || op == SCRIPT_TOUCH_X ||
               op == SCRIPT_FAULT_WHY;
    default:
        return true;
    }
}

void lint_expects(struct gen *g, const struct stmt *s)
{
    for (const struct outcome *o = s->expect; o; o = o->next) {
        bool useless = false;
        for (const struct outcome *a = s->expect; a != o && !useless; a = a->next)
            useless = covers(a, o);
        if (useless)
            source_warning(g->source, o->at,
                           "this outcome is never reached: an earlier one matches it")
                ->help = "remove it, or put the narrower one first";
        else if (s->request && !possible(s->request->op, o))
            source_warning(g->source, o->at,
                           arena_printf(&g->source->arena, "'%s' never answers this",
                                        op_info[s->request->op].spelling))
                ->help = "the language page lists what each request answers";
    }
}

void lint_scope(struct gen *g, const struct scope *scope)
{
    for (const struct symbol *s = scope->symbols; s && !g->muted; s = s->next) {
        bool handle = s->type >= TYPE_SPACE && s->type <= TYPE_RAW && s->request && !s->alias;
        bool closed = s->closed;
        for (const struct symbol *o = scope->symbols; o && !closed; o = o->next)
            closed = o->closed && o->slot == s->slot && slice_same(o->name, s->name);
        if (handle && !closed)
            source_warning(g->source, s->name_at,
                           scope_text(g, "'%s' is never closed", s->name))
                ->help = "it is closed at the end of its group; write `close` to say when";
    }
}
