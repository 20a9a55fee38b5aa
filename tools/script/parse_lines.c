/* choose and interleave: braces that hold lines of their own. */
#include "parse.h"

struct stmt *parse_fresh(struct parser *p, enum stmt_kind kind)
{
    struct stmt *s = arena_take(&p->source->arena, sizeof(*s));
    s->kind = kind;
    s->at = s->word = s->body_end = parse_peek(p)->at;
    return s;
}

struct word *parse_word_at(struct parser *p, const char *what, const char *help)
{
    const struct token *t = parse_need_ident(p, what, help);
    struct word *w = arena_take(&p->source->arena, sizeof(*w));
    *w = (struct word){ .at = t->at, .text = t->text };
    return w;
}

static void skip_ends(struct parser *p)
{
    while (parse_peek(p)->kind == TOKEN_NEWLINE || parse_is_mark(p, ';')) {
        if (p->bad)
            return;
        parse_take(p);
    }
}

/* The next line inside the braces of interleave or choose is there. */
static bool more_lines(struct parser *p)
{
    skip_ends(p);
    return !p->bad && parse_peek(p)->kind != TOKEN_EOF && !parse_is_mark(p, '}');
}

static void close_lines(struct parser *p, struct place start)
{
    if (!parse_mark(p, '}'))
        parse_unclosed(p, start);
}

void parse_interleave(struct parser *p, struct stmt *s)
{
    const char *help = "write interleave max 20 { A { … } B { … } }";
    if (parse_word(p, "max"))
        s->expr = parse_expr(p);
    struct place start = parse_peek(p)->at;
    if (!parse_need_mark(p, '{', "'{'", help))
        return;
    struct stmt **last = &s->body;
    while (more_lines(p)) {
        struct stmt *lane = parse_fresh(p, STMT_GROUP);
        lane->client = parse_word_at(p, "a client and its block", help);
        lane->body = parse_block(p, &lane->body_end);
        if (p->bad) {
            parse_recover(p);
            continue;
        }
        *last = lane;
        last = &lane->next;
    }
    close_lines(p, start);
}

static struct stmt *alternative(struct parser *p, const char *help)
{
    struct stmt *arm = parse_fresh(p, STMT_CHOOSE);
    arm->expr = parse_expr(p);
    parse_need_mark(p, ':', "':' and a statement", help);
    arm->other = parse_stmt(p);
    if (!p->bad && !parse_at_end(p))
        parse_expected(p, "the end of the line", help);
    if (p->bad) {
        arm->other->kind = STMT_BAD;
        parse_recover(p);
    }
    return arm;
}

void parse_choose(struct parser *p, struct stmt *s)
{
    const char *help = "write choose { 5: STATEMENT ; 1: STATEMENT }, a statement a line";
    struct place start = parse_peek(p)->at;
    if (!parse_need_mark(p, '{', "'{'", help))
        return;
    struct stmt **last = &s->body;
    if (p->nesting >= AST_NESTING_MAX) {
        parse_error(p, s->at, "blocks are nested too deeply",
                    "put the inner ones into a `def`");
        return;
    }
    p->nesting++;
    while (more_lines(p)) {
        *last = alternative(p, help);
        last = &(*last)->next;
    }
    p->nesting--;
    close_lines(p, start);
}
