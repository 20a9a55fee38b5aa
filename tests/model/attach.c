#include "attach.h"

#include "space.h"
#include "window.h"

void attach_pages(const struct window *w, uint64_t *lo, uint64_t *hi)
{
    *lo = units_down(w->start, PAGE_BYTES);
    *hi = w->start < w->end ? units_down(w->end - 1, PAGE_BYTES) + PAGE_BYTES : *lo;
}

bool attach_excluded(const struct window *w)
{
    struct window whole = *w;

    whole.attached = true;
    attach_pages(w, &whole.first, &whole.behind);
    for (const struct window *other = w->space->windows; other; other = other->next) {
        if (other != w && (other->active || other->moving) && window_conflict(&whole, other))
            return true;
    }
    return false;
}

static uint64_t place_end(const struct window *w)
{
    return w->at + (w->behind - w->first);
}

/* A window of the space that is attached at `place`, behind `after`; NULL: no more. */
static struct window *next_at(const struct model *m, const struct space *place,
                              const struct window *after)
{
    bool seen = after == NULL;

    for (struct space *s = m->spaces; s; s = s->next) {
        for (struct window *w = s->windows; w; w = w->next) {
            if (seen && w->attached && w->place == place)
                return w;
            seen = seen || w == after;
        }
    }
    return NULL;
}

static bool is_place(const struct model *m, const struct space *s, uint64_t va)
{
    for (struct window *w = next_at(m, s, NULL); w; w = next_at(m, s, w)) {
        if (va >= w->at && va < place_end(w))
            return true;
    }
    return false;
}

status_t attach_begin(struct model *m, struct window *w, struct space *place, uint64_t at)
{
    static struct edit_run run[PT_ENTRIES];
    struct batch batch = { 0 };
    struct edit e = { m, place, &batch, NULL, PT_LEVELS };
    struct edit_map what = {
        .va = at, .run = run, .prop = PROP_R | (w->writer ? PROP_W : 0), .excl = true
    };
    uint64_t lo, hi;

    attach_pages(w, &lo, &hi);
    struct window_span span = { w->space, lo, w->writer };
    for (uint64_t offset = 0; offset < hi - lo; offset += PAGE_BYTES) {
        uint32_t frame = window_frame(m, &span, offset);
        if (!frame || is_place(m, w->space, lo + offset))
            return E_FAULT;
        run[what.runs++] = (struct edit_run){ frame, 1 };
    }
    status_t status = what.runs ? edit_map(&e, &what) : OK;
    if (status != OK)
        return status;
    w->attached = w->active = true;
    w->place = place;
    w->at = at;
    w->first = lo;
    w->behind = hi;
    return OK;
}

/* Unmaps a page of the place, if it is there. */
static void clear(struct model *m, struct space *place, uint64_t va, struct batch *batch)
{
    const struct mapping *map = mapset_at(&place->maps, va);

    if (!map || map->size != PAGE_BYTES)
        return;
    struct mapping old = *map;
    batch_issue(batch, 1);
    mapset_remove(&place->maps, map);
    frames_unmap(&m->frames, old.frame, 1);
}

/* Ends it; pages of the place in [lo, hi) are somebody else's by now. */
static void end(struct model *m, struct window *w, uint64_t lo, uint64_t hi)
{
    struct batch batch = { 0 };

    w->attached = w->active = false;
    for (uint64_t va = w->at; va < place_end(w); va += PAGE_BYTES) {
        if (va < lo || va >= hi)
            clear(m, w->place, va, &batch);
    }
    space_dispatch_batch(m, &batch);
}

void attach_end(struct model *m, struct window *w)
{
    end(m, w, 0, 0);
}

/* Takes the pages away that the window's space has not any more, as the window needs them. */
static void follow(struct model *m, struct window *w, uint64_t lo, uint64_t hi)
{
    struct window_span span = { w->space, w->first, w->writer };
    struct batch batch = { 0 };

    for (uint64_t va = units_max(w->first, lo); va < units_min(w->behind, hi);
         va += PAGE_BYTES) {
        uint64_t there = w->at + (va - w->first);
        const struct mapping *map = mapset_at(&w->place->maps, there);
        if (map && window_frame(m, &span, va - w->first) != map->frame)
            clear(m, w->place, there, &batch);
    }
    space_dispatch_batch(m, &batch);
}

void attach_changed(struct model *m, struct space *s, uint64_t lo, uint64_t hi, bool owner)
{
    lo = units_down(lo, PAGE_BYTES);
    for (struct space *from = m->spaces; from; from = from->next) {
        for (struct window *w = from->windows; w; w = w->next) {
            if (!w->attached)
                continue;
            if (owner && w->place == s && units_meet(w->at, place_end(w), lo, hi))
                end(m, w, lo, hi);
            else if (from == s && units_meet(w->first, w->behind, lo, hi))
                follow(m, w, lo, hi);
        }
    }
}

bool attach_raises(const struct model *m, const struct space *s, uint64_t lo, uint64_t hi,
                   uint32_t prop)
{
    for (struct window *w = next_at(m, s, NULL); w; w = next_at(m, s, w)) {
        uint32_t most = PROP_R | (w->writer ? PROP_W : 0);
        uint64_t from = units_max(lo, w->at), to = units_min(hi, place_end(w));
        if (prop & (PROP_R | PROP_W | PROP_X) & ~most && from < to &&
            mapset_first(&s->maps, from, to))
            return true;
    }
    return false;
}

void attach_forget(struct model *m, const struct space *s)
{
    for (struct window *w = next_at(m, s, NULL); w; w = next_at(m, s, NULL))
        w->attached = w->active = false;
}
