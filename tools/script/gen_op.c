/* Requests and expectations: operands in order, then one instruction. */
#include "gen.h"
#include <string.h>

static uint32_t client_named(struct gen *g, struct slice name, struct place at)
{
    const char *help = scope_text(g, "declare it first: client %s on cpu 0", name);
    const struct symbol *s = scope_need_or(g, name, at, help);
    if (s->type == TYPE_CLIENT)
        return s->slot;
    if (s->type != TYPE_ANY)
        scope_error(g, at,
                    arena_printf(&g->source->arena, "'%.*s' is %s, not a client", (int)name.n,
                                 name.p, scope_type_name(g, s)),
                    help, s);
    return 0;
}

uint32_t gen_client(struct gen *g, const struct stmt *s)
{
    if (!s->client)
        return g->client;
    uint32_t client = client_named(g, s->client->text, s->client->at);
    if (g->in_interleave && client != g->client)
        scope_error(g, s->client->at, "inside a block of interleave the client is the block's",
                    "move the line into that client's block", NULL);
    return client;
}

/* The range as start and end, or as start and length. */
static void range(struct gen *g, uint32_t lane, const struct expr *first,
                  const struct expr *second, bool length, bool want_length)
{
    uint64_t x, y;
    gen_number(g, lane, first);
    if (gen_constant(first, &x) && gen_constant(second, &y)) {
        emit_number(g, lane, length == want_length ? y : length ? x + y : y - x);
        return;
    }
    if (length == want_length) {
        gen_number(g, lane, second);
        return;
    }
    if (length) { /* end = start + length */
        gen_number(g, lane, first);
        gen_number(g, lane, second);
        emit(g, lane, PROG_TWO, BINARY_ADD, 0, 0);
    } else {
        gen_number(g, lane, second);
        gen_number(g, lane, first);
        emit(g, lane, PROG_TWO, BINARY_SUB, 0, 0);
    }
}

/* A start that draws or reads must not be computed twice: it goes through a slot. */
static struct expr *once(struct gen *g, uint32_t lane, const struct expr *e,
                         struct symbol *slot)
{
    if (!gen_is_random(e))
        return NULL;
    gen_number(g, lane, e);
    *slot = (struct symbol){ .slot = emit_slots(g, 1), .type = TYPE_NUMBER };
    emit(g, lane, PROG_STORE, 0, 0, slot->slot);
    struct expr *variable = arena_take(&g->source->arena, sizeof(*variable));
    variable->kind = EXPR_VARIABLE;
    variable->at = e->at;
    variable->name = (struct slice){ "\1", 1 }; /* no script can spell it */
    slot->name = slot->origin = variable->name;
    slot->next = g->scope->symbols;
    g->scope->symbols = slot;
    return variable;
}

static void range_once(struct gen *g, uint32_t lane, const struct expr *first,
                       const struct expr *second, bool length, bool want_length)
{
    struct symbol *slot = arena_take(&g->source->arena, sizeof(*slot));
    const struct expr *variable = length == want_length ? NULL : once(g, lane, first, slot);
    range(g, lane, variable ? variable : first, second, length, want_length);
    if (variable)
        slot->name = slot->origin = (struct slice){ "", 0 };
}

static uint32_t list(struct gen *g, uint32_t lane, const struct operand *o, uint32_t client,
                     bool raw)
{
    uint32_t count = 0;
    g->raw = raw;
    g->raw_client = client;
    for (const struct expr *e = o->list; e; e = e->next, count++)
        gen_number(g, lane, e);
    g->raw = false;
    return count;
}

static void number_or(struct gen *g, uint32_t lane, const struct operand *o, uint64_t other)
{
    if (o->absent)
        emit_number(g, lane, other);
    else
        gen_number(g, lane, o->first);
}

/* Answers how many values it pushed. */
static uint32_t operand(struct gen *g, uint32_t lane, const struct request *r,
                        const struct operand *o, uint32_t client)
{
    switch (o->letter) {
    case 'n':
        gen_number(g, lane, o->first);
        return 1;
    case 'x':
        number_or(g, lane, o, 1);
        return 1;
    case 'l':
        number_or(g, lane, o, 0);
        return 1;
    case 'p':
    case 't':
    case 'i':
    case 'M':
        emit_number(g, lane, o->value);
        return 1;
    case 'A':
        if (o->absent) {
            emit_number(g, lane, 0);
            emit_number(g, lane, 0);
            return 2;
        }
        range_once(g, lane, o->first, o->second, o->length, false);
        return 2;
    case 'R':
    case 'W':
        range_once(g, lane, o->first, o->second, o->length, o->letter == 'W');
        return 2;
    case 'y':
    case 'k':
    case 'K':
        if (o->absent)
            emit(g, lane, PROG_NONE, 0, 0, 0);
        else
            emit(g, lane, PROG_CLIENT, 0, 0, client_named(g, o->text, o->at));
        return 1;
    case 'S':
        emit(g, lane, PROG_STRING, 0, 0, emit_string(g, o->text));
        return 1;
    case 'L':
        return list(g, lane, o, client, r->op == SCRIPT_RAW);
    default:
        if (o->absent)
            emit(g, lane, PROG_NONE, 0, 0, 0);
        else
            gen_handle(g, lane, o->first, o->letter, op_info[r->op].spelling);
        return 1;
    }
}

static void frame_value(struct gen *g, uint32_t lane, const struct outcome *o)
{
    if (!o->empty) {
        range_once(g, lane, o->first, o->second, o->length, true);
        return;
    }
    /* a value of another type: compiles, never matches */
    if (o->first)
        gen_number(g, lane, o->first);
    else
        emit_number(g, lane, 0);
    emit_number(g, lane, UINT64_MAX);
}

static void expectation(struct gen *g, uint32_t lane, const struct outcome *o)
{
    uint32_t c = 0;
    switch ((int)o->kind) {
    case OUT_NUMBER:
        gen_number(g, lane, o->first);
        break;
    case OUT_RANGE:
        range_once(g, lane, o->first, o->second, o->length, true);
        break;
    case OUT_HOLE:
        frame_value(g, lane, o);
        break;
    case OUT_MAPPED:
        frame_value(g, lane, o);
        if (o->frame)
            gen_handle(g, lane, o->frame, 'v', "->");
        c = o->prop;
        break;
    case OUT_BYTES:
        c = emit_string(g, o->text);
        break;
    case OUT_ERROR:
        c = (uint32_t)o->status;
        if (o->flags & OUT_COUNTED)
            gen_number(g, lane, o->first);
        break;
    case OUT_FAULT:
        c = o->access | o->reason << 8;
        break;
    default:
        break;
    }
    emit(g, lane, PROG_EXPECT, o->kind, o->flags, c);
}

void gen_expects(struct gen *g, uint32_t lane, const struct stmt *s)
{
    for (const struct outcome *o = s->expect; o; o = o->next)
        expectation(g, lane, o);
    if (g->lint && s->has_expect)
        lint_expects(g, s);
}

/* The type of the name that a request binds; TYPE_DEF: it binds nothing. */
static enum type bound_type(const struct request *r, uint32_t *count)
{
    uint64_t frames = 1;
    *count = 0;
    switch (op_info[r->op].result) {
    case RESULT_SPACE:
        return TYPE_SPACE;
    case RESULT_FRAME:
        if (!r->operand[0].absent && !gen_constant(r->operand[0].first, &frames))
            return TYPE_SOME;
        *count = frames < UINT32_MAX ? (uint32_t)frames : 0;
        return frames == 1 ? TYPE_FRAME : TYPE_FRAMES;
    case RESULT_HUGE:
        return TYPE_HUGE;
    case RESULT_DEVICE:
        return TYPE_DEVICE;
    case RESULT_CURSOR:
        return TYPE_CURSOR;
    case RESULT_CURSOR_MUT:
        return TYPE_CURSOR_MUT;
    case RESULT_READER:
        return TYPE_READER;
    case RESULT_WRITER:
        return TYPE_WRITER;
    case RESULT_NUMBER:
    case RESULT_ADDRESS:
    case RESULT_RANGE:
    case RESULT_QUERY:
        return TYPE_NUMBER;
    case RESULT_RAW:
        return TYPE_RAW;
    case RESULT_OK:
    case RESULT_BYTES:
        break;
    }
    return TYPE_DEF;
}

static struct symbol *binding(struct gen *g, const struct stmt *s, uint32_t client)
{
    const struct request *r = s->request;
    uint32_t count;
    enum type type = bound_type(r, &count);
    if (type == TYPE_DEF) {
        scope_error(g, r->name_at,
                    arena_printf(&g->source->arena, "'%s' answers nothing that has a name",
                                 op_info[r->op].spelling),
                    "remove the name and the '='", NULL);
        type = TYPE_ANY;
    }
    struct scope *here = g->scope;
    g->scope = scope_of_handles(g);
    struct symbol *old = NULL;
    /* lines of choose and par make the same name: whichever runs, it is this one */
    for (struct symbol *o = g->scope->symbols; here != g->scope && o; o = o->next)
        if (slice_same(o->name, s->name) && o->type <= TYPE_RAW && !o->per_lane && !old)
            old = o;
    struct symbol *made = scope_add(g, s->name, type, r->name_at);
    made->maker = s->at;
    made->request = r;
    made->count = count;
    made->client = client;
    made->slot = old ? old->slot : emit_slots(g, 1);
    made->closed = type == TYPE_NUMBER;
    if (old && old->type != type)
        made->type = type == TYPE_NUMBER || old->type == TYPE_NUMBER ? TYPE_ANY : TYPE_RAW;
    if (old && old->count != count)
        made->count = 0;
    g->scope = here;
    return made;
}

/* The symbol of a tag in the block that tags live in. */
static struct symbol *tag(struct gen *g, const struct request *r)
{
    struct scope *here = g->scope, *home = here;
    while (!home->tags)
        home = home->parent;
    for (struct symbol *s = home->symbols; s; s = s->next)
        if (s->type == TYPE_TAG && slice_same(s->name, r->tag))
            return s;
    g->scope = home;
    struct symbol *s = scope_add(g, r->tag, TYPE_TAG, r->tag_at);
    g->scope = here;
    s->slot = emit_tag(g, r->tag);
    return s;
}

void gen_request(struct gen *g, const struct stmt *s)
{
    const struct request *r = s->request;
    uint32_t client = gen_client(g, s), values = 0, lane = 0;
    GEN_LANES(g, l)
    lane = l;
    uint32_t site = g->site = emit_site(g, s, SITE_REQUEST);
    emit(g, lane, PROG_SETTLE, 0, 0, site);
    for (uint32_t i = 0; i < r->operands; i++)
        values += operand(g, lane, r, &r->operand[i], client);
    gen_expects(g, lane, s);
    struct symbol *made = s->name.n ? binding(g, s, client) : NULL;
    struct symbol *async = r->tag.n ? tag(g, r) : NULL;
    if (g->muted || g->stop)
        return;
    struct program_site *p = &g->sites[site].site;
    p->op = (uint8_t)r->op;
    p->client = (uint16_t)client;
    p->operands = (uint16_t)values;
    if (made) {
        p->slot = (uint16_t)made->slot;
        p->name = emit_name(g, s->name, made->type == TYPE_FRAMES || made->type == TYPE_SOME);
    }
    if (async) {
        p->tag = (uint16_t)async->slot;
        async->client = client;
        async->site = site;
        async->maker = s->at;
        if (made)
            emit(g, lane, PROG_UNBIND, 0, 1, made->slot);
    }
    emit(g, lane, PROG_REQUEST, 0, 0, site);
}
