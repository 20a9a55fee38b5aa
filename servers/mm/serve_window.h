/* What the requests about windows share. */
#pragma once
#include "core/window.h"
#include "serve.h"

/* The live window that argument i names. */
NODISCARD static inline status_t serve_window(const struct request *r, uint32_t i,
                                              struct window **out)
{
    const struct handle_entry *e = handle_peek(&r->client->handles, r->arg[i]);
    struct handle_entry *found;
    status_t st;

    if (e != NULL && handle_kind(r->arg[i]) == KIND_WINDOW) {
        *out = window_at(e->value);
        return OK;
    }
    st = handle_find(&r->client->handles, r->arg[i], KIND_WINDOW, &found);
    if (st == OK)
        *out = window_at(found->value);
    return st;
}

/* May it be used now: does no active window exclude it, and no copy of it go on? */
static inline bool serve_window_free(const struct window *w)
{
    return w->space->windows_active == 0 || (!w->moving && !window_excluded(w));
}
