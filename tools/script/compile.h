/* A script compiled: the whole path from text to program, without touching files. */
#pragma once
#include "gen.h"
#include "parse.h"

struct compile_options {
    bool lint;
    bool seeded; /* seed wins over the script's */
    uint64_t seed;
    parse_include_fn include; /* NULL: nothing can be included */
    void *context;
};

struct compiled {
    struct source source;
    struct gen gen;
    bool good;      /* no error: image holds the program */
    uint8_t *image; /* in the arena of source */
    uint32_t bytes;
    uint32_t crc;
};

/*
 * Requires: *c is zero.
 * Ensures: c->source holds what was found; c->good says whether there is a program.
 * compile_free gives all of it back.
 */
void compile_text(struct compiled *c, const char *path, const char *text, size_t bytes,
                  const struct compile_options *options);
void compile_free(struct compiled *c);

/* map.c: the JSON map of a compiled script. */
void map_write(struct compiled *c, FILE *out);

/* dump.c: a program as text. Returns: 0, or -1 if the image is no program. */
int dump_program(const uint8_t *image, size_t bytes, FILE *out);

/* verify.c: whether every offset, index and jump of a program is inside its bounds.
   Returns: NULL, or what is wrong. */
const char *verify_program(const uint8_t *image, size_t bytes);
