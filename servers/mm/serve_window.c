/* Windows: making them, moving in them, and who has them to himself. */
#include "core/attach.h"
#include "core/cursor.h"
#include "serve_window.h"

/* What the client may do with the space by a window: what its handle permits, and all of it if
 * the space is active for the client. */
static status_t may(const struct request *r, struct vm_space **s, uint32_t *rights)
{
    enum { ALL = MM_RIGHT_READ | MM_RIGHT_WRITE };
    struct handle_entry *e;
    status_t st = handle_find(&r->client->handles, r->arg[0], KIND_SPACE, &e);

    if (st != OK)
        return st;
    *s = vm_space_at(e->value);
    *rights = r->client->active == *s ? ALL : handle_rights(e) & ALL;
    return OK;
}

/* The handle that gave a window what argument 0 does not permit: the activation's. */
static uint64_t lent(const struct request *r, uint32_t rights)
{
    const struct handle_entry *e = handle_peek(&r->client->handles, r->arg[0]);

    return (rights & ~handle_rights(e)) != 0 ? r->client->active_via : 0;
}

int32_t serve_WINDOW_NEW(struct request *r)
{
    struct window_want want = { .start = r->arg[1],
                                .bytes = r->arg[2],
                                .writer = r->arg[3] == MM_WINDOW_WRITER };
    struct vm_space *s;
    struct window *w;
    status_t st;

    if ((r->arg[3] & ~(uint64_t)MM_WINDOW_WRITER) != 0)
        return E_INVAL;
    st = may(r, &s, &want.rights);
    if (st != OK)
        return st;
    if ((want.rights & (want.writer ? MM_RIGHT_WRITE : MM_RIGHT_READ)) == 0)
        return E_ACCESS;
    if (!want.writer)
        want.rights = MM_RIGHT_READ;
    st = window_new(s, r->client->slot, &want, &w);
    if (st != OK)
        return st;
    st = handle_new(&r->client->handles, KIND_WINDOW, window_index(w), handle_meta(0, 0),
                    &r->out[0]);
    if (st != OK) {
        window_close(w);
        return st;
    }
    w->handle = r->out[0];
    w->via = r->arg[0];
    w->lent = lent(r, want.rights);
    r->results = 1;
    return OK;
}

int32_t serve_WINDOW_ACTIVATE(struct request *r)
{
    struct window *w;
    status_t st = serve_window(r, 0, &w);

    return st != OK ? st : window_activate(w);
}

int32_t serve_WINDOW_DISPOSE(struct request *r)
{
    struct window *w;
    status_t st = serve_window(r, 0, &w);

    if (st == OK)
        window_dispose(w);
    return st;
}

int32_t serve_WINDOW_LIMIT(struct request *r)
{
    struct window *w;
    status_t st = serve_window(r, 0, &w);

    if (st != OK)
        return st;
    if (w->moving)
        return E_BUSY;
    if (r->arg[1] < window_rest(w))
        w->end = w->va + r->arg[1];
    return OK;
}

int32_t serve_WINDOW_SKIP(struct request *r)
{
    struct window *w;
    status_t st = serve_window(r, 0, &w);

    if (st != OK)
        return st;
    if (r->arg[1] > window_rest(w))
        return E_INVAL;
    if (w->moving)
        return E_BUSY;
    w->va += r->arg[1];
    return OK;
}

int32_t serve_WINDOW_REMAIN(struct request *r)
{
    struct window *w;
    status_t st = serve_window(r, 0, &w);

    if (st != OK)
        return st;
    r->out[0] = window_rest(w);
    r->results = 1;
    return OK;
}

/* The handle that permits a place: the caller's own space needs none (0). */
static uint64_t place_handle(const struct request *r)
{
    const struct client *c = r->client;

    if (r->arg[1] != 0)
        return r->arg[1];
    return client_space(c) == c->own ? 0 : c->active_via;
}

/* The space to attach in, and where, for so many bytes. */
static status_t place_of(const struct request *r, uint64_t bytes, struct vm_space **place,
                         struct vrange *at)
{
    status_t st = OK;

    *place = r->client->own;
    if (place_handle(r) != 0)
        st = serve_space(r, place_handle(r), MM_RIGHT_MAP, place);
    if (st != OK)
        return st;
    if (!va_fits(r->arg[2], bytes, USER_END))
        return E_RANGE;
    *at = (struct vrange){ r->arg[2], r->arg[2] + bytes };
    return vrange_aligned(at->start) ? OK : E_ALIGN;
}

int32_t serve_WINDOW_ATTACH(struct request *r)
{
    struct vm_space *place;
    struct vrange pages, at;
    struct window *w;
    int32_t st = serve_window(r, 0, &w);

    if (st != OK)
        return st;
    pages = attach_pages(w);
    st = place_of(r, pages.end - pages.start, &place, &at);
    if (st != OK)
        return st;
    if (w->place != NULL || w->moving || window_pages_excluded(w))
        return E_BUSY;
    if (pages.end - pages.start > ATTACH_PAGES * (uint64_t)PAGE_BYTES)
        return E_QUOTA;
    if (at.start < at.end)
        st = serve_lock(r, place, at, false);
    if (st == OK)
        st = attach_open(w, place, at.start);
    if (st == OK)
        w->place_via = place_handle(r);
    return st;
}
