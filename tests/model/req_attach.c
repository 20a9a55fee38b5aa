/* Mapping the pages of a window into a space (docs/decisions/0032). */
#include "attach.h"
#include "request.h"

enum { PAGES_MAX = PT_ENTRIES };

/* The window and the space of the place. */
static status_t find(const struct request *r, struct window **w, struct space **place)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_WINDOW, &h);

    if (status != OK)
        return status;
    *w = h->window;
    *place = r->c->own;
    return r->arg[1] ? request_space(r, r->arg[1], MM_RIGHT_MAP, place) : OK;
}

int32_t request_window_attach(struct request *r)
{
    uint64_t lo, hi, at = r->arg[2];
    struct space *place;
    struct window *w;
    int32_t status = find(r, &w, &place);

    if (status != OK)
        return status;
    attach_pages(w, &lo, &hi);
    if (at > USER_END || hi - lo > USER_END - at)
        return E_RANGE;
    if (at % PAGE_BYTES)
        return E_ALIGN;
    if (w->attached || w->moving || attach_excluded(w))
        return E_BUSY;
    if (hi - lo > PAGES_MAX * (uint64_t)PAGE_BYTES)
        return E_QUOTA;
    if (lo < hi)
        status = request_lock(r, place, at, at + (hi - lo), false);
    if (status == OK)
        status = attach_begin(r->m, w, place, at);
    if (status == E_FAULT)
        r->word[r->words++] = 0;
    if (status == OK)
        w->place_via = r->arg[1];
    return status;
}
