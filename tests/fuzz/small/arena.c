#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot.h"

enum { BYTES = 16 << 20, UNIT = 16 };

static uint8_t *arena;
static size_t used;

void arena_begin(void)
{
    arena = snapshot_outside(BYTES);
}

void arena_track(void)
{
    snapshot_track(arena, BYTES);
}

/* The linker sends all calls of malloc and its like here (--wrap). */
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
void __wrap_free(void *old);

/* Each piece follows a unit with its length; what is given back is not used again, for the
 * next return to a snapshot takes it away. */
void *__wrap_malloc(size_t bytes)
{
    uint8_t *at = arena + used + UNIT;

    if (arena == NULL || bytes > BYTES - used - 2 * UNIT)
        abort();
    memcpy(at - UNIT, &bytes, sizeof bytes);
    used += UNIT + (bytes + UNIT - 1) / UNIT * UNIT;
    return at;
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return __wrap_malloc(count * bytes); /* zero already: no piece is used twice */
}

void *__wrap_realloc(void *old, size_t bytes)
{
    void *at = __wrap_malloc(bytes);
    size_t length = 0;

    if (old != NULL)
        memcpy(&length, (uint8_t *)old - UNIT, sizeof length);
    if (length > 0)
        memcpy(at, old, length < bytes ? length : bytes);
    return at;
}

void __wrap_free(void *old)
{
    (void)old;
}
