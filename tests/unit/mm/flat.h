/*
 * The reference: a flat set of 4 KiB mappings, written from contract part 3 and from nothing
 * of mm. Pages are kept sorted; a linear search is fast enough for a test.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { FLAT_MAX = 8192 };

struct flat_page {
    uint64_t va;
    uint64_t identity;
    uint32_t prop;
};

struct flat {
    uint32_t n;
    struct flat_page page[FLAT_MAX];
};

/* The first page at or after va; n if there is none. */
static inline uint32_t flat_at(const struct flat *s, uint64_t va)
{
    uint32_t i = 0;

    while (i < s->n && s->page[i].va < va)
        i++;
    return i;
}

static inline bool flat_has(const struct flat *s, uint64_t va)
{
    uint32_t i = flat_at(s, va);

    return i < s->n && s->page[i].va == va;
}

/* Remove [from, to). Returns how many pages went. */
static inline uint32_t flat_unmap(struct flat *s, uint64_t from, uint64_t to)
{
    uint32_t a = flat_at(s, from), b = flat_at(s, to);

    for (uint32_t i = b; i < s->n; i++)
        s->page[a + i - b] = s->page[i];
    s->n -= b - a;
    return b - a;
}

/* Returns how many pages it replaced: 0 or 1. */
static inline uint32_t flat_map(struct flat *s, struct flat_page p)
{
    uint32_t old = flat_unmap(s, p.va, p.va + 1);
    uint32_t at = flat_at(s, p.va);

    for (uint32_t i = s->n; i > at; i--)
        s->page[i] = s->page[i - 1];
    s->page[at] = p;
    s->n++;
    return old;
}

/* Returns how many pages have another property now. */
static inline uint32_t flat_protect(struct flat *s, uint64_t from, uint64_t to, uint32_t prop)
{
    uint32_t changed = 0;

    for (uint32_t i = flat_at(s, from); i < s->n && s->page[i].va < to; i++) {
        changed += s->page[i].prop != prop;
        s->page[i].prop = prop;
    }
    return changed;
}
