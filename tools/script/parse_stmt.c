/* Statements. Keywords are contextual: a word followed by `=` or `:` is always a name. */
#include "parse.h"
#include "ops.h"
#include <string.h>

enum { INCLUDES_MAX = 16 };

static struct slice need_string(struct parser *p, const char *help)
{
    const struct token *t = parse_peek(p);
    if (t->kind != TOKEN_STRING) {
        parse_expected(p, "a string", help);
        return (struct slice){ "", 0 };
    }
    return parse_take(p)->text;
}

static struct word *words(struct parser *p, const char *what, const char *help)
{
    struct word *first = NULL, **last = &first;
    do {
        *last = parse_word_at(p, what, help);
        last = &(*last)->next;
    } while (parse_mark(p, ','));
    return first;
}

static void test(struct parser *p, struct stmt *s)
{
    s->text = need_string(p, "write test \"what it shows\" [tag, tag]");
    if (parse_mark(p, '[')) {
        s->words = words(p, "a tag", "tags are words: [basics, model]");
        parse_need_mark(p, ']', "']'", "tags are written [basics, model]");
    }
}

static void needs(struct parser *p, struct stmt *s)
{
    const struct token *first = parse_peek(p), *second = parse_ahead(p);
    bool alone = first->kind == TOKEN_IDENT &&
                 (second->kind == TOKEN_NEWLINE || second->kind == TOKEN_EOF ||
                  (second->kind == TOKEN_MARK && (second->mark == ';' || second->mark == '}')));
    if (first->kind == TOKEN_IDENT && second->kind == TOKEN_IDENT) {
        s->variant = NEEDS_BACKEND;
        if (!parse_word(p, "backend"))
            parse_error(p, first->at, "`needs` with two words is `needs backend NAME`",
                        "write needs cpus >= 2, needs backend bochs or needs pcid");
        s->name = parse_take(p)->text;
    } else if (alone) {
        s->variant = NEEDS_FEATURE;
        s->name = parse_take(p)->text;
    } else {
        s->expr = parse_expr(p);
    }
}

static void include(struct parser *p, struct stmt *s)
{
    struct place at = parse_peek(p)->at;
    s->text = need_string(p, "write include \"file.ipc\"");
    if (p->bad)
        return;
    int file = p->include ? p->include(p->context, p->source, p->file, s->text) : -1;
    if (file < 0) {
        parse_error(p, at, "the file cannot be read",
                    "files for include are in lib/ beside the script, or beside it");
        return;
    }
    for (uint32_t i = 0; i < (uint32_t)file; i++)
        if (strcmp(p->source->file[i].path, p->source->file[file].path) == 0 &&
            !p->source->file[i].closed) {
            parse_error(p, at, "the file includes itself", "remove one include of the circle");
            return;
        }
    if (p->includes >= INCLUDES_MAX) {
        parse_error(p, at, "includes are nested too deeply",
                    "at most 16 files inside each other");
        return;
    }
    struct parser inner = *p;
    inner.list = lex_file(p->source, (uint32_t)file);
    inner.at = inner.last = 0;
    inner.file = (uint32_t)file;
    inner.includes++;
    inner.unclosed = false;
    s->body = parse_statements(&inner, false);
    p->source->file[file].closed = true;
}

static void client(struct parser *p, struct stmt *s)
{
    const char *help = "write client NAME on cpu NUMBER";
    const struct token *name = parse_need_ident(p, "a name", help);
    s->name = name->text;
    s->name_at = name->at;
    if (!parse_word(p, "on") || !parse_word(p, "cpu"))
        parse_expected(p, "'on cpu'", help);
    s->expr = parse_expr(p);
}

static void let(struct parser *p, struct stmt *s)
{
    const struct token *name = parse_need_ident(p, "a name", "write let NAME = VALUE");
    s->name = name->text;
    s->name_at = name->at;
    parse_need_mark(p, '=', "'='", "write let NAME = VALUE");
    s->expr = parse_expr(p);
}

static void def(struct parser *p, struct stmt *s)
{
    const char *help = "write def NAME(PARAMETER, PARAMETER) { … }";
    const struct token *name = parse_need_ident(p, "a name", help);
    s->name = name->text;
    s->name_at = name->at;
    parse_need_mark(p, '(', "'('", help);
    if (!parse_mark(p, ')')) {
        s->words = words(p, "a parameter", help);
        parse_need_mark(p, ')', "')'", help);
    }
    uint32_t count = 0;
    for (const struct word *w = s->words; w; w = w->next)
        if (++count > AST_ARGS_MAX)
            parse_error(p, w->at, "too many parameters", "a def takes at most 16");
    s->body = parse_block(p, &s->body_end);
}

static void call(struct parser *p, struct stmt *s)
{
    const char *help = "write call NAME(ARGUMENT, ARGUMENT)";
    const struct token *name = parse_need_ident(p, "the name of a def", help);
    uint32_t count;
    s->name = name->text;
    s->name_at = name->at;
    if (parse_need_mark(p, '(', "'('", help))
        s->args = parse_exprs(p, ')', AST_ARGS_MAX, &count);
}

static void repeat(struct parser *p, struct stmt *s)
{
    s->expr = parse_expr(p);
    if (parse_word(p, "as")) {
        const struct token *name =
            parse_need_ident(p, "a name", "write repeat COUNT as NAME { … }");
        s->name = name->text;
        s->name_at = name->at;
    }
    s->body = parse_block(p, &s->body_end);
}

static void branch(struct parser *p, struct stmt *s)
{
    s->expr = parse_expr(p);
    s->body = parse_block(p, &s->body_end);
    uint32_t at = p->at, last = p->last;
    while (!p->bad && parse_peek(p)->kind == TOKEN_NEWLINE)
        parse_take(p);
    if (parse_word(p, "else")) {
        struct stmt *other = parse_fresh(p, STMT_IF);
        other->body = parse_block(p, &other->body_end);
        s->other = other;
        return;
    }
    p->at = at;
    p->last = last;
}

static void skip(struct parser *p, struct stmt *s)
{
    s->text = need_string(p, "write skip \"why\" or skip \"why\" if CONDITION");
    if (parse_word(p, "if"))
        s->expr = parse_expr(p);
}

static void group(struct parser *p, struct stmt *s)
{
    s->text = need_string(p, "write group \"what it shows\" { … }");
    s->body = parse_block(p, &s->body_end);
}

static void block(struct parser *p, struct stmt *s)
{
    s->body = parse_block(p, &s->body_end);
}

static void value(struct parser *p, struct stmt *s)
{
    s->expr = parse_expr(p);
}

static void text(struct parser *p, struct stmt *s)
{
    s->text = need_string(p, "a text is written in double quotes");
}

static void barrier(struct parser *p, struct stmt *s)
{
    s->words = words(p, "a client", "write barrier A, B");
}

static void blocked(struct parser *p, struct stmt *s)
{
    s->words = parse_word_at(p, "the tag of an async request", "write blocked TAG by NAME");
    if (parse_word(p, "by"))
        s->words->next =
            parse_word_at(p, "a cursor, a tag or a client", "write blocked TAG by NAME");
}

static void await(struct parser *p, struct stmt *s)
{
    s->words = parse_word_at(p, "the tag of an async request", "write await TAG");
}

static void check(struct parser *p, struct stmt *s)
{
    if (parse_word(p, "invariants"))
        s->variant = CHECK_IS_INVARIANTS;
    else
        s->expr = parse_expr(p);
}

static void trace(struct parser *p, struct stmt *s)
{
    s->on = parse_word(p, "on");
    if (!s->on && !parse_word(p, "off"))
        parse_expected(p, "on or off", "write trace on or trace off");
}

static const struct form {
    const char *word;
    enum stmt_kind kind;
    void (*parse)(struct parser *p, struct stmt *s);
} forms[] = {
    { "test", STMT_TEST, test },
    { "needs", STMT_NEEDS, needs },
    { "timeout", STMT_TIMEOUT, value },
    { "seed", STMT_SEED, value },
    { "include", STMT_INCLUDE, include },
    { "client", STMT_CLIENT, client },
    { "let", STMT_LET, let },
    { "set", STMT_SET, let },
    { "def", STMT_DEF, def },
    { "call", STMT_CALL, call },
    { "group", STMT_GROUP, group },
    { "par", STMT_PAR, block },
    { "repeat", STMT_REPEAT, repeat },
    { "interleave", STMT_INTERLEAVE, parse_interleave },
    { "choose", STMT_CHOOSE, parse_choose },
    { "if", STMT_IF, branch },
    { "barrier", STMT_BARRIER, barrier },
    { "skip", STMT_SKIP, skip },
    { "todo", STMT_TODO, text },
    { "blocked", STMT_BLOCKED, blocked },
    { "await", STMT_AWAIT, await },
    { "check", STMT_CHECK, check },
    { "dump", STMT_DUMP, text },
    { "note", STMT_NOTE, text },
    { "trace", STMT_TRACE, trace },
};

static const struct form *form_here(const struct parser *p, bool prefixed)
{
    const struct token *t = parse_peek(p), *next = parse_ahead(p);
    if (t->kind != TOKEN_IDENT || (next->kind == TOKEN_MARK && next->mark == '='))
        return NULL;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (slice_is(t->text, forms[i].word)) {
            if (forms[i].kind == STMT_SKIP && (next->kind != TOKEN_STRING || prefixed))
                return NULL; /* the operation */
            return &forms[i];
        }
    return NULL;
}

static void request(struct parser *p, struct stmt *s)
{
    s->kind = STMT_REQUEST;
    s->request = parse_request(p);
    s->name = s->request->name;
    s->name_at = s->request->name_at;
}

struct stmt *parse_stmt(struct parser *p)
{
    struct stmt *s = parse_fresh(p, STMT_BAD);
    const struct token *next = parse_ahead(p);
    if (parse_peek(p)->kind == TOKEN_IDENT && next->kind == TOKEN_MARK && next->mark == ':') {
        s->client = parse_word_at(p, "a client", "");
        parse_take(p);
        s->word = parse_peek(p)->at;
    }
    const struct form *form = form_here(p, s->client != NULL);
    if (form && s->client && form->kind != STMT_CALL) {
        parse_error(p, s->word, "only a request or a call can have a client before it",
                    "write the statement without the client");
    } else if (form) {
        parse_take(p);
        s->kind = form->kind;
        form->parse(p, s);
    } else {
        request(p, s);
    }
    bool takes = s->kind == STMT_REQUEST || s->kind == STMT_AWAIT;
    if (takes && parse_mark(p, MARK2('=', '>'))) {
        struct place start = parse_peek(p)->at;
        s->has_expect = true;
        s->expect = parse_expect(p);
        s->expect_at = parse_since(p, start);
    }
    if (s->kind == STMT_REQUEST && s->has_expect && parse_is_word(p, "async"))
        parse_error(p, parse_peek(p)->at, "'async' stands before '=>'",
                    "write … async TAG => OUTCOME");
    s->at = parse_since(p, s->at);
    return s;
}
