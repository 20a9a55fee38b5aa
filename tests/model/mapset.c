#include "mapset.h"

#include <string.h>

#include "grow.h"

void mapset_free(struct mapset *s)
{
    free(s->at);
    *s = (struct mapset){ 0 };
}

/* How many mappings end at or before va. */
static uint32_t before(const struct mapset *s, uint64_t va)
{
    uint32_t lo = 0, hi = s->count;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (s->at[mid].va + s->at[mid].size <= va)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct mapping *mapset_first(const struct mapset *s, uint64_t lo, uint64_t hi)
{
    uint32_t i = before(s, lo);

    return lo < hi && i < s->count && s->at[i].va < hi ? &s->at[i] : NULL;
}

struct mapping *mapset_at(const struct mapset *s, uint64_t va)
{
    return mapset_first(s, va, va + 1);
}

/* Opens a gap of `count` at place i. */
static void open_gap(struct mapset *s, uint32_t i, uint32_t count)
{
    s->at = grow(s->at, &s->room, s->count + count, sizeof *s->at);
    if (i < s->count)
        memmove(&s->at[i + count], &s->at[i], (s->count - i) * sizeof *s->at);
    s->count += count;
}

void mapset_add(struct mapset *s, struct mapping m)
{
    uint32_t i = before(s, m.va);

    assert(mapset_first(s, m.va, m.va + m.size) == NULL);
    open_gap(s, i, 1);
    s->at[i] = m;
}

void mapset_remove(struct mapset *s, const struct mapping *m)
{
    uint32_t i = (uint32_t)(m - s->at);

    s->count--;
    memmove(&s->at[i], &s->at[i + 1], (s->count - i) * sizeof *s->at);
}

void mapset_split(struct mapset *s, const struct mapping *m)
{
    uint32_t first = (uint32_t)(m - s->at);
    struct mapping whole = *m;
    uint64_t size = whole.size / PT_ENTRIES;

    assert(size >= PAGE_BYTES);
    open_gap(s, first, PT_ENTRIES - 1);
    for (uint32_t k = 0; k < PT_ENTRIES; k++)
        s->at[first + k] =
            (struct mapping){ whole.va + k * size, size,
                              whole.frame + k * (uint32_t)(size / PAGE_BYTES), whole.prop };
}
