#include "edit.h"

#include "attach.h"
#include "stale.h"

status_t edit_allocate(struct model *m, uint64_t n)
{
    if (m->fail == 0 || m->fail > n) {
        m->fail -= m->fail ? n : 0;
        return OK;
    }
    m->fail = 0;
    return E_NOMEM;
}

static uint32_t pages_of(const struct mapping *map)
{
    return (uint32_t)(map->size / PAGE_BYTES);
}

/* --- splitting --- */

/* Does a leaf reach over this boundary? */
static bool straddles(const struct space *s, uint64_t at)
{
    const struct mapping *map = mapset_at(&s->maps, at);

    return map && map->va < at;
}

/* How many leaves must be split so that nothing reaches over either end. */
static uint32_t splits(const struct space *s, uint64_t lo, uint64_t hi)
{
    bool low = straddles(s, lo), high = straddles(s, hi);

    if (low && high && mapset_at(&s->maps, lo) == mapset_at(&s->maps, hi))
        return 1;
    return (uint32_t)low + (uint32_t)high;
}

/* Splits the leaf around va, which needs a node below it. */
static void split(struct space *s, uint64_t va)
{
    const struct mapping *map = mapset_at(&s->maps, va);

    nodeset_grow(&s->nodes, va, map->size == units_slot(3) ? 2 : 1);
    mapset_split(&s->maps, map);
}

/* Makes va a boundary between leaves. */
static void clip(struct space *s, uint64_t va)
{
    while (straddles(s, va))
        split(s, va);
}

/* --- map --- */

static uint64_t pages_in(const struct edit_map *what)
{
    uint64_t pages = 0;

    for (uint32_t i = 0; i < what->runs; i++)
        pages += what->run[i].count;
    return pages;
}

/* How often the request maps a frame. */
static uint64_t times(const struct edit_map *what, uint32_t frame)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < what->runs; i++)
        n += frame - what->run[i].first < what->run[i].count;
    return n;
}

static bool any_saturated(const struct edit *e, const struct edit_map *what)
{
    for (uint32_t i = 0; i < what->runs; i++) {
        for (uint32_t k = 0; k < what->run[i].count; k++) {
            uint32_t frame = what->run[i].first + k;
            const struct frame *f = frames_at(&e->m->frames, frame);
            if (f->saturated && times(what, frame) > f->room)
                return true;
        }
    }
    return false;
}

/* One leaf goes: it is flushed, and its frames lose a mapping. */
static void take(const struct edit *e, const struct mapping *map)
{
    struct mapping old = *map;

    batch_issue(e->batch, pages_of(&old));
    if (e->by)
        stale_add(e->m, e->space, old, e->by);
    mapset_remove(&e->space->maps, map);
    frames_unmap(&e->m->frames, old.frame, pages_of(&old));
}

static void put_page(const struct edit *e, struct edit_map *what, uint64_t va, uint32_t frame)
{
    struct mapping *old;

    while ((old = mapset_at(&e->space->maps, va)) && old->size > PAGE_BYTES)
        split(e->space, va);
    nodeset_grow(&e->space->nodes, va, 1);
    frames_map(&e->m->frames, frame, 1);
    if (old) {
        take(e, old);
        what->displaced++;
    }
    mapset_add(&e->space->maps, (struct mapping){ va, PAGE_BYTES, frame, what->prop });
}

status_t edit_map(const struct edit *e, struct edit_map *what)
{
    uint64_t end = what->va + pages_in(what) * PAGE_BYTES;
    uint64_t va = what->va;

    what->displaced = 0;
    if (what->excl && mapset_first(&e->space->maps, va, end))
        return E_MAPPED;
    status_t status = edit_allocate(e->m, nodeset_missing(&e->space->nodes, va, end, 1));
    if (status == OK && any_saturated(e, what))
        status = E_SATURATED;
    if (status != OK)
        return status;
    for (uint32_t i = 0; i < what->runs; i++) {
        for (uint32_t k = 0; k < what->run[i].count; k++, va += PAGE_BYTES)
            put_page(e, what, va, what->run[i].first + k);
    }
    attach_changed(e->m, e->space, what->va, end, true);
    return OK;
}

status_t edit_map_huge(const struct edit *e, struct edit_map *what)
{
    uint64_t va = what->va, end = what->va + HUGE_BYTES;
    struct mapping *old;

    what->displaced = 0;
    if (what->excl && mapset_first(&e->space->maps, va, end))
        return E_MAPPED;
    status_t status = edit_allocate(e->m, nodeset_missing(&e->space->nodes, va, va + 1, 2));
    if (status == OK && any_saturated(e, what))
        status = E_SATURATED;
    if (status != OK)
        return status;
    nodeset_grow(&e->space->nodes, va, 2);
    frames_map(&e->m->frames, what->run->first, PT_ENTRIES);
    what->flushed = nodeset_cut(&e->space->nodes, 1, va, end) != 0;
    if (what->flushed)
        batch_issue_all(e->batch);
    while ((old = mapset_first(&e->space->maps, va, end))) {
        take(e, old);
        what->displaced++;
        what->flushed = true;
    }
    mapset_add(&e->space->maps,
               (struct mapping){ va, HUGE_BYTES, what->run->first, what->prop });
    attach_changed(e->m, e->space, va, end, true);
    return OK;
}

/* --- unmap --- */

status_t edit_unmap(const struct edit *e, uint64_t lo, uint64_t hi, struct edit_gone *gone)
{
    const struct mapping *map;

    *gone = (struct edit_gone){ 0 };
    if (lo == hi)
        return OK;
    status_t status = edit_allocate(e->m, splits(e->space, lo, hi));
    if (status != OK)
        return status;
    clip(e->space, lo);
    clip(e->space, hi);
    /* Nodes wholly inside go as one, empty ones, too; the guard itself stays (1.3, D16). */
    if (nodeset_cut(&e->space->nodes, e->guard - 1, lo, hi))
        batch_issue_all(e->batch);
    while ((map = mapset_first(&e->space->maps, lo, hi))) {
        gone->leaves++;
        gone->pages += pages_of(map);
        take(e, map);
    }
    attach_changed(e->m, e->space, lo, hi, true);
    return OK;
}

/* --- protect --- */

enum { RIGHTS = PROP_R | PROP_W | PROP_X };

static bool raises(const struct edit *e, const struct mapping *map, uint64_t lo, uint64_t hi,
                   uint32_t prop)
{
    uint64_t first = units_max(map->va, lo), end = units_min(map->va + map->size, hi);

    if ((prop & ~map->prop & RIGHTS) == 0)
        return false;
    for (uint64_t va = first; va < end; va += PAGE_BYTES) {
        uint32_t frame = map->frame + (uint32_t)((va - map->va) / PAGE_BYTES);
        if (frames_at(&e->m->frames, frame)->restricted)
            return true;
    }
    return false;
}

bool edit_suits_device(uint32_t prop)
{
    return (prop & PROP_CACHE) == CACHE_UC << PROP_CACHE_SHIFT && !(prop & PROP_X);
}

static bool any_device(const struct edit *e, uint64_t lo, uint64_t hi)
{
    const struct mapping *map;

    for (uint64_t at = lo; (map = mapset_first(&e->space->maps, at, hi));
         at = map->va + map->size) {
        if (frames_at(&e->m->frames, map->frame)->device)
            return true;
    }
    return false;
}

static status_t may_protect(const struct edit *e, uint64_t lo, uint64_t hi, uint32_t prop)
{
    const struct mapping *map;

    if (!edit_suits_device(prop) && any_device(e, lo, hi))
        return E_INVAL;
    if (prop & PROP_X && hi == USER_END && mapset_at(&e->space->maps, USER_END - PAGE_BYTES))
        return E_INVAL;
    if (attach_raises(e->m, e->space, lo, hi, prop))
        return E_ACCESS;
    for (uint64_t at = lo; (map = mapset_first(&e->space->maps, at, hi));
         at = map->va + map->size) {
        if (raises(e, map, lo, hi, prop))
            return E_ACCESS;
    }
    return OK;
}

/* Must the old translation be flushed before the new one holds? */
static bool narrows(uint32_t from, uint32_t to)
{
    return (from & ~to & RIGHTS) != 0 || ((from ^ to) & PROP_CACHE) != 0;
}

status_t edit_protect(const struct edit *e, uint64_t lo, uint64_t hi, uint32_t prop,
                      uint64_t *pages)
{
    struct mapping *map;
    status_t status = may_protect(e, lo, hi, prop);

    *pages = 0;
    if (status == OK)
        status = edit_allocate(e->m, splits(e->space, lo, hi));
    if (status != OK)
        return status;
    clip(e->space, lo);
    clip(e->space, hi);
    for (uint64_t at = lo; (map = mapset_first(&e->space->maps, at, hi));
         at = map->va + map->size) {
        if (narrows(map->prop, prop)) {
            batch_issue(e->batch, pages_of(map));
            if (e->by)
                stale_add(e->m, e->space, *map, e->by);
        }
        *pages += map->prop != prop ? pages_of(map) : 0;
        map->prop = prop;
    }
    attach_changed(e->m, e->space, lo, hi, false);
    return OK;
}

/* --- reap --- */

static uint64_t reap_level(struct space *s, uint32_t level)
{
    uint64_t gone = 0;

    for (uint64_t base = 0; nodeset_next(&s->nodes, level, &base); base += units_node(level)) {
        if (!mapset_first(&s->maps, base, base + units_node(level)))
            gone += nodeset_cut(&s->nodes, level, base, base + units_node(level));
    }
    return gone;
}

uint64_t edit_reap(const struct edit *e)
{
    uint64_t gone = 0;

    for (uint32_t level = PT_LEVELS - 1; level >= 1; level--)
        gone += reap_level(e->space, level);
    if (gone)
        batch_issue_all(e->batch);
    return gone;
}
