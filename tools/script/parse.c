/* The parser's ground: tokens, errors, recovery, blocks and files. */
#include "parse.h"
#include "ops.h"

/* A statement that is given up sees nothing but the end of its line. */
static const struct token *end_of_line(void)
{
    static const struct token newline = { .kind = TOKEN_NEWLINE };
    return &newline;
}

const struct token *parse_peek(const struct parser *p)
{
    return p->bad ? end_of_line() : &p->list.token[p->at];
}

const struct token *parse_ahead(const struct parser *p)
{
    return p->bad || p->at + 1 >= p->list.count ? end_of_line() : &p->list.token[p->at + 1];
}

const struct token *parse_take(struct parser *p)
{
    const struct token *t = parse_peek(p);
    if (!p->bad && t->kind != TOKEN_EOF) {
        p->at++;
        p->last = t->at.offset + t->at.bytes;
    }
    return t;
}

bool parse_is_mark(const struct parser *p, uint32_t mark)
{
    const struct token *t = parse_peek(p);
    return t->kind == TOKEN_MARK && t->mark == mark;
}

bool parse_is_word(const struct parser *p, const char *word)
{
    const struct token *t = parse_peek(p);
    return t->kind == TOKEN_IDENT && slice_is(t->text, word);
}

bool parse_mark(struct parser *p, uint32_t mark)
{
    bool there = parse_is_mark(p, mark);
    if (there)
        parse_take(p);
    return there;
}

bool parse_word(struct parser *p, const char *word)
{
    bool there = parse_is_word(p, word);
    if (there)
        parse_take(p);
    return there;
}

struct place parse_since(const struct parser *p, struct place start)
{
    uint32_t end = p->last > start.offset ? p->last : start.offset + start.bytes;
    return (struct place){ p->file, start.offset, end - start.offset };
}

struct finding *parse_error(struct parser *p, struct place at, const char *text,
                            const char *help)
{
    static struct finding ignored;
    if (p->bad)
        return &ignored;
    p->bad = true;
    struct finding *f = source_error(p->source, at, text);
    f->help = help;
    return f;
}

void parse_expected(struct parser *p, const char *what, const char *help)
{
    if (p->bad)
        return;
    const struct token *t = parse_peek(p);
    struct slice found = source_text(p->source, t->at);
    struct arena *a = &p->source->arena;
    int n = found.n > 30 ? 30 : (int)found.n;
    const char *text = t->kind == TOKEN_EOF
                           ? arena_printf(a, "expected %s, but the file ends", what)
                       : t->kind == TOKEN_NEWLINE
                           ? arena_printf(a, "expected %s, but the line ends", what)
                           : arena_printf(a, "expected %s before '%.*s'", what, n, found.p);
    parse_error(p, t->at, text, help);
}

bool parse_need_mark(struct parser *p, uint32_t mark, const char *what, const char *help)
{
    if (parse_mark(p, mark))
        return true;
    parse_expected(p, what, help);
    return false;
}

const struct token *parse_need_ident(struct parser *p, const char *what, const char *help)
{
    const struct token *t = parse_peek(p);
    if (t->kind == TOKEN_IDENT)
        return parse_take(p);
    parse_expected(p, what, help);
    return t;
}

bool parse_at_end(const struct parser *p)
{
    const struct token *t = parse_peek(p);
    return t->kind == TOKEN_EOF || t->kind == TOKEN_NEWLINE || parse_is_mark(p, ';') ||
           parse_is_mark(p, '}');
}

/* Skip to the end of the line. Answers how many blocks it opened and did not close. */
static uint32_t skip_line(struct parser *p)
{
    uint32_t open = 0;
    p->bad = false;
    for (;;) {
        const struct token *t = parse_peek(p);
        if (t->kind == TOKEN_EOF || t->kind == TOKEN_NEWLINE ||
            (!open && parse_is_mark(p, '}')))
            return open;
        if (parse_is_mark(p, '{'))
            open++;
        else if (parse_is_mark(p, '}'))
            open--;
        parse_take(p);
    }
}

struct stmt *parse_recover(struct parser *p)
{
    struct stmt *kept = NULL, **last = &kept;
    for (uint32_t open = skip_line(p); open; open--) {
        if (p->nesting >= AST_NESTING_MAX)
            break;
        p->nesting++;
        *last = parse_statements(p, true);
        p->nesting--;
        parse_mark(p, '}');
        while (*last)
            last = &(*last)->next;
    }
    if (!parse_at_end(p))
        skip_line(p);
    return kept;
}

static void skip_ends(struct parser *p)
{
    while (parse_peek(p)->kind == TOKEN_NEWLINE || parse_is_mark(p, ';'))
        parse_take(p);
}

static void need_end(struct parser *p)
{
    if (!p->bad && !parse_at_end(p))
        parse_expected(p, "the end of the line", "one statement a line, or `;` between two");
}

struct stmt *parse_statements(struct parser *p, bool inside)
{
    struct stmt *first = NULL, **last = &first;
    for (;;) {
        skip_ends(p);
        if (parse_peek(p)->kind == TOKEN_EOF || (inside && parse_is_mark(p, '}')))
            return first;
        struct stmt *s = NULL;
        if (parse_is_mark(p, '}')) {
            parse_error(p, parse_peek(p)->at, "this '}' closes no block",
                        "remove it, or open the block with '{'");
            p->bad = false;
            parse_take(p);
            continue;
        }
        s = parse_stmt(p);
        need_end(p);
        *last = s;
        while (*last)
            last = &(*last)->next;
        if (p->bad) {
            s->kind = s->kind == STMT_DEF ? STMT_DEF : STMT_BAD;
            *last = parse_recover(p);
            while (*last)
                last = &(*last)->next;
        }
    }
}

void parse_unclosed(struct parser *p, struct place start)
{
    if (!p->unclosed)
        source_error(p->source, start, "this block is never closed")->help =
            "close it with '}'";
    p->unclosed = true;
}

struct stmt *parse_block(struct parser *p, struct place *end)
{
    struct place start = parse_peek(p)->at;
    *end = start;
    if (!parse_need_mark(p, '{', "'{'", "a block is written { … }"))
        return NULL;
    if (p->nesting >= AST_NESTING_MAX) {
        parse_error(p, start, "blocks are nested too deeply",
                    "put the inner ones into a `def`");
        return NULL;
    }
    p->nesting++;
    struct stmt *body = parse_statements(p, true);
    p->nesting--;
    *end = parse_peek(p)->at;
    if (!parse_mark(p, '}'))
        parse_unclosed(p, start);
    return body;
}

struct stmt *parse_file(struct source *s, uint32_t file, parse_include_fn include,
                        void *context)
{
    struct parser p = { .source = s,
                        .list = lex_file(s, file),
                        .file = file,
                        .include = include,
                        .context = context };
    struct stmt *all = parse_statements(&p, false);
    s->file[file].closed = true;
    return all;
}
