/* Source files of one compilation, places in them, and what is wrong there. */
#pragma once
#include "arena.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    SOURCE_FILES_MAX = 64,
    SOURCE_BYTES_MAX = 1 << 20, /* of one file */
    SOURCE_ERRORS_SHOWN = 20,
    SOURCE_ERRORS_KEPT = 512,
};

/* A stretch of text: `bytes` from `offset` on in a file. */
struct place {
    uint32_t file;
    uint32_t offset;
    uint32_t bytes;
};

struct source_file {
    const char *path; /* as diagnostics show it */
    const char *text; /* NUL after the last byte */
    uint32_t bytes;
    uint32_t *line; /* offset of the start of each line */
    uint32_t lines;
    bool closed; /* parsed to its end: including it again is no cycle */
};

enum finding_kind { FINDING_ERROR, FINDING_WARNING };

/* One error or warning. Texts live in the arena or are literals. */
struct finding {
    enum finding_kind kind;
    struct place at;
    const char *text;
    const char *help; /* NULL: none */
    bool has_maker;   /* a second line is shown, with a remark */
    struct place maker;
    const char *remark;
    uint32_t order;
};

struct source {
    struct arena arena;
    struct source_file file[SOURCE_FILES_MAX];
    uint32_t files;
    struct finding *finding[SOURCE_ERRORS_KEPT];
    uint32_t findings;
    uint32_t errors;
    bool full; /* more findings than are kept */
};

/*
 * Add a file. text is copied.
 * Returns: its number, or -1 if there are SOURCE_FILES_MAX already or it is too long.
 */
int source_add(struct source *s, const char *path, const char *text, size_t bytes);

/* Returns: the line (from 1) and the column (from 1, in characters) of a place. */
uint32_t source_line(const struct source *s, struct place at);
uint32_t source_column(const struct source *s, struct place at);

/* Returns: the text of a place. */
struct slice source_text(const struct source *s, struct place at);

/* Returns: a new error at a place, to be given help and maker; the same error at the same
   place is told once. Never NULL. */
struct finding *source_error(struct source *s, struct place at, const char *text);
struct finding *source_warning(struct source *s, struct place at, const char *text);

/* Ensures: the findings are printed in order of place, at most SOURCE_ERRORS_SHOWN. */
void source_print(struct source *s, FILE *out);

/* Ensures: all memory of the compilation is free. */
void source_free(struct source *s);

/* Returns: the candidate nearest to word (count of edits), NULL if none is near. */
const char *source_nearest(struct slice word, const char *const *candidate, size_t count);
