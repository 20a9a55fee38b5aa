/* Expressions and handles: types and code. */
#include "gen.h"
#include <string.h>

enum fn { FN_RAND, FN_STAT, FN_MIN, FN_MAX, FN_ALIGN, FN_COUNT };
static const char *const fn_name[FN_COUNT] = { "rand", "stat", "min", "max", "align" };

static enum fn fn_of(struct slice name)
{
    int i = 0;
    while (i < FN_COUNT && !slice_is(name, fn_name[i]))
        i++;
    return (enum fn)i;
}

static bool one(uint32_t op, uint64_t x, uint64_t *value)
{
    *value = op == UNARY_NEG ? 0 - x : op == UNARY_NOT ? ~x : op == UNARY_LNOT ? !x : x != 0;
    return true;
}

static uint64_t align(uint64_t x, uint64_t y)
{
    return y == 0 || x % y == 0 ? x : x - x % y + y;
}

static uint64_t compare(enum program_binary op, uint64_t x, uint64_t y)
{
    bool less = x < y, same = x == y;
    return op == BINARY_EQ   ? same
           : op == BINARY_NE ? !same
           : op == BINARY_LT ? less
           : op == BINARY_LE ? less || same
           : op == BINARY_GT ? !less && !same
                             : !less;
}

static uint64_t bits(enum program_binary op, uint64_t x, uint64_t y)
{
    return op == BINARY_AND   ? x & y
           : op == BINARY_OR  ? x | y
           : op == BINARY_XOR ? x ^ y
           : y >= 64          ? 0
           : op == BINARY_SHL ? x << y
                              : x >> y;
}

static uint64_t arithmetic(enum program_binary op, uint64_t x, uint64_t y)
{
    return op == BINARY_ADD   ? x + y
           : op == BINARY_SUB ? x - y
           : op == BINARY_MUL ? x * y
           : op == BINARY_DIV ? x / y
                              : x % y;
}

static bool two(uint32_t op, uint64_t x, uint64_t y, uint64_t *value)
{
    if ((op == BINARY_DIV || op == BINARY_MOD) && y == 0)
        return false;
    if (op <= BINARY_MOD)
        *value = arithmetic(op, x, y);
    else if (op <= BINARY_SHR)
        *value = bits(op, x, y);
    else if (op <= BINARY_GE)
        *value = compare(op, x, y);
    else if (op == BINARY_ALIGN)
        *value = align(x, y);
    else
        *value = (op == BINARY_MIN) == (x < y) ? x : y;
    return true;
}

bool gen_constant(const struct expr *e, uint64_t *value)
{
    uint64_t x, y;
    *value = 0;
    switch (e->kind) {
    case EXPR_NUMBER:
        *value = e->number;
        return true;
    case EXPR_ONE:
        return gen_constant(e->left, &x) && one(e->op, x, value);
    case EXPR_TWO:
        return gen_constant(e->left, &x) && gen_constant(e->right, &y) &&
               two(e->op, x, y, value);
    case EXPR_AND:
    case EXPR_OR:
        if (!gen_constant(e->left, &x) || !gen_constant(e->right, &y))
            return false;
        *value = e->kind == EXPR_AND ? x && y : x || y;
        return true;
    case EXPR_COND:
        return gen_constant(e->left, &x) && gen_constant(x ? e->right : e->third, value);
    case EXPR_CALL:
        if (fn_of(e->name) < FN_MIN || fn_of(e->name) == FN_COUNT || e->number != 2)
            return false;
        return gen_constant(e->list, &x) && gen_constant(e->list->next, &y) &&
               two(BINARY_MIN + (uint32_t)fn_of(e->name) - FN_MIN, x, y, value);
    case EXPR_VARIABLE:
    case EXPR_NAME:
    case EXPR_INDEX:
        break;
    }
    return false;
}

bool gen_is_random(const struct expr *e)
{
    if (!e)
        return false;
    if (e->kind == EXPR_CALL && fn_of(e->name) <= FN_STAT)
        return true;
    for (const struct expr *arg = e->list; arg; arg = arg->next)
        if (gen_is_random(arg))
            return true;
    return gen_is_random(e->left) || gen_is_random(e->right) || gen_is_random(e->third);
}

uint32_t gen_slot(const struct gen *g, uint32_t lane, const struct symbol *s)
{
    return s->slot + (s->per_lane ? lane - g->first_lane : 0);
}

void gen_load(struct gen *g, uint32_t lane, const struct symbol *s)
{
    emit(g, lane, PROG_LOAD, 0, 0, gen_slot(g, lane, s));
}

static bool is_handle(enum type type)
{
    return type >= TYPE_SPACE && type <= TYPE_RAW;
}

struct symbol *gen_handle_symbol(struct gen *g, const struct expr *e)
{
    while (e->kind == EXPR_INDEX)
        e = e->left;
    if (e->kind != EXPR_NAME && e->kind != EXPR_VARIABLE)
        return NULL;
    struct symbol *s = scope_find(g, e->name);
    return s && (is_handle(s->type) || s->type == TYPE_ANY) ? s : NULL;
}

static void stat_call(struct gen *g, uint32_t lane, const struct expr *e)
{
    uint32_t counter = 0;
    const struct expr *name = e->list;
    if (e->number != 1 || name->kind != EXPR_NAME) {
        scope_error(g, e->at, "'stat' takes the name of a counter", "write stat(frames_free)",
                    NULL);
        return;
    }
    if (!op_counter(name->name, &counter)) {
        const char *near = op_nearest_counter(name->name);
        scope_error(g, name->at, scope_text(g, "'%s' is no counter", name->name),
                    near ? arena_printf(&g->source->arena, "did you mean %s?", near)
                         : "counters are frames_free, nodes, cursors, windows, lock_conflicts, "
                           "invlpg, flush_all, batches, edits, ipc and ipi",
                    NULL);
        return;
    }
    g->counters |= 1u << counter;
    uint32_t site = emit_here_site(g);
    uint32_t known = site < PROGRAM_NONE16 ? site : PROGRAM_NONE16;
    emit(g, lane, PROG_STAT, 0, (uint16_t)known, counter);
}

static void function(struct gen *g, uint32_t lane, const struct expr *e)
{
    enum fn fn = fn_of(e->name);
    if (fn == FN_COUNT) {
        const char *near = source_nearest(e->name, fn_name, FN_COUNT);
        scope_error(g, e->at, scope_text(g, "'%s' is no function", e->name),
                    near ? arena_printf(&g->source->arena, "did you mean %s?", near)
                         : "functions are rand, stat, min, max and align",
                    NULL);
        return;
    }
    if (fn == FN_STAT) {
        stat_call(g, lane, e);
        return;
    }
    if (e->number != 2 && (fn != FN_RAND || e->number != 0)) {
        scope_error(g, e->at, scope_text(g, "'%s' takes two values", e->name),
                    fn == FN_RAND ? "write rand() or rand(LOW, HIGH)" : "write min(A, B)",
                    NULL);
        return;
    }
    for (const struct expr *arg = e->list; arg; arg = arg->next)
        gen_number(g, lane, arg);
    if (fn == FN_RAND)
        emit(g, lane, PROG_RAND, e->number == 2, 0, 0);
    else
        emit(g, lane, PROG_TWO, BINARY_MIN + (uint32_t)fn - FN_MIN, 0, 0);
}

/* A handle where a number is wanted: only a raw list takes it. */
static void handle_number(struct gen *g, uint32_t lane, const struct expr *e,
                          const struct symbol *s)
{
    if (g->raw && s->type != TYPE_ANY) {
        gen_handle(g, lane, e, '#', "raw");
        emit(g, lane, PROG_NUMBER, 0, 0, g->raw_client);
    } else if (s->type != TYPE_ANY) {
        scope_error(g, e->at,
                    arena_printf(&g->source->arena, "'%.*s' is %s, not a number",
                                 (int)s->name.n, s->name.p, scope_type_name(g, s)),
                    "a number is expected here; the number of a handle is used by `raw` only",
                    s);
    } else {
        emit(g, lane, PROG_PUSH, 0, 0, 0);
    }
}

static void name(struct gen *g, uint32_t lane, const struct expr *e)
{
    static const char *const env[] = { "cpus", "mem", "seed" };
    for (uint32_t i = 0; g->needs && i < 3; i++)
        if (slice_is(e->name, env[i])) {
            emit(g, lane, PROG_ENV, i, 0, 0);
            return;
        }
    if (g->check && slice_is(e->name, "leaks")) {
        emit(g, lane, PROG_LEAKS, 0, 0, 0);
        return;
    }
    struct symbol *s = scope_need(g, e->name, e->at);
    if (s->type == TYPE_NUMBER) {
        scope_error(g, e->at, scope_text(g, "'%s' is a number and is read with '$'", e->name),
                    scope_text(g, "write $%s", e->name), s);
    } else {
        handle_number(g, lane, e, s);
    }
}

static void variable(struct gen *g, uint32_t lane, const struct expr *e)
{
    struct symbol *s = scope_need(g, e->name, e->at);
    if (s->type == TYPE_NUMBER || s->type == TYPE_ANY)
        gen_load(g, lane, s);
    else
        handle_number(g, lane, e, s);
}

/* a && b, a || b: the right side runs only where it matters. */
static void logical(struct gen *g, uint32_t lane, const struct expr *e)
{
    bool both = e->kind == EXPR_AND;
    gen_number(g, lane, e->left);
    if (!both)
        emit(g, lane, PROG_ONE, UNARY_LNOT, 0, 0);
    uint32_t jump = emit(g, lane, PROG_JZ, 0, 0, 0);
    gen_number(g, lane, e->right);
    emit(g, lane, PROG_ONE, UNARY_BOOL, 0, 0);
    uint32_t done = emit(g, lane, PROG_JUMP, 0, 0, 0);
    emit_depth(g, lane, g->muted || g->stop ? 0 : -1);
    emit_patch(g, lane, jump);
    emit(g, lane, PROG_PUSH, 0, 0, !both);
    emit_patch(g, lane, done);
}

static void conditional(struct gen *g, uint32_t lane, const struct expr *e)
{
    gen_number(g, lane, e->left);
    uint32_t jump = emit(g, lane, PROG_JZ, 0, 0, 0);
    gen_number(g, lane, e->right);
    uint32_t done = emit(g, lane, PROG_JUMP, 0, 0, 0);
    emit_depth(g, lane, g->muted || g->stop ? 0 : -1);
    emit_patch(g, lane, jump);
    gen_number(g, lane, e->third);
    emit_patch(g, lane, done);
}

static bool divides(const struct expr *e)
{
    return e->op == BINARY_DIV || e->op == BINARY_MOD;
}

void gen_number(struct gen *g, uint32_t lane, const struct expr *e)
{
    uint64_t value;
    if (gen_constant(e, &value)) {
        emit_number(g, lane, value);
        return;
    }
    switch (e->kind) {
    case EXPR_NUMBER:
        break;
    case EXPR_VARIABLE:
        variable(g, lane, e);
        break;
    case EXPR_NAME:
        name(g, lane, e);
        break;
    case EXPR_INDEX: {
        const struct expr *base = e->left;
        while (base->kind == EXPR_INDEX)
            base = base->left;
        if (base->kind != EXPR_NAME && base->kind != EXPR_VARIABLE) {
            scope_error(g, e->at, "this has no elements", "only arrays of frames have", NULL);
            break;
        }
        const struct symbol *s = scope_need(g, base->name, base->at);
        if (s->type == TYPE_NUMBER)
            scope_error(g, e->at,
                        scope_text(g, "'%s' is a number and has no elements", s->name),
                        "only arrays of frames have elements", s);
        else
            handle_number(g, lane, e, s);
        break;
    }
    case EXPR_CALL:
        function(g, lane, e);
        break;
    case EXPR_ONE:
        gen_number(g, lane, e->left);
        emit(g, lane, PROG_ONE, e->op, 0, 0);
        break;
    case EXPR_TWO:
        gen_number(g, lane, e->left);
        gen_number(g, lane, e->right);
        emit(g, lane, PROG_TWO, e->op, 0, divides(e) ? emit_here_site(g) : 0);
        break;
    case EXPR_AND:
    case EXPR_OR:
        logical(g, lane, e);
        break;
    case EXPR_COND:
        conditional(g, lane, e);
        break;
    }
}
