#include "space.h"

#include <stdlib.h>

#include "attach.h"
#include "edit.h"
#include "lock.h"
#include "stale.h"

enum { SPACES_MAX = 1024, CURSORS_MAX = 1024 };

status_t space_new(struct model *m, bool process, struct space **out)
{
    status_t status = edit_allocate(m, process ? 0 : 1);

    if (status != OK)
        return status;
    if (m->script_spaces == SPACES_MAX)
        return E_NOMEM;
    struct space *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->id = ++m->space_ids;
    s->process = process;
    s->next = m->spaces;
    m->spaces = s;
    m->script_spaces += !process;
    *out = s;
    return OK;
}

bool space_active(const struct model *m, const struct space *s)
{
    return stale_cpus(m, s) != 0;
}

static void unlink_space(struct model *m, struct space *s)
{
    struct space **link = &m->spaces;

    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
}

void space_release(struct model *m, struct space *s)
{
    struct mapping *map;

    if (s->handles || s->cursors || s->windows || space_active(m, s))
        return;
    for (uint32_t i = 0; i < s->maps.count; i++) {
        map = &s->maps.at[i];
        frames_unmap(&m->frames, map->frame, (uint32_t)(map->size / PAGE_BYTES));
    }
    attach_forget(m, s);
    stale_forget(m, s);
    mapset_free(&s->maps);
    nodeset_free(&s->nodes);
    unlink_space(m, s);
    m->script_spaces -= !s->process;
    free(s);
}

status_t space_cover(struct model *m, struct space *s, uint64_t lo, uint64_t hi,
                     uint32_t *guard)
{
    struct lock_range r = lock_range(s, lo, hi);
    status_t status = edit_allocate(m, nodeset_missing(&s->nodes, lo, lo + 1, r.guard));

    if (status != OK)
        return status;
    nodeset_grow(&s->nodes, lo, r.guard);
    *guard = r.guard;
    return OK;
}

status_t space_open(struct model *m, struct space *s, uint64_t lo, uint64_t hi,
                    struct cursor **out)
{
    uint32_t guard;

    if (m->cursors == CURSORS_MAX)
        return E_NOMEM;
    status_t status = space_cover(m, s, lo, hi, &guard);
    if (status != OK)
        return status;
    struct cursor *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    *c = (struct cursor){
        .next = s->cursors, .space = s, .lo = lo, .hi = hi, .cur = lo, .guard = guard
    };
    s->cursors = c;
    m->cursors++;
    *out = c;
    return OK;
}

void space_dispatch_batch(struct model *m, struct batch *b)
{
    m->batches += !batch_empty(b);
    m->flush_all += b->all;
    m->invlpg += b->pages;
    *b = (struct batch){ 0 };
}

void space_dispatch(struct model *m, struct cursor *c)
{
    space_dispatch_batch(m, &c->batch);
    for (uint32_t i = 0; i < c->keeps; i++)
        frames_drop(&m->frames, c->kept[i].first, c->kept[i].count);
    c->keeps = 0;
    stale_dispatched(m, c, m->client[c->client].cpu);
}

void space_close(struct model *m, struct cursor *c)
{
    struct cursor **link = &c->space->cursors;

    space_dispatch(m, c);
    stale_synced(m, c);
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    m->cursors--;
    free(c->kept);
    free(c);
}
