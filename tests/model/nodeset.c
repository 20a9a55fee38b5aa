#include "nodeset.h"

#include <string.h>

#include "grow.h"

void nodeset_free(struct nodeset *s)
{
    for (uint32_t l = 1; l < PT_LEVELS; l++)
        free(s->row[l].base);
    *s = (struct nodeset){ 0 };
}

/* How many nodes of the row begin before `base`. */
static uint32_t before(const struct node_row *row, uint64_t base)
{
    uint32_t lo = 0, hi = row->count;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (row->base[mid] < base)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool nodeset_has(const struct nodeset *s, uint32_t level, uint64_t va)
{
    if (level == PT_LEVELS)
        return true;
    const struct node_row *row = &s->row[level];
    uint64_t base = units_down(va, units_node(level));
    uint32_t i = before(row, base);
    return i < row->count && row->base[i] == base;
}

uint32_t nodeset_lowest(const struct nodeset *s, uint64_t va, uint32_t floor)
{
    uint32_t level = PT_LEVELS;

    while (level > floor && nodeset_has(s, level - 1, va))
        level--;
    return level;
}

static void add(struct node_row *row, uint64_t base)
{
    uint32_t i = before(row, base);

    if (i < row->count && row->base[i] == base)
        return;
    row->base = grow(row->base, &row->room, row->count + 1, sizeof *row->base);
    memmove(&row->base[i + 1], &row->base[i], (row->count - i) * sizeof *row->base);
    row->base[i] = base;
    row->count++;
}

void nodeset_grow(struct nodeset *s, uint64_t va, uint32_t floor)
{
    for (uint32_t l = PT_LEVELS - 1; l >= floor; l--)
        add(&s->row[l], units_down(va, units_node(l)));
}

uint64_t nodeset_missing(const struct nodeset *s, uint64_t lo, uint64_t hi, uint32_t floor)
{
    uint64_t missing = 0;

    for (uint32_t l = PT_LEVELS - 1; l >= floor; l--) {
        uint64_t first = lo / units_node(l), last = (hi - 1) / units_node(l);
        uint32_t there = before(&s->row[l], (last + 1) * units_node(l)) -
                         before(&s->row[l], first * units_node(l));
        missing += last - first + 1 - there;
    }
    return missing;
}

bool nodeset_next(const struct nodeset *s, uint32_t level, uint64_t *base)
{
    const struct node_row *row = &s->row[level];
    uint32_t i = before(row, *base);

    if (i == row->count)
        return false;
    *base = row->base[i];
    return true;
}

static uint32_t cut_row(struct node_row *row, uint64_t size, uint64_t lo, uint64_t hi)
{
    uint32_t from = before(row, lo);
    uint32_t to = hi >= size ? before(row, hi - size + 1) : 0;

    if (to <= from)
        return 0;
    memmove(&row->base[from], &row->base[to], (row->count - to) * sizeof *row->base);
    row->count -= to - from;
    return to - from;
}

uint32_t nodeset_cut(struct nodeset *s, uint32_t level, uint64_t lo, uint64_t hi)
{
    uint32_t gone = 0;

    for (uint32_t l = level; l >= 1; l--)
        gone += cut_row(&s->row[l], units_node(l), lo, hi);
    return gone;
}

uint32_t nodeset_count(const struct nodeset *s)
{
    return s->row[1].count + s->row[2].count + s->row[3].count;
}
