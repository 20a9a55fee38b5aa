/* Memory of one compilation. */
#include "arena.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_piece {
    struct arena_piece *before;
    max_align_t bytes[];
};

void *arena_take(struct arena *a, size_t bytes)
{
    struct arena_piece *piece = calloc(1, sizeof(*piece) + bytes);
    if (!piece) {
        fputs("scriptc: out of memory\n", stderr);
        exit(2);
    }
    piece->before = a->last;
    a->last = piece;
    return piece->bytes;
}

const char *arena_printf(struct arena *a, const char *format, ...)
{
    char first[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(first, sizeof(first), format, args);
    char *text = arena_take(a, (size_t)n + 1);
    if ((size_t)n < sizeof(first))
        memcpy(text, first, (size_t)n + 1);
    else
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void arena_free(struct arena *a)
{
    while (a->last) {
        struct arena_piece *before = a->last->before;
        free(a->last);
        a->last = before;
    }
}

int slice_is(struct slice s, const char *word)
{
    return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

int slice_same(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
