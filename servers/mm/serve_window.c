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

/* The space to attach in, and where, for so many bytes. */
static status_t place_of(const struct request *r, uint64_t bytes, struct vm_space **place,
                         struct vrange *at)
{
    status_t st = OK;

    *place = client_space(r->client);
    if (r->arg[1] != 0)
        st = serve_space(r, r->arg[1], MM_RIGHT_MAP, place);
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
        w->place_via = r->arg[1];
    return st;
}
