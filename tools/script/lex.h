/* Words of a script: the whole file at once. */
#pragma once
#include "source.h"

enum token_kind {
    TOKEN_EOF,
    TOKEN_NEWLINE,
    TOKEN_IDENT,
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_MARK
};

/* A mark is one or two characters, packed. */
#define MARK2(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8)

struct token {
    enum token_kind kind;
    struct place at;
    bool spaced;       /* white space stands before it */
    uint32_t mark;     /* TOKEN_MARK */
    uint64_t number;   /* TOKEN_NUMBER */
    struct slice text; /* IDENT: the name; STRING: its bytes, escapes done */
};

struct token_list {
    struct token *token;
    uint32_t count; /* the last one is TOKEN_EOF */
};

/*
 * Returns: the tokens of a file, TOKEN_EOF last. What is no word is told as an error and
 * left out; a bad number or string stays as one, so that parsing goes on.
 */
struct token_list lex_file(struct source *s, uint32_t file);
