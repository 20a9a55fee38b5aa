/* Requests on cursors (contract 1.2, 1.3, 3.2). */
#include "edit.h"
#include "grow.h"
#include "request.h"
#include "space.h"
#include "stale.h"

/* The cursor that argument 0 names; `mut`: it must be able to change the space. */
static status_t find(const struct request *r, bool mut, struct cursor **out)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_CURSOR, &h);

    if (status != OK)
        return status;
    *out = h->cursor;
    return mut && !h->cursor->mut ? E_ACCESS : OK;
}

static status_t check_length(const struct cursor *c, uint64_t length)
{
    if (length > c->hi - c->cur)
        return E_LEN;
    return length % PAGE_BYTES ? E_ALIGN : OK;
}

static struct edit edit_of(const struct request *r, struct cursor *c)
{
    return (struct edit){ r->m, c->space, &c->batch, c, c->guard };
}

int32_t request_cursor_open(struct request *r)
{
    uint64_t lo = r->arg[1], hi = r->arg[2], flags = r->arg[3];
    bool mut = (flags & MM_CURSOR_MUT) != 0;
    struct space *s;
    struct cursor *c;

    if (flags & ~(uint64_t)(MM_CURSOR_MUT | MM_CURSOR_TRY))
        return E_INVAL;
    int32_t status = mut ? request_space(r, r->arg[0], MM_RIGHT_MAP, &s)
                         : request_space_look(r, r->arg[0], &s);
    if (status == OK)
        status = request_range(lo, hi);
    if (status == OK)
        status = request_lock(r, s, lo, hi, !(flags & MM_CURSOR_TRY));
    if (status == OK)
        status = space_open(r->m, s, lo, hi, &c);
    if (status != OK)
        return status;
    c->mut = mut;
    c->client = r->client;
    c->via = r->arg[0];
    c->handle =
        handles_new(&r->c->handles, (struct handle){ .kind = KIND_CURSOR, .cursor = c });
    r->word[r->words++] = c->handle;
    return OK;
}

int32_t request_query(struct request *r)
{
    struct cursor *c;
    status_t status = find(r, false, &c);

    if (status == OK && c->cur == c->hi)
        status = E_OUTSIDE;
    if (status == OK)
        request_slot(r, c->space, c->cur);
    return status;
}

int32_t request_find_next(struct request *r)
{
    struct cursor *c;
    status_t status = find(r, false, &c);

    if (status == OK)
        status = check_length(c, r->arg[1]);
    if (status != OK)
        return status;
    uint64_t end = c->cur + r->arg[1];
    const struct mapping *map = mapset_first(&c->space->maps, c->cur, end);
    c->cur = map ? units_max(map->va, c->cur) : end;
    r->words = 2;
    r->word[0] = map != NULL;
    r->word[1] = c->cur;
    return OK;
}

int32_t request_jump(struct request *r)
{
    struct cursor *c;
    status_t status = find(r, false, &c);

    if (status != OK)
        return status;
    if (r->arg[1] < c->lo || r->arg[1] >= c->hi)
        return E_OUTSIDE;
    if (r->arg[1] % PAGE_BYTES)
        return E_ALIGN;
    c->cur = r->arg[1];
    return OK;
}

int32_t request_addr(struct request *r)
{
    struct cursor *c;
    status_t status = find(r, false, &c);

    if (status == OK)
        r->word[r->words++] = c->cur;
    return status;
}

/* What map and map_huge look at alike, in this order: property, cursor, handles of all frames,
 * the right to change, the frames. Ensures: OK: *what but for `va`, and *pages, hold. */
static status_t map_operands(struct request *r, struct edit_map *what, uint64_t *pages,
                             struct cursor **c)
{
    static struct edit_run run[REQUEST_RUNS];

    *what = (struct edit_map){ .run = run,
                               .prop = (uint32_t)r->arg[1] & PROP_CLIENT,
                               .excl = (r->arg[1] & MM_EXCL) != 0 };
    if (r->arg[1] & ~(uint64_t)(PROP_CLIENT | MM_EXCL))
        return E_INVAL;
    status_t status = find(r, false, c);
    if (status == OK)
        status = request_frame_handles(r, 2);
    if (status == OK && !(*c)->mut)
        status = E_ACCESS;
    if (status == OK)
        status = request_frames(r, 2, r->arg[1], run, &what->runs, pages);
    return status;
}

int32_t request_map(struct request *r)
{
    struct edit_map what;
    uint64_t pages;
    struct cursor *c;
    status_t status = map_operands(r, &what, &pages, &c);

    if (status != OK)
        return status;
    if (pages > (c->hi - c->cur) / PAGE_BYTES)
        return E_LEN;
    if (what.prop & PROP_X && c->cur + pages * PAGE_BYTES == USER_END)
        return E_INVAL;
    what.va = c->cur;
    struct edit e = edit_of(r, c);
    status = edit_map(&e, &what);
    if (status != OK)
        return status;
    c->cur += pages * PAGE_BYTES;
    if (what.displaced)
        space_dispatch(r->m, c);
    r->word[r->words++] = what.displaced;
    return OK;
}

int32_t request_map_huge(struct request *r)
{
    struct edit_map what;
    uint64_t pages;
    struct cursor *c;
    status_t status = map_operands(r, &what, &pages, &c);

    if (status != OK)
        return status;
    if (pages != PT_ENTRIES)
        return E_INVAL;
    if (HUGE_BYTES > c->hi - c->cur)
        return E_LEN;
    if (c->cur % HUGE_BYTES || what.run[0].first % PT_ENTRIES)
        return E_ALIGN;
    if (c->guard < 2)
        return E_LEVEL;
    if (what.prop & PROP_X && c->cur + HUGE_BYTES == USER_END)
        return E_INVAL;
    what.va = c->cur;
    struct edit e = edit_of(r, c);
    status = edit_map_huge(&e, &what);
    if (status != OK)
        return status;
    c->cur += HUGE_BYTES;
    if (what.flushed)
        space_dispatch(r->m, c);
    r->word[r->words++] = what.displaced;
    return OK;
}

int32_t request_unmap(struct request *r)
{
    struct edit_gone gone;
    struct cursor *c;
    status_t status = find(r, true, &c);

    if (status == OK)
        status = check_length(c, r->arg[1]);
    if (status != OK)
        return status;
    struct edit e = edit_of(r, c);
    status = edit_unmap(&e, c->cur, c->cur + r->arg[1], &gone);
    if (status != OK)
        return status;
    c->cur += r->arg[1];
    space_dispatch(r->m, c);
    r->words = 2;
    r->word[0] = gone.leaves;
    r->word[1] = gone.pages;
    return OK;
}

/* What of a leaf one protect changes: all of it if it lies in [lo, hi), else its first page
 * in there. */
static void part_of(const struct mapping *map, uint64_t lo, uint64_t hi, uint64_t *from,
                    uint64_t *to)
{
    *from = units_max(map->va, lo);
    *to = map->va >= lo && map->va + map->size <= hi ? map->va + map->size : *from + PAGE_BYTES;
}

int32_t request_protect_next(struct request *r)
{
    uint64_t from, to, pages;
    struct cursor *c;

    if (r->arg[2] & ~(uint64_t)PROP_CLIENT)
        return E_INVAL;
    status_t status = find(r, true, &c);
    if (status == OK)
        status = check_length(c, r->arg[1]);
    if (status != OK)
        return status;
    uint64_t end = c->cur + r->arg[1];
    const struct mapping *map = mapset_first(&c->space->maps, c->cur, end);
    from = to = end;
    if (map) {
        struct edit e = edit_of(r, c);
        part_of(map, c->cur, end, &from, &to);
        status = edit_protect(&e, from, to, (uint32_t)r->arg[2], &pages);
        if (status != OK)
            return status;
    }
    c->cur = to;
    r->words = 3;
    r->word[0] = from != to;
    r->word[1] = from;
    r->word[2] = to - from;
    return OK;
}

static status_t check_flush(const struct cursor *c, uint64_t lo, uint64_t hi)
{
    if (lo == 0 && hi == 0)
        return OK; /* everything */
    if (lo >= hi || hi > USER_END)
        return E_RANGE;
    if (lo < c->lo || hi > c->hi)
        return E_OUTSIDE;
    return lo % PAGE_BYTES || hi % PAGE_BYTES ? E_ALIGN : OK;
}

/* The frames of argument 3 stay until what is queued is flushed. */
static status_t keep(const struct request *r, struct cursor *c)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[3], KIND_FRAME, &h);

    if (status != OK)
        return status;
    if (!frames_room(&r->m->frames, h->first, h->count))
        return E_SATURATED;
    frames_hold(&r->m->frames, h->first, h->count);
    c->kept = grow(c->kept, &c->keep_room, c->keeps + 1, sizeof *c->kept);
    c->kept[c->keeps++] = (struct kept){ h->first, h->count };
    return OK;
}

int32_t request_flush(struct request *r)
{
    uint64_t lo = r->arg[1], hi = r->arg[2];
    struct cursor *c;
    status_t status = find(r, false, &c);

    if (status == OK)
        status = request_frame_handles(r, 3);
    if (status == OK && !c->mut)
        status = E_ACCESS;
    if (status == OK)
        status = check_flush(c, lo, hi);
    if (status == OK && r->count == 4)
        status = keep(r, c);
    if (status != OK)
        return status;
    if (lo == 0 && hi == 0)
        batch_issue_all(&c->batch);
    else
        batch_issue(&c->batch, (hi - lo) / PAGE_BYTES);
    return OK;
}

int32_t request_dispatch(struct request *r)
{
    struct cursor *c;
    status_t status = find(r, true, &c);

    if (status == OK)
        space_dispatch(r->m, c);
    return status;
}

int32_t request_sync(struct request *r)
{
    struct cursor *c;
    status_t status = find(r, true, &c);

    if (status == OK)
        stale_synced(r->m, c);
    return status;
}
