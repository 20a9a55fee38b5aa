/* The model's sets against arrays that are looked through from end to end. */
#include <criterion/criterion.h>
#include <string.h>

#include "mapset.h"
#include "nodeset.h"
#include "tests/unit/base/random.h"

/* --- mappings, page by page --- */

enum { PAGES = 3 * PT_ENTRIES };

static struct {
    bool mapped;
    uint32_t frame, prop;
} page[PAGES];

static void same(const struct mapset *s)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        const struct mapping *map = mapset_at(s, (uint64_t)i * PAGE_BYTES + 123);
        cr_assert_eq(map != NULL, page[i].mapped, "page %u", i);
        if (!map)
            continue;
        uint64_t offset = ((uint64_t)i * PAGE_BYTES - map->va) / PAGE_BYTES;
        cr_assert_eq(map->frame + offset, page[i].frame);
        cr_assert_eq(map->prop, page[i].prop);
    }
}

static void add(struct mapset *s, uint32_t first, uint32_t pages, uint32_t frame)
{
    for (uint32_t i = 0; i < pages; i++) {
        if (page[first + i].mapped)
            return;
    }
    mapset_add(s, (struct mapping){ (uint64_t)first * PAGE_BYTES, (uint64_t)pages * PAGE_BYTES,
                                    frame, frame % 8 });
    for (uint32_t i = 0; i < pages; i++) {
        page[first + i].mapped = true;
        page[first + i].frame = frame + i;
        page[first + i].prop = frame % 8;
    }
}

static void take(struct mapset *s, uint32_t at)
{
    const struct mapping *map = mapset_at(s, (uint64_t)at * PAGE_BYTES);

    if (!map)
        return;
    for (uint64_t i = 0; i < map->size / PAGE_BYTES; i++)
        page[map->va / PAGE_BYTES + i].mapped = false;
    mapset_remove(s, map);
}

static void split(struct mapset *s, uint32_t at)
{
    const struct mapping *map = mapset_at(s, (uint64_t)at * PAGE_BYTES);

    if (map && map->size > PAGE_BYTES)
        mapset_split(s, map);
}

static uint32_t first_mapped(uint32_t from, uint32_t to)
{
    while (from < to && !page[from].mapped)
        from++;
    return from;
}

Test(sets, mappings_are_what_a_page_by_page_array_says)
{
    struct mapset s = { 0 };
    uint64_t random = 1;

    memset(page, 0, sizeof page);
    for (uint32_t step = 0; step < 4000; step++) {
        uint32_t at = random_below(&random, PAGES);
        switch (random_below(&random, 5)) {
        case 0:
            add(&s, at / PT_ENTRIES * PT_ENTRIES, PT_ENTRIES, 1 + step * PT_ENTRIES);
            break;
        case 1:
        case 2:
            add(&s, at, 1, 1 + step * PT_ENTRIES);
            break;
        case 3:
            take(&s, at);
            break;
        default:
            split(&s, at);
        }
        uint32_t to = at + random_below(&random, PAGES - at + 1);
        const struct mapping *map =
            mapset_first(&s, (uint64_t)at * PAGE_BYTES, (uint64_t)to * PAGE_BYTES);
        uint32_t want = first_mapped(at, to);
        cr_assert_eq(map != NULL, want < to);
        if (map)
            cr_assert(map->va <= (uint64_t)want * PAGE_BYTES &&
                      (uint64_t)want * PAGE_BYTES < map->va + map->size);
        if (step % 50 == 0)
            same(&s);
    }
    same(&s);
    mapset_free(&s);
}

/* --- nodes, one by one --- */

enum { NODES = 64 };

/* A few nodes of each level, near the edges of those above. */
static uint64_t some_va(uint64_t *random)
{
    static const uint64_t edge[] = { 0, 1ull << 30, 1ull << 39, 3ull << 39, 1ull << 46 };

    return edge[random_below(random, 5)] + random_below(random, 4) * (2ull << 20);
}

struct node {
    uint32_t level;
    uint64_t base;
};

struct naive {
    uint32_t count;
    struct node at[NODES * 8];
};

static bool has(const struct naive *n, uint32_t level, uint64_t va)
{
    for (uint32_t i = 0; i < n->count; i++) {
        if (n->at[i].level == level &&
            n->at[i].base == va / units_node(level) * units_node(level))
            return true;
    }
    return level == PT_LEVELS;
}

static void make(struct naive *n, uint64_t va, uint32_t floor)
{
    for (uint32_t l = floor; l < PT_LEVELS; l++) {
        if (!has(n, l, va))
            n->at[n->count++] = (struct node){ l, va / units_node(l) * units_node(l) };
    }
}

static uint32_t cut(struct naive *n, uint32_t level, uint64_t lo, uint64_t hi)
{
    uint32_t before = n->count, kept = 0;

    for (uint32_t i = 0; i < before; i++) {
        struct node at = n->at[i];
        if (at.level > level || at.base < lo || at.base + units_node(at.level) > hi)
            n->at[kept++] = at;
    }
    n->count = kept;
    return before - kept;
}

static uint64_t missing(const struct naive *n, uint64_t lo, uint64_t hi, uint32_t floor)
{
    uint64_t count = 0;

    for (uint32_t l = floor; l < PT_LEVELS; l++) {
        for (uint64_t base = lo / units_node(l) * units_node(l); base < hi;
             base += units_node(l))
            count += !has(n, l, base);
    }
    return count;
}

Test(sets, nodes_are_what_a_list_says)
{
    static struct naive naive;
    struct nodeset s = { 0 };
    uint64_t random = 7;

    for (uint32_t step = 0; step < 4000; step++) {
        uint64_t va = some_va(&random);
        uint32_t level = 1 + random_below(&random, 3);
        if (random_below(&random, 3)) {
            make(&naive, va, level);
            nodeset_grow(&s, va, level);
        } else {
            uint64_t hi = va + random_below(&random, 3000) * (1ull << 20);
            cr_assert_eq(nodeset_cut(&s, level, va, hi), cut(&naive, level, va, hi));
        }
        cr_assert_eq(nodeset_count(&s), naive.count);
        uint64_t at = some_va(&random), end = at + PAGE_BYTES + random_below(&random, 1u << 31);
        cr_assert_eq(nodeset_has(&s, level, at), has(&naive, level, at));
        cr_assert_eq(nodeset_missing(&s, at, end, level), missing(&naive, at, end, level));
    }
    nodeset_free(&s);
}
