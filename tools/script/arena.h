/* Memory of one compilation: taken piece by piece, given back all at once. */
#pragma once
#include <stddef.h>

struct arena_piece;
struct arena {
    struct arena_piece *last;
};

/* A part of a text: not terminated, not owned. */
struct slice {
    const char *p;
    size_t n;
};

/* Returns: zeroed bytes, aligned for anything, valid until arena_free. Ends the program if
   the host has no memory left. */
void *arena_take(struct arena *a, size_t bytes);

/* Returns: the formatted text, valid until arena_free. */
const char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Ensures: everything taken is gone; the arena is empty and can be used again. */
void arena_free(struct arena *a);

/* Returns: 1 iff the slice is exactly that word. */
int slice_is(struct slice s, const char *word);
int slice_same(struct slice a, struct slice b);
