/* Tokens into a tree. */
#pragma once
#include "ast.h"

/* Finds the text of an included file. Answers its number in the sources, or -1. */
typedef int (*parse_include_fn)(void *context, struct source *s, uint32_t from,
                                struct slice name);

struct parser {
    struct source *source;
    struct token_list list;
    uint32_t at;
    uint32_t last; /* offset behind the last token taken */
    uint32_t file;
    bool bad;          /* this statement is given up: only ends of lines are seen */
    bool unclosed;     /* a block without end was told */
    uint32_t nesting;  /* of blocks */
    uint32_t depth;    /* of the expression being parsed */
    uint32_t includes; /* files being parsed */
    parse_include_fn include;
    void *context;
};

/* Returns: the statements of a file and of what it includes. Findings are in source. */
struct stmt *parse_file(struct source *s, uint32_t file, parse_include_fn include,
                        void *context);

/* Between the parts of the parser: */
const struct token *parse_peek(const struct parser *p);
const struct token *parse_ahead(const struct parser *p); /* the token after that */
const struct token *parse_take(struct parser *p);
bool parse_is_mark(const struct parser *p, uint32_t mark);
bool parse_is_word(const struct parser *p, const char *word);
bool parse_mark(struct parser *p, uint32_t mark); /* take it if it is there */
bool parse_word(struct parser *p, const char *word);
bool parse_need_mark(struct parser *p, uint32_t mark, const char *what, const char *help);
const struct token *parse_need_ident(struct parser *p, const char *what, const char *help);
struct place parse_since(const struct parser *p, struct place start);
/* The statement is given up; the first reason is told. */
struct finding *parse_error(struct parser *p, struct place at, const char *text,
                            const char *help);
void parse_expected(struct parser *p, const char *what, const char *help);
bool parse_at_end(const struct parser *p); /* of the statement */

struct expr *parse_expr(struct parser *p);
struct expr *parse_handle(struct parser *p, bool list_follows);
struct expr *parse_exprs(struct parser *p, uint32_t closing, uint32_t most, uint32_t *count);
/* expr, or a range: `..` an end, `for` a length; *second is NULL for an expr alone. */
struct expr *parse_range(struct parser *p, struct expr **second, bool *length);
struct request *parse_request(struct parser *p);
struct outcome *parse_expect(struct parser *p);
uint64_t parse_prop(struct parser *p);
/* Statements up to the end of the file, or of the block if inside one. */
struct stmt *parse_statements(struct parser *p, bool inside);
/* After an error: go on with the next line. Returns: what stands in the blocks that the bad
   line opened; it is parsed, so that its errors are told and its names are known. */
struct stmt *parse_recover(struct parser *p);
struct stmt *parse_block(struct parser *p, struct place *end);
struct stmt *parse_stmt(struct parser *p);
struct stmt *parse_fresh(struct parser *p, enum stmt_kind kind);
struct word *parse_word_at(struct parser *p, const char *what, const char *help);
void parse_interleave(struct parser *p, struct stmt *s);
void parse_choose(struct parser *p, struct stmt *s);
void parse_unclosed(struct parser *p, struct place start); /* told once a file */
