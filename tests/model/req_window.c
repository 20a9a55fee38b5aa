/* Requests on windows: making them, moving in them, copying (docs/decisions/0030). */
#include <stdlib.h>

#include "request.h"
#include "window.h"

enum { WINDOWS_MAX = 1024 };

static bool below_end(uint64_t va, uint64_t bytes)
{
    return va <= MAX_USER && bytes <= MAX_USER - va;
}

/* What the client may do by a window: what its handle permits, all if the space is active. */
static uint32_t may(const struct request *r, const struct handle *h)
{
    return r->c->active == h->space ? MM_RIGHT_READ | MM_RIGHT_WRITE : h->rights;
}

int32_t request_window_new(struct request *r)
{
    bool writer = (r->arg[3] & MM_WINDOW_WRITER) != 0;
    struct handle *h;

    if (r->arg[3] & ~(uint64_t)MM_WINDOW_WRITER)
        return E_INVAL;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_SPACE, &h);
    if (status != OK)
        return status;
    if (!(may(r, h) & (writer ? MM_RIGHT_WRITE : MM_RIGHT_READ)) ||
        !below_end(r->arg[1], r->arg[2]))
        return E_ACCESS;
    if (r->m->windows == WINDOWS_MAX)
        return E_NOMEM;
    struct window *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    *w = (struct window){ .next = h->space->windows,
                          .space = h->space,
                          .start = r->arg[1],
                          .end = r->arg[1] + r->arg[2],
                          .cur = r->arg[1],
                          .writer = writer,
                          .reads = (may(r, h) & MM_RIGHT_READ) != 0,
                          .client = r->client,
                          .via = r->arg[0] };
    h->space->windows = w;
    r->m->windows++;
    w->handle =
        handles_new(&r->c->handles, (struct handle){ .kind = KIND_WINDOW, .window = w });
    r->word[r->words++] = w->handle;
    return OK;
}

static status_t find(const struct request *r, uint32_t arg, struct window **out)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[arg], KIND_WINDOW, &h);

    if (status == OK)
        *out = h->window;
    return status;
}

int32_t request_window_activate(struct request *r)
{
    struct window *w;
    status_t status = find(r, 0, &w);

    if (status == OK && window_excluded(w))
        status = E_BUSY;
    if (status == OK)
        w->active = true;
    return status;
}

int32_t request_window_dispose(struct request *r)
{
    struct window *w;
    status_t status = find(r, 0, &w);

    if (status == OK)
        w->active = false;
    return status;
}

int32_t request_window_limit(struct request *r)
{
    struct window *w;
    status_t status = find(r, 0, &w);

    if (status == OK)
        w->end = w->cur + units_min(window_rest(w), r->arg[1]);
    return status;
}

int32_t request_window_skip(struct request *r)
{
    struct window *w;
    status_t status = find(r, 0, &w);

    if (status == OK && r->arg[1] > window_rest(w))
        status = E_INVAL;
    if (status == OK)
        w->cur += r->arg[1];
    return status;
}

int32_t request_window_remain(struct request *r)
{
    struct window *w;
    status_t status = find(r, 0, &w);

    if (status == OK)
        r->word[r->words++] = window_rest(w);
    return status;
}

/* --- copying --- */

static struct window_span span_of(const struct window *w)
{
    return (struct window_span){ w->space, w->cur, w->writer };
}

/* `done` of `length` bytes went: what is answered. */
static int32_t moved(struct request *r, uint64_t done, uint64_t length)
{
    r->word[r->words++] = done;
    return done == length ? OK : E_FAULT;
}

/* The window and the buffer of a read or a write. */
static status_t with_buffer(const struct request *r, bool writer, bool host, struct window **w)
{
    status_t status = find(r, 0, w);

    if (status != OK)
        return status;
    if ((*w)->writer != writer || (!host && !below_end(r->arg[1], r->arg[2])))
        return E_ACCESS;
    return window_excluded(*w) ? E_BUSY : OK;
}

int32_t request_window_read(struct request *r)
{
    struct window *w;
    status_t status = with_buffer(r, false, r->into != NULL, &w);

    if (status != OK)
        return status;
    uint64_t length = units_min(window_rest(w), r->into ? r->length : r->arg[2]);
    struct window_span from = span_of(w);
    uint64_t done = r->into
                        ? window_take(r->m, from, length, r->into->bytes)
                        : window_move(r->m, (struct window_span){ r->c->own, r->arg[1], true },
                                      &from, length);
    if (r->into)
        r->into->size = (uint32_t)done;
    w->cur += done;
    return moved(r, done, length);
}

int32_t request_window_write(struct request *r)
{
    struct window *w;
    status_t status = with_buffer(r, true, r->bytes != NULL, &w);

    if (status != OK)
        return status;
    uint64_t length = units_min(window_rest(w), r->bytes ? r->length : r->arg[2]);
    struct window_span own = { r->c->own, r->bytes ? 0 : r->arg[1], false };
    uint64_t done = r->bytes ? window_put(r->m, span_of(w), length, r->bytes)
                             : window_move(r->m, span_of(w), &own, length);
    w->cur += done;
    return moved(r, done, length);
}

int32_t request_window_zero(struct request *r)
{
    struct window *w;
    status_t status = find(r, 0, &w);

    if (status == OK && !w->writer)
        status = E_ACCESS;
    if (status == OK && window_excluded(w))
        status = E_BUSY;
    if (status != OK)
        return status;
    uint64_t length = units_min(window_rest(w), r->arg[1]);
    uint64_t done = window_move(r->m, span_of(w), NULL, length);
    w->cur += done;
    return moved(r, done, length);
}

int32_t request_window_copy(struct request *r)
{
    struct window *to, *from;
    status_t status = find(r, 0, &to);

    if (status == OK)
        status = find(r, 1, &from);
    if (status == OK && (!to->writer || from->writer))
        status = E_ACCESS;
    if (status == OK &&
        (window_excluded(to) || window_excluded(from) || window_conflict(to, from)))
        status = E_BUSY;
    if (status != OK)
        return status;
    uint64_t length = units_min(window_rest(to), window_rest(from));
    struct window_span source = span_of(from);
    uint64_t done = window_move(r->m, span_of(to), &source, length);
    to->cur += done;
    from->cur += done;
    return moved(r, done, length);
}
