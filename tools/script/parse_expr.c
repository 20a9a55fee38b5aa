/* Expressions, handles, ranges: C's operators with C's precedence. */
#include "parse.h"

static struct expr *ternary(struct parser *p);

static struct expr *make(struct parser *p, enum expr_kind kind, struct place start)
{
    struct expr *e = arena_take(&p->source->arena, sizeof(*e));
    e->kind = kind;
    e->at = parse_since(p, start);
    e->mark = start;
    e->depth = 1;
    return e;
}

/* Depth of a node above its children; too deep gives the statement up. */
static void raise_depth(struct parser *p, struct expr *e, const struct expr *child)
{
    if (child && child->depth >= e->depth)
        e->depth = child->depth + 1;
    if (e->depth > AST_DEPTH_MAX)
        parse_error(p, e->mark, "the expression is nested too deeply",
                    "compute a part of it with `let` first");
}

struct expr *parse_exprs(struct parser *p, uint32_t closing, uint32_t most, uint32_t *count)
{
    struct expr *first = NULL, **last = &first;
    *count = 0;
    if (parse_mark(p, closing))
        return NULL;
    do {
        struct expr *e = parse_expr(p);
        if (p->bad)
            return first;
        if (++*count > most) {
            parse_error(p, e->at, "the list is too long",
                        arena_printf(&p->source->arena, "at most %u fit here", most));
            return first;
        }
        *last = e;
        last = &e->next;
    } while (parse_mark(p, ','));
    parse_need_mark(p, closing, closing == ')' ? "')'" : "']'", "close the list");
    return first;
}

static struct expr *named(struct parser *p)
{
    struct place start = parse_peek(p)->at;
    bool variable = parse_mark(p, '$');
    const struct token *name = parse_need_ident(p, "a name after '$'", "$name reads a number");
    struct expr *e = make(p, variable ? EXPR_VARIABLE : EXPR_NAME, start);
    e->name = name->text;
    if (!variable && parse_mark(p, '(')) {
        uint32_t count;
        e->kind = EXPR_CALL;
        e->list = parse_exprs(p, ')', AST_ARGS_MAX, &count);
        e->number = count;
        e->at = parse_since(p, start);
        for (const struct expr *arg = e->list; arg; arg = arg->next)
            raise_depth(p, e, arg);
    }
    return e;
}

static struct expr *indexed(struct parser *p, struct expr *e, bool list_follows)
{
    while (parse_is_mark(p, '[') && !(list_follows && parse_peek(p)->spaced)) {
        struct place mark = parse_take(p)->at;
        struct expr *outer = make(p, EXPR_INDEX, e->at);
        outer->mark = mark;
        outer->left = e;
        outer->right = parse_expr(p);
        parse_need_mark(p, ']', "']'", "an element is written name[index]");
        outer->at = parse_since(p, e->at);
        raise_depth(p, outer, e);
        raise_depth(p, outer, outer->right);
        e = outer;
        if (p->bad)
            break;
    }
    return e;
}

static struct expr *primary(struct parser *p)
{
    const struct token *t = parse_peek(p);
    if (t->kind == TOKEN_NUMBER) {
        parse_take(p);
        struct expr *e = make(p, EXPR_NUMBER, t->at);
        e->number = t->number;
        return e;
    }
    if (parse_mark(p, '(')) {
        struct expr *e = parse_expr(p);
        parse_need_mark(p, ')', "')'", "close the parenthesis");
        e->at = parse_since(p, t->at);
        return e;
    }
    if (t->kind == TOKEN_IDENT || parse_is_mark(p, '$'))
        return indexed(p, named(p), false);
    parse_expected(p, "a value", "a value is a number, $name, a name, a function or ( … )");
    return make(p, EXPR_NUMBER, t->at);
}

static struct expr *unary(struct parser *p)
{
    static const struct {
        char mark;
        enum program_unary op;
    } ops[] = { { '-', UNARY_NEG }, { '~', UNARY_NOT }, { '!', UNARY_LNOT } };
    struct place start = parse_peek(p)->at;
    if (p->depth >= AST_DEPTH_MAX) {
        parse_error(p, start, "the expression is nested too deeply",
                    "compute a part of it with `let` first");
        return make(p, EXPR_NUMBER, start);
    }
    p->depth++;
    struct expr *e = NULL;
    for (size_t i = 0; !e && i < sizeof(ops) / sizeof(ops[0]); i++)
        if (parse_mark(p, (unsigned char)ops[i].mark)) {
            struct expr *inner = unary(p);
            e = make(p, EXPR_ONE, start);
            e->op = ops[i].op;
            e->left = inner;
            raise_depth(p, e, inner);
        }
    if (!e && parse_mark(p, '+'))
        e = unary(p);
    else if (!e)
        e = primary(p);
    p->depth--;
    return e;
}

static const struct level {
    uint32_t mark;
    int strength;
    uint32_t op;
} levels[] = {
    { MARK2('|', '|'), 1, 0 },
    { MARK2('&', '&'), 2, 0 },
    { '|', 3, BINARY_OR },
    { '^', 4, BINARY_XOR },
    { '&', 5, BINARY_AND },
    { MARK2('=', '='), 6, BINARY_EQ },
    { MARK2('!', '='), 6, BINARY_NE },
    { '<', 7, BINARY_LT },
    { MARK2('<', '='), 7, BINARY_LE },
    { '>', 7, BINARY_GT },
    { MARK2('>', '='), 7, BINARY_GE },
    { MARK2('<', '<'), 8, BINARY_SHL },
    { MARK2('>', '>'), 8, BINARY_SHR },
    { '+', 9, BINARY_ADD },
    { '-', 9, BINARY_SUB },
    { '*', 10, BINARY_MUL },
    { '/', 10, BINARY_DIV },
    { '%', 10, BINARY_MOD },
};

static const struct level *level_here(const struct parser *p)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (parse_is_mark(p, levels[i].mark))
            return &levels[i];
    return NULL;
}

static struct expr *binary(struct parser *p, int strength)
{
    struct expr *left = unary(p);
    for (;;) {
        const struct level *level = level_here(p);
        if (!level || level->strength < strength || p->bad)
            return left;
        struct place mark = parse_take(p)->at;
        struct expr *right = binary(p, level->strength + 1);
        enum expr_kind kind = level->strength == 1   ? EXPR_OR
                              : level->strength == 2 ? EXPR_AND
                                                     : EXPR_TWO;
        struct expr *e = make(p, kind, left->at);
        e->mark = mark;
        e->op = level->op;
        e->left = left;
        e->right = right;
        raise_depth(p, e, left);
        raise_depth(p, e, right);
        left = e;
    }
}

static struct expr *ternary(struct parser *p)
{
    struct expr *condition = binary(p, 1);
    struct place mark = parse_peek(p)->at;
    if (!parse_mark(p, '?'))
        return condition;
    struct expr *e = make(p, EXPR_COND, condition->at);
    e->mark = mark;
    e->left = condition;
    e->right = parse_expr(p);
    parse_need_mark(p, ':', "':'", "a choice is written condition ? value : value");
    e->third = parse_expr(p);
    e->at = parse_since(p, condition->at);
    raise_depth(p, e, condition);
    raise_depth(p, e, e->right);
    raise_depth(p, e, e->third);
    return e;
}

struct expr *parse_expr(struct parser *p)
{
    if (p->depth >= AST_DEPTH_MAX) {
        struct place here = parse_peek(p)->at;
        parse_error(p, here, "the expression is nested too deeply",
                    "compute a part of it with `let` first");
        return make(p, EXPR_NUMBER, here);
    }
    p->depth++;
    struct expr *e = ternary(p);
    p->depth--;
    return e;
}

struct expr *parse_handle(struct parser *p, bool list_follows)
{
    const struct token *t = parse_peek(p);
    if (t->kind == TOKEN_IDENT || parse_is_mark(p, '$')) {
        struct place start = t->at;
        bool variable = parse_mark(p, '$');
        const struct token *name =
            parse_need_ident(p, "a name after '$'", "write the name of a handle");
        struct expr *e = make(p, variable ? EXPR_VARIABLE : EXPR_NAME, start);
        e->name = name->text;
        return indexed(p, e, list_follows);
    }
    parse_expected(p, "a handle", "a handle is a name, or name[index] for one of several");
    return make(p, EXPR_NAME, t->at);
}

struct expr *parse_range(struct parser *p, struct expr **second, bool *length)
{
    struct expr *first = parse_expr(p);
    *second = NULL;
    *length = parse_word(p, "for");
    if (*length || parse_mark(p, MARK2('.', '.')))
        *second = parse_expr(p);
    return first;
}
