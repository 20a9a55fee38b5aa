/* Statements one after the other, and the script as a whole. */
#include "gen.h"

bool gen_several(const struct gen *g)
{
    return (g->set & (g->set - 1)) != 0;
}

void gen_same(struct gen *g, const struct expr *e)
{
    if (e && gen_several(g) && gen_is_random(e))
        scope_error(g, e->at, "this value would differ between the clients of the par",
                    "compute it with `let` before the par", NULL);
}

struct symbol *gen_variable(struct gen *g, struct slice name, struct place at)
{
    bool several = gen_several(g);
    struct symbol *s = scope_add(g, name, TYPE_NUMBER, at);
    s->slot = emit_slots(g, several ? g->lanes : 1);
    s->per_lane = several;
    s->closed = true;
    GEN_LANES(g, l)
    emit(g, l, PROG_STORE, 0, 0, gen_slot(g, l, s));
    return s;
}

static void let(struct gen *g, const struct stmt *s)
{
    gen_same(g, s->expr);
    GEN_LANES(g, l)
    gen_number(g, l, s->expr);
    gen_variable(g, s->name, s->name_at)->maker = s->at;
}

static void set(struct gen *g, const struct stmt *s)
{
    const struct symbol *v = scope_need(g, s->name, s->name_at);
    if (v->type != TYPE_NUMBER && v->type != TYPE_ANY)
        scope_error(g, s->name_at,
                    arena_printf(&g->source->arena, "'%.*s' is %s, not a number",
                                 (int)s->name.n, s->name.p, scope_type_name(g, v)),
                    "`set` changes a number made by `let`", v);
    if (gen_several(g) && !v->per_lane)
        scope_error(g, s->word, "several clients of the par would set this number",
                    "let one client set it, or write it before the par", v);
    GEN_LANES(g, l)
    {
        gen_number(g, l, s->expr);
        emit(g, l, PROG_STORE, 0, 0, gen_slot(g, l, v));
    }
}

static void def(struct gen *g, const struct stmt *s)
{
    struct symbol *d = scope_add(g, s->name, TYPE_DEF, s->name_at);
    d->maker = s->at;
    d->def = s;
    d->home = g->scope;
    for (const struct word *w = s->words; w; w = w->next)
        for (const struct word *other = s->words; other != w; other = other->next)
            if (slice_same(w->text, other->text))
                scope_error(g, w->at, "two parameters have the same name", "rename one", NULL);
}

static void client(struct gen *g, const struct stmt *s)
{
    const struct symbol *old = scope_find(g, s->name);
    if (old && old->type == TYPE_CLIENT) {
        scope_error(g, s->name_at, scope_text(g, "there is a client '%s' already", s->name),
                    "give the second one another name", old);
        return;
    }
    gen_number(g, 0, s->expr);
    struct symbol *c = scope_add(g, s->name, TYPE_CLIENT, s->name_at);
    c->maker = s->at;
    c->slot = emit_client(g, s->name, s->name_at);
    emit(g, 0, PROG_DECLARE, 0, c->slot, emit_here_site(g));
}

/* timeout and seed: the host needs them before anything runs. */
static void constant(struct gen *g, const struct stmt *s, const struct stmt **given,
                     uint64_t *value)
{
    if (*given) {
        struct finding *f = source_error(g->source, s->word, "this was given already");
        f->help = "keep one of the two";
        f->has_maker = true;
        f->maker = (*given)->at;
        f->remark = "the first one";
    }
    *given = s;
    if (!gen_constant(s->expr, value))
        scope_error(g, s->expr->at, "a constant is needed here",
                    "write a number; it is used before the script runs", NULL);
}

static void needs(struct gen *g, const struct stmt *s)
{
    uint32_t site = g->site = emit_site(g, s, SITE_NEEDS);
    if (s->variant == NEEDS_EXPR) {
        g->needs = true;
        gen_number(g, 0, s->expr);
        g->needs = false;
    } else {
        emit(g, 0, PROG_ENV, s->variant == NEEDS_BACKEND ? ENV_BACKEND : ENV_FEATURE, 0,
             emit_string(g, s->name));
    }
    emit(g, 0, PROG_NEEDS, 0, 0, site);
}

static void group(struct gen *g, const struct stmt *s)
{
    uint32_t outer = g->group;
    if (g->groups == PROGRAM_GROUPS_MAX) {
        scope_error(g, s->word, "groups are nested too deeply", "at most 16 inside each other",
                    NULL);
        return;
    }
    uint32_t site = g->site = emit_site(g, s, SITE_GROUP);
    if (!g->muted && !g->stop)
        g->sites[site].site.name = emit_string(g, s->text);
    emit(g, 0, PROG_GROUP, 0, 0, site);
    g->group = g->muted ? outer : site;
    g->groups++;
    scope_push(g)->tags = true;
    for (const struct stmt *line = s->body; line; line = line->next)
        gen_stmt(g, line);
    scope_pop(g);
    g->groups--;
    g->group = outer;
    emit(g, 0, PROG_ENDGROUP, 0, 0, site);
}

/* note, dump, todo: a site with a text, and one instruction. */
static void text(struct gen *g, const struct stmt *s, enum site_kind kind, enum program_op op)
{
    uint32_t lane = 0, site = g->site = emit_site(g, s, kind);
    GEN_LANES(g, l)
    lane = l;
    if (!g->muted && !g->stop)
        g->sites[site].site.name = emit_string(g, s->text);
    emit(g, lane, op, 0, 0, site);
    if (kind == SITE_TODO)
        g->scope->todo = true;
}

static void bad(struct gen *g, const struct stmt *s)
{
    if (!s->name.n)
        return;
    struct symbol *made = scope_add(g, s->name, TYPE_ANY, s->name_at);
    made->closed = true;
    made->slot = emit_slots(g, 1);
}

static void test(struct gen *g, const struct stmt *s)
{
    g->test = s;
}

static void timeout(struct gen *g, const struct stmt *s)
{
    constant(g, s, &g->timeout_at, &g->timeout_us);
}

static void seed(struct gen *g, const struct stmt *s)
{
    constant(g, s, &g->seed_at, &g->seed);
}

static void include(struct gen *g, const struct stmt *s)
{
    for (const struct stmt *line = s->body; line; line = line->next)
        gen_stmt(g, line);
}

static void todo(struct gen *g, const struct stmt *s)
{
    text(g, s, SITE_TODO, PROG_TODO);
}
static void dump(struct gen *g, const struct stmt *s)
{
    text(g, s, SITE_DUMP, PROG_DUMP);
}
static void note(struct gen *g, const struct stmt *s)
{
    text(g, s, SITE_NOTE, PROG_NOTE);
}

static void trace(struct gen *g, const struct stmt *s)
{
    uint32_t lane = 0;
    while (!(g->set >> lane & 1))
        lane++;
    emit(g, lane, PROG_TRACE, s->on, 0, 0);
}

static void dispatch(struct gen *g, const struct stmt *s)
{
    static void (*const table[])(struct gen *, const struct stmt *) = {
        [STMT_BAD] = bad,
        [STMT_TEST] = test,
        [STMT_NEEDS] = needs,
        [STMT_TIMEOUT] = timeout,
        [STMT_SEED] = seed,
        [STMT_INCLUDE] = include,
        [STMT_CLIENT] = client,
        [STMT_LET] = let,
        [STMT_SET] = set,
        [STMT_DEF] = def,
        [STMT_CALL] = gen_call,
        [STMT_GROUP] = group,
        [STMT_PAR] = gen_par,
        [STMT_REPEAT] = gen_repeat,
        [STMT_INTERLEAVE] = gen_interleave,
        [STMT_CHOOSE] = gen_choose,
        [STMT_IF] = gen_if,
        [STMT_BARRIER] = gen_barrier,
        [STMT_SKIP] = gen_skip,
        [STMT_TODO] = todo,
        [STMT_BLOCKED] = gen_blocked,
        [STMT_AWAIT] = gen_await,
        [STMT_CHECK] = gen_check,
        [STMT_DUMP] = dump,
        [STMT_NOTE] = note,
        [STMT_TRACE] = trace,
        [STMT_REQUEST] = gen_request,
    };
    table[s->kind](g, s);
}

void gen_stmt(struct gen *g, const struct stmt *s)
{
    if (g->stop)
        return;
    if (++g->visits > GEN_VISITS_MAX) {
        emit_too_large(g, "calls expand to too many statements");
        return;
    }
    const struct stmt *outer = g->stmt;
    uint32_t outer_site = g->site, set_before = g->set;
    g->stmt = s;
    g->site = PROGRAM_NONE;
    if (gen_allowed(g, s)) {
        if (g->in_par)
            g->set = gen_lanes_of(g, s);
        if (g->set)
            dispatch(g, s);
    }
    g->set = set_before;
    g->stmt = outer;
    g->site = outer_site;
}

void gen_block(struct gen *g, const struct stmt *first)
{
    scope_push(g);
    for (const struct stmt *s = first; s; s = s->next)
        gen_stmt(g, s);
    scope_pop(g);
}

void gen_script(struct gen *g, struct source *source, const struct stmt *script, bool lint)
{
    *g = (struct gen){ .source = source,
                       .set = 1,
                       .group = PROGRAM_NONE,
                       .lint = lint,
                       .site = PROGRAM_NONE,
                       .timeout_us = PROGRAM_TIMEOUT_US };
    struct place start = { 0, 0, 0 };
    scope_push(g)->tags = true;
    struct slice name = { "main", 4 };
    scope_add(g, name, TYPE_CLIENT, start)->slot = emit_client(g, name, start);
    for (const struct stmt *s = script; s; s = s->next)
        gen_stmt(g, s);
    scope_pop(g);
    emit(g, 0, PROG_END, 0, 0, 0);
    uint32_t depth = 0;
    for (uint32_t l = 0; l < GEN_LANES_MAX; l++)
        if (g->lane[l].depth_max > depth)
            depth = g->lane[l].depth_max;
    if (depth > PROGRAM_STACK_MAX && !source->errors)
        emit_too_large(g, "a statement needs more than 320 values at once");
    g->lane[0].depth_max = depth;
}
