/* par, interleave, barrier: which lane a line belongs to, and the lanes put together. */
#include "gen.h"
#include <string.h>

/* Clients of all statements of a list; `client` is who asks when nobody is named. */
static uint32_t clients(struct gen *g, const struct stmt *first, uint32_t client);

static uint32_t clients_of_call(struct gen *g, const struct stmt *s, uint32_t client)
{
    const struct symbol *def = scope_find(g, s->name);
    if (!def || def->type != TYPE_DEF)
        return 1u << client;
    for (const struct expansion *e = g->expansion; e; e = e->outer)
        if (e->def == def->def)
            return 0;
    struct scope *here = g->scope;
    struct expansion inner = { def->def, s->at, g->expansion };
    g->scope = def->home;
    g->expansion = &inner;
    uint32_t set = clients(g, def->def->body, client);
    g->expansion = inner.outer;
    g->scope = here;
    return set;
}

static uint32_t client_of(struct gen *g, const struct word *w)
{
    const struct symbol *s = scope_find(g, w->text);
    return s && s->type == TYPE_CLIENT ? s->slot : 0;
}

static uint32_t clients_of(struct gen *g, const struct stmt *s, uint32_t client)
{
    uint32_t set = 0;
    if (g->visits > GEN_VISITS_MAX)
        return 0;
    g->visits++;
    if (s->client)
        client = client_of(g, s->client);
    switch (s->kind) {
    case STMT_REQUEST:
        return 1u << client;
    case STMT_CALL:
        return clients_of_call(g, s, client);
    case STMT_AWAIT: {
        const struct symbol *tag = scope_find(g, s->words->text);
        return tag && tag->type == TYPE_TAG && tag->client != PROGRAM_NONE ? 1u << tag->client
                                                                           : 1u << client;
    }
    case STMT_BARRIER:
        for (const struct word *w = s->words; w; w = w->next)
            set |= 1u << client_of(g, w);
        return set;
    case STMT_DEF:
        return 0;
    case STMT_BAD:
    case STMT_TEST:
    case STMT_NEEDS:
    case STMT_TIMEOUT:
    case STMT_SEED:
    case STMT_INCLUDE:
    case STMT_CLIENT:
    case STMT_LET:
    case STMT_SET:
    case STMT_GROUP:
    case STMT_PAR:
    case STMT_REPEAT:
    case STMT_INTERLEAVE:
    case STMT_CHOOSE:
    case STMT_IF:
    case STMT_SKIP:
    case STMT_TODO:
    case STMT_BLOCKED:
    case STMT_CHECK:
    case STMT_DUMP:
    case STMT_NOTE:
    case STMT_TRACE:
        break;
    }
    set = clients(g, s->body, client);
    if (s->other)
        set |= clients(g, s->kind == STMT_CHOOSE ? s->other : s->other->body, client);
    return set;
}

static uint32_t clients(struct gen *g, const struct stmt *first, uint32_t client)
{
    uint32_t set = 0;
    for (const struct stmt *s = first; s; s = s->next)
        set |= clients_of(g, s, client);
    return set;
}

uint32_t gen_clients_of(struct gen *g, const struct stmt *s)
{
    return clients_of(g, s, g->client);
}

uint32_t gen_lanes_of(struct gen *g, const struct stmt *s)
{
    uint32_t who = gen_clients_of(g, s), set = 0;
    if (!who) /* a line of nobody: of all if it makes a number, else of the first */
        return s->kind == STMT_LET || s->kind == STMT_SET || s->kind == STMT_SKIP ||
                       s->kind == STMT_DEF
                   ? g->set
                   : g->set & (0 - g->set);
    for (uint32_t i = 0; i < g->lanes; i++)
        if (who >> g->lane[g->first_lane + i].client & 1)
            set |= 1u << (g->first_lane + i);
    return set & g->set;
}

bool gen_allowed(struct gen *g, const struct stmt *s)
{
    enum {
        HEADERS = 1u << STMT_TEST | 1u << STMT_NEEDS | 1u << STMT_TIMEOUT | 1u << STMT_SEED |
                  1u << STMT_INCLUDE | 1u << STMT_CLIENT | 1u << STMT_GROUP | 1u << STMT_PAR |
                  1u << STMT_INTERLEAVE,
        NOT_PAR = HEADERS | 1u << STMT_CHECK | 1u << STMT_BLOCKED | 1u << STMT_DUMP,
        NOT_INTERLEAVE = HEADERS | 1u << STMT_BARRIER
    };
    uint32_t not_here = g->in_par ? NOT_PAR : g->in_interleave ? NOT_INTERLEAVE : 0;
    if (s->kind == STMT_BARRIER && !g->in_par && !g->muted) {
        scope_error(g, s->word, "'barrier' stands inside par only",
                    "clients that run one after the other need none", NULL);
        return false;
    }
    if (!(not_here >> s->kind & 1))
        return true;
    scope_error(
        g, s->word,
        arena_printf(&g->source->arena, "'%.*s' cannot stand inside %s", (int)s->word.bytes,
                     source_text(g->source, s->word).p, g->in_par ? "par" : "interleave"),
        g->in_par ? "write it before or behind the par" : "write it before or behind it", NULL);
    return false;
}

static void fresh_lane(struct gen *g, uint32_t lane, uint32_t client)
{
    struct lane *l = &g->lane[lane];
    l->client = client;
    l->count = 0;
    l->depth = 0;
}

/* The head instruction, the lanes' table, and their code. steps is NULL for par. */
static void put_together(struct gen *g, enum program_op op, uint32_t site,
                         const uint32_t *steps)
{
    uint32_t entry[GEN_LANES_MAX];
    emit(g, 0, op, g->lanes, 0, site);
    for (uint32_t i = 0; i < g->lanes; i++)
        entry[i] = emit(g, 0, PROG_LANE, steps ? steps[i] : 0, g->lane[1 + i].client, 0);
    uint32_t past = emit(g, 0, PROG_JUMP, 0, 0, 0);
    for (uint32_t i = 0; i < g->lanes; i++) {
        const struct lane *l = &g->lane[1 + i];
        emit_patch(g, 0, entry[i]);
        uint32_t depth = g->lane[0].depth, most = g->lane[0].depth_max;
        for (uint32_t k = 0; k < l->count; k++) {
            emit(g, 0, (enum program_op)l->code[k].op, l->code[k].a, l->code[k].b,
                 l->code[k].c);
            g->lane[0].depth = depth; /* its depth was counted where it was made */
        }
        g->lane[0].depth_max = most;
    }
    emit_patch(g, 0, past);
    if (g->lanes > g->lanes_max)
        g->lanes_max = g->lanes;
}

/* A line that belongs to no client stands before the par. */
static bool goes_before(struct gen *g, const struct stmt *s)
{
    bool plain = s->kind == STMT_LET || s->kind == STMT_DEF || s->kind == STMT_NOTE ||
                 s->kind == STMT_TRACE || s->kind == STMT_TODO || s->kind == STMT_SKIP;
    return plain && !gen_clients_of(g, s);
}

void gen_par(struct gen *g, const struct stmt *s)
{
    uint32_t who = clients(g, s->body, g->client), outer = g->set;
    scope_push(g)->transparent = true;
    uint32_t first_slot = g->slots;
    uint32_t unbind = emit(g, 0, PROG_UNBIND, 0, 0, first_slot);
    uint32_t site = emit_site(g, s, SITE_PAR);
    g->lanes = 0;
    g->first_lane = 1;
    for (uint32_t c = 0; c < PROGRAM_CLIENTS_MAX; c++)
        if (who >> c & 1)
            fresh_lane(g, 1 + g->lanes++, c);
    for (const struct stmt *line = s->body; line; line = line->next) {
        bool before = goes_before(g, line);
        g->in_par = !before;
        g->set = before ? outer : ((1u << g->lanes) - 1) << 1;
        gen_stmt(g, line);
    }
    g->in_par = false;
    g->set = outer;
    for (uint32_t i = 0; i < g->lanes; i++)
        emit(g, 1 + i, PROG_ENDLANE, 0, 0, 0);
    if (g->lanes && !g->muted)
        put_together(g, PROG_PAR, site, NULL);
    if (!g->muted && !g->stop)
        g->lane[0].code[unbind].b = (uint16_t)(g->slots - first_slot);
    g->lanes = 0;
    scope_pop(g);
}

/* Lines that are no step of their own: they belong to the step behind them. */
static bool no_step(const struct stmt *s)
{
    return s->kind == STMT_LET || s->kind == STMT_SET || s->kind == STMT_DEF ||
           s->kind == STMT_NOTE || s->kind == STMT_TRACE || s->kind == STMT_TODO ||
           s->kind == STMT_SKIP;
}

/* One client's block. Answers its number of steps. */
static uint32_t block_of(struct gen *g, const struct stmt *block, uint32_t lane)
{
    uint32_t steps = 0;
    bool open = false;
    g->set = 1u << lane;
    g->client = g->lane[lane].client;
    scope_push(g)->tags = true;
    for (const struct stmt *line = block->body; line; line = line->next) {
        if (open)
            emit(g, lane, PROG_STEP, 0, 0, 0);
        gen_stmt(g, line);
        open = !no_step(line);
        steps += open;
    }
    scope_pop(g);
    emit(g, lane, PROG_ENDLANE, 0, 0, 0);
    if (steps > PROGRAM_STEPS_MAX)
        scope_error(g, block->at, "a block of interleave has too many steps",
                    "a block takes at most 255", NULL);
    return steps;
}

void gen_interleave(struct gen *g, const struct stmt *s)
{
    uint32_t steps[PROGRAM_LANES_MAX], outer = g->set, client = g->client, seen = 0;
    uint32_t site = g->site = emit_site(g, s, SITE_INTERLEAVE);
    if (s->expr)
        gen_number(g, 0, s->expr);
    else
        emit_number(g, 0, INTERLEAVE_DEFAULT);
    g->lanes = 0;
    g->first_lane = 1;
    g->in_interleave = true;
    for (const struct stmt *block = s->body; block; block = block->next) {
        g->in_interleave = false;
        uint32_t who = gen_client(g, block);
        g->in_interleave = true;
        if (seen >> who & 1) {
            scope_error(g, block->at, "a client has two blocks in one interleave",
                        "put its lines into one block", NULL);
            continue;
        }
        seen |= 1u << who;
        uint32_t lane = 1 + g->lanes;
        fresh_lane(g, lane, who);
        steps[g->lanes++] = block_of(g, block, lane);
    }
    g->in_interleave = false;
    g->set = outer;
    g->client = client;
    if (!g->muted && g->lanes)
        put_together(g, PROG_INTERLEAVE, site, steps);
    g->lanes = 0;
}

void gen_barrier(struct gen *g, const struct stmt *s)
{
    uint32_t lanes = 0;
    for (const struct word *w = s->words; w; w = w->next) {
        const struct symbol *c = scope_need(g, w->text, w->at);
        if (c->type != TYPE_CLIENT && c->type != TYPE_ANY)
            scope_error(g, w->at,
                        arena_printf(&g->source->arena, "'%.*s' is %s, not a client",
                                     (int)w->text.n, w->text.p, scope_type_name(g, c)),
                        "write barrier A, B with clients of this par", c);
    }
    GEN_LANES(g, l)
    lanes++;
    GEN_LANES(g, l)
    emit(g, l, PROG_BARRIER, lanes, PROGRAM_NONE16, g->barriers);
    g->barriers++;
}
