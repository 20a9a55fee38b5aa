/* blocked, await, check. */
#include "gen.h"

static struct symbol *tag_of(struct gen *g, const struct word *w)
{
    struct symbol *s = scope_need(g, w->text, w->at);
    if (s->type != TYPE_TAG && s->type != TYPE_ANY)
        scope_error(g, w->at,
                    arena_printf(&g->source->arena, "'%.*s' is %s, not the tag of a request",
                                 (int)w->text.n, w->text.p, scope_type_name(g, s)),
                    "a tag is made by a request that ends with: async TAG", s);
    return s;
}

static uint32_t only_lane(const struct gen *g)
{
    uint32_t lane = 0;
    GEN_LANES(g, l)
    lane = l;
    return lane;
}

static uint32_t tagged_site(struct gen *g, const struct stmt *s, enum site_kind kind)
{
    const struct symbol *tag = tag_of(g, s->words);
    uint32_t site = g->site = emit_site(g, s, kind);
    if (!g->muted && !g->stop) {
        g->sites[site].site.tag = (uint16_t)tag->slot;
        g->sites[site].tag_site = tag->site;
    }
    return site;
}

void gen_await(struct gen *g, const struct stmt *s)
{
    uint32_t lane = only_lane(g);
    uint32_t site = tagged_site(g, s, SITE_AWAIT);
    gen_expects(g, lane, s);
    emit(g, lane, PROG_AWAIT, 0, 0, site);
}

void gen_blocked(struct gen *g, const struct stmt *s)
{
    uint32_t lane = only_lane(g);
    uint32_t site = tagged_site(g, s, SITE_BLOCKED);
    const struct word *by = s->words->next;
    if (by) {
        const struct symbol *x = scope_need(g, by->text, by->at);
        if (x->type == TYPE_CLIENT)
            emit(g, lane, PROG_CLIENT, 0, 0, x->slot);
        else if (x->type == TYPE_TAG)
            emit(g, lane, PROG_TAG, 0, 0, x->slot);
        else
            gen_load(g, lane, x);
        if (x->type != TYPE_CLIENT && x->type != TYPE_TAG && x->type != TYPE_CURSOR &&
            x->type != TYPE_CURSOR_MUT && x->type != TYPE_RAW && x->type != TYPE_ANY)
            scope_error(g, by->at,
                        arena_printf(&g->source->arena, "nothing waits for '%.*s': it is %s",
                                     (int)by->text.n, by->text.p, scope_type_name(g, x)),
                        "name a cursor, a tag or a client", x);
        if (!g->muted && !g->stop)
            g->sites[site].site.operands = 1;
    }
    emit(g, lane, PROG_BLOCKED, 0, 0, site);
}

static bool has_leaks(const struct expr *e)
{
    return e && ((e->kind == EXPR_NAME && slice_is(e->name, "leaks")) || has_leaks(e->left) ||
                 has_leaks(e->right) || has_leaks(e->third));
}

void gen_check(struct gen *g, const struct stmt *s)
{
    uint32_t lane = only_lane(g);
    uint32_t site = g->site = emit_site(g, s, SITE_CHECK);
    const struct expr *e = s->expr;
    if (s->variant == CHECK_IS_INVARIANTS) {
        emit(g, lane, PROG_CHECK, CHECK_INVARIANTS, 0, site);
        return;
    }
    emit(g, lane, PROG_QUIESCE, 0, 0, 0);
    g->check = true;
    if (e->kind == EXPR_TWO && e->op >= BINARY_EQ && e->op <= BINARY_GE) {
        gen_number(g, lane, e->left);
        gen_number(g, lane, e->right);
        bool leak = has_leaks(e->left) || has_leaks(e->right);
        emit(g, lane, PROG_CHECK, leak ? CHECK_LEAK : CHECK_COMPARE, e->op, site);
    } else {
        gen_number(g, lane, e);
        emit(g, lane, PROG_CHECK, CHECK_TRUE, 0, site);
    }
    g->check = false;
}
