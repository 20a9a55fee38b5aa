/* repeat, if, choose, skip, and the expansion of call. */
#include "gen.h"

void gen_repeat(struct gen *g, const struct stmt *s)
{
    uint32_t enter[GEN_LANES_MAX] = { 0 }, body[GEN_LANES_MAX] = { 0 };
    if (g->loops == PROGRAM_LOOPS_MAX) {
        scope_error(g, s->word, "loops are nested too deeply", "at most 16 inside each other",
                    NULL);
        return;
    }
    gen_same(g, s->expr);
    uint32_t slots = emit_slots(g, 2 * (gen_several(g) ? g->lanes : 1));
    scope_push(g);
    GEN_LANES(g, l)
    {
        uint32_t own = gen_several(g) ? slots + 2 * (l - g->first_lane) : slots;
        gen_number(g, l, s->expr);
        enter[l] = emit(g, l, PROG_REPEAT, 0, own, 0);
        body[l] = emit_here(g, l);
        if (s->name.n)
            emit(g, l, PROG_LOAD, 0, 0, own);
    }
    if (s->name.n)
        gen_variable(g, s->name, s->name_at);
    g->loops++;
    gen_block(g, s->body);
    g->loops--;
    GEN_LANES(g, l)
    {
        uint32_t own = gen_several(g) ? slots + 2 * (l - g->first_lane) : slots;
        emit(g, l, PROG_NEXT, 0, own, body[l] - emit_here(g, l));
        emit_patch(g, l, enter[l]);
    }
    scope_pop(g);
}

void gen_if(struct gen *g, const struct stmt *s)
{
    uint32_t jump[GEN_LANES_MAX] = { 0 }, done[GEN_LANES_MAX] = { 0 };
    gen_same(g, s->expr);
    GEN_LANES(g, l)
    {
        gen_number(g, l, s->expr);
        jump[l] = emit(g, l, PROG_JZ, 0, 0, 0);
    }
    gen_block(g, s->body);
    GEN_LANES(g, l)
    {
        if (s->other)
            done[l] = emit(g, l, PROG_JUMP, 0, 0, 0);
        emit_patch(g, l, jump[l]);
    }
    if (!s->other)
        return;
    gen_block(g, s->other->body);
    GEN_LANES(g, l)
    emit_patch(g, l, done[l]);
}

void gen_choose(struct gen *g, const struct stmt *s)
{
    uint32_t done[GEN_ARMS_MAX] = { 0 }, arms = 0, lane = 0;
    GEN_LANES(g, l)
    lane = l;
    if (gen_several(g)) {
        scope_error(g, s->word, "the lines of this `choose` belong to several clients",
                    "inside par, give each client a `choose` of its own", NULL);
        return;
    }
    for (const struct stmt *arm = s->body; arm; arm = arm->next, arms++) {
        if (arms == GEN_ARMS_MAX) {
            scope_error(g, arm->at, "too many alternatives", "a `choose` takes at most 64",
                        NULL);
            return;
        }
        gen_number(g, lane, arm->expr);
    }
    scope_push(g)->transparent = true;
    uint32_t first_slot = g->slots;
    uint32_t unbind = emit(g, lane, PROG_UNBIND, 0, 0, first_slot);
    uint32_t choose = emit(g, lane, PROG_CHOOSE, arms, 0, 0);
    for (uint32_t i = 0; i <= arms; i++)
        emit(g, lane, PROG_JUMP, 0, 0, 0);
    uint32_t i = 0;
    for (const struct stmt *arm = s->body; arm; arm = arm->next, i++) {
        emit_patch(g, lane, choose + 1 + i);
        gen_stmt(g, arm->other);
        done[i] = emit(g, lane, PROG_JUMP, 0, 0, 0);
    }
    emit_patch(g, lane, choose + 1 + arms);
    for (i = 0; i < arms; i++)
        emit_patch(g, lane, done[i]);
    if (!g->muted && !g->stop)
        g->lane[lane].code[unbind].b = (uint16_t)(g->slots - first_slot);
    scope_pop(g);
}

void gen_skip(struct gen *g, const struct stmt *s)
{
    uint32_t jump[GEN_LANES_MAX] = { 0 };
    gen_same(g, s->expr);
    uint32_t site = g->site = emit_site(g, s, SITE_SKIP);
    if (!g->muted && !g->stop)
        g->sites[site].site.name = emit_string(g, s->text);
    GEN_LANES(g, l)
    {
        if (s->expr) {
            gen_number(g, l, s->expr);
            jump[l] = emit(g, l, PROG_JZ, 0, 0, 0);
        }
        emit(g, l, PROG_SKIP, 0, 0, site);
        struct patch *p = arena_take(&g->source->arena, sizeof(*p));
        *p = (struct patch){ l, emit(g, l, PROG_JUMP, 0, 0, 0), g->scope->skips };
        g->scope->skips = p;
        if (s->expr)
            emit_patch(g, l, jump[l]);
    }
}

/* An argument: its value on the stack of each lane of the set, then a parameter of it. */
static struct symbol *argument(struct gen *g, const struct expr *arg, const struct word *name)
{
    struct symbol *from = gen_handle_symbol(g, arg);
    gen_same(g, arg);
    GEN_LANES(g, l)
    {
        if (!from)
            gen_number(g, l, arg);
        else if (arg->kind == EXPR_INDEX)
            gen_handle(g, l, arg, 'f', "call");
        else
            gen_load(g, l, from);
    }
    struct symbol *s = gen_variable(g, name->text, name->at);
    if (!from)
        return s;
    s->type = arg->kind == EXPR_INDEX && from->type != TYPE_ANY ? TYPE_FRAME : from->type;
    s->count = s->type == TYPE_FRAMES ? from->count : 0;
    s->maker = from->maker;
    s->origin = from->origin;
    s->request = from->request;
    s->client = from->client;
    s->alias = from;
    return s;
}

static bool callable(struct gen *g, const struct stmt *s, struct symbol *def)
{
    enum { CALLS_MAX = 32 };
    uint32_t depth = 0, parameters = 0, arguments = 0;
    if (def->type == TYPE_ANY)
        return false;
    if (def->type != TYPE_DEF) {
        scope_error(g, s->name_at,
                    arena_printf(&g->source->arena, "'%.*s' is %s, not a def", (int)s->name.n,
                                 s->name.p, scope_type_name(g, def)),
                    "write def NAME(PARAMETERS) { … } before the call", def);
        return false;
    }
    for (const struct expansion *e = g->expansion; e; e = e->outer, depth++)
        if (e->def == def->def || depth == CALLS_MAX) {
            scope_error(g, s->name_at, scope_text(g, "'%s' calls itself", s->name),
                        "there is no recursion; use `repeat`", def);
            return false;
        }
    for (const struct word *w = def->def->words; w; w = w->next)
        parameters++;
    for (const struct expr *e = s->args; e; e = e->next)
        arguments++;
    if (parameters == arguments)
        return true;
    scope_error(g, s->name_at,
                arena_printf(&g->source->arena, "'%.*s' takes %u argument%s, not %u",
                             (int)s->name.n, s->name.p, parameters, parameters == 1 ? "" : "s",
                             arguments),
                "give one for each of its parameters", def);
    return false;
}

void gen_call(struct gen *g, const struct stmt *s)
{
    struct symbol *def = scope_need(g, s->name, s->name_at);
    uint32_t client = gen_client(g, s), before = g->client;
    if (def->type == TYPE_DEF)
        def->calls++;
    if (!callable(g, s, def))
        return;
    struct scope *here = g->scope;
    struct symbol *parameters = NULL;
    const struct word *name = def->def->words;
    for (const struct expr *arg = s->args; arg; arg = arg->next, name = name->next) {
        /* made beside the caller's names, then taken from them */
        struct symbol *p = argument(g, arg, name);
        here->symbols = p->next;
        p->next = parameters;
        parameters = p;
    }
    struct expansion *e = arena_take(&g->source->arena, sizeof(*e));
    *e = (struct expansion){ def->def, s->at, g->expansion };
    g->expansion = e;
    g->client = client;
    g->scope = def->home;
    struct scope *inside = scope_push(g);
    inside->symbols = parameters;
    inside->tags = true;
    inside->todo = here->todo;
    for (const struct stmt *line = def->def->body; line; line = line->next)
        gen_stmt(g, line);
    scope_pop(g);
    g->scope = here;
    g->client = before;
    g->expansion = e->outer;
}

void gen_uncalled(struct gen *g, struct symbol *def)
{
    uint32_t set = g->set, client = g->client, loops = g->loops, groups = g->groups;
    bool in_par = g->in_par, in_interleave = g->in_interleave;
    struct expansion e = { def->def, def->maker, g->expansion };
    g->muted++;
    g->set = 1;
    g->in_par = g->in_interleave = false;
    g->client = g->loops = g->groups = 0;
    g->expansion = &e;
    scope_push(g)->tags = true;
    for (const struct word *w = def->def->words; w; w = w->next)
        scope_add(g, w->text, TYPE_ANY, w->at);
    for (const struct stmt *line = def->def->body; line; line = line->next)
        gen_stmt(g, line);
    scope_pop(g);
    g->muted--;
    g->set = set;
    g->in_par = in_par;
    g->in_interleave = in_interleave;
    g->client = client;
    g->loops = loops;
    g->groups = groups;
    g->expansion = e.outer;
}
