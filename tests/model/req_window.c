/* Requests on windows: making them, moving in them, copying (docs/decisions/0030). */
#include <stdlib.h>

#include "attach.h"
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

/* The activation's handle, if it gave the window rights that its own handle has not. */
static uint64_t lent(const struct request *r, const struct handle *h, bool writer)
{
    uint32_t rights = writer ? may(r, h) & (MM_RIGHT_READ | MM_RIGHT_WRITE) : MM_RIGHT_READ;

    return rights & ~h->rights ? r->c->active_via : 0;
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
                          .via = r->arg[0],
                          .lent = lent(r, h, writer) };
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

    if (status == OK && w->attached)
        attach_end(r->m, w);
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

enum { SLICE = 8 << 20 };

/* One slice of the client's copy. Returns: whether it has ended, with *status. */
static bool slice(struct model *m, struct client *c, int32_t *status)
{
    struct moving *v = &c->moving;
    struct window_span own = { c->own, v->buffer + v->done, v->from != NULL };
    struct window_span to = v->to ? span_of(v->to) : own;
    struct window_span from = v->from ? span_of(v->from) : own;
    uint64_t want = units_min(v->left, SLICE);
    uint64_t done = window_move(m, to, v->zeros ? NULL : &from, want);

    if (v->to)
        v->to->cur += done;
    if (v->from)
        v->from->cur += done;
    v->done += done;
    v->left -= done;
    *status = done < want ? E_FAULT : OK;
    return v->left == 0 || done < want;
}

static void stop(struct client *c)
{
    if (c->moving.to)
        c->moving.to->moving = false;
    if (c->moving.from)
        c->moving.from->moving = false;
    c->moving.there = false;
}

/* Begins a copy; one that is not done after a slice goes on when nobody else asks. */
static int32_t begin(struct request *r, struct moving what)
{
    int32_t status;

    r->c->moving = what;
    if (slice(r->m, r->c, &status)) {
        r->word[r->words++] = r->c->moving.done;
        return status;
    }
    r->c->moving.there = true;
    if (what.to)
        what.to->moving = true;
    if (what.from)
        what.from->moving = true;
    return REQUEST_WAITS;
}

bool model_idle(struct model *m)
{
    bool any = false;

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        struct client *c = &m->client[i];
        int32_t status;
        if (!c->alive || !c->moving.there)
            continue;
        any = true;
        if (slice(m, c, &status)) {
            stop(c);
            request_answer(m, i, status, 1, &c->moving.done);
        }
    }
    return any;
}

void request_stop_copy(struct model *m, uint32_t client, const struct window *of,
                       int32_t status)
{
    struct client *c = &m->client[client];

    if (!c->moving.there || (of && c->moving.to != of && c->moving.from != of))
        return;
    stop(c);
    request_answer(m, client, status, 0, NULL);
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

/* Bytes to or from the host: at once. */
static int32_t read_host(struct request *r, struct window *w)
{
    uint64_t length = units_min(window_rest(w), r->length);
    uint64_t done = window_take(r->m, span_of(w), length, r->into->bytes);

    r->into->size = (uint32_t)done;
    w->cur += done;
    return moved(r, done, length);
}

static int32_t write_host(struct request *r, struct window *w)
{
    uint64_t length = units_min(window_rest(w), r->length);
    uint64_t done = window_put(r->m, span_of(w), length, r->bytes);

    w->cur += done;
    return moved(r, done, length);
}

int32_t request_window_read(struct request *r)
{
    struct window *w;
    status_t status = with_buffer(r, false, r->into != NULL, &w);

    if (status != OK)
        return status;
    if (r->into)
        return read_host(r, w);
    return begin(r, (struct moving){ .from = w,
                                     .buffer = r->arg[1],
                                     .left = units_min(window_rest(w), r->arg[2]) });
}

int32_t request_window_write(struct request *r)
{
    struct window *w;
    status_t status = with_buffer(r, true, r->bytes != NULL, &w);

    if (status != OK)
        return status;
    if (r->bytes)
        return write_host(r, w);
    return begin(r, (struct moving){ .to = w,
                                     .buffer = r->arg[1],
                                     .left = units_min(window_rest(w), r->arg[2]) });
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
    return begin(r, (struct moving){
                        .to = w, .zeros = true, .left = units_min(window_rest(w), r->arg[1]) });
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
    return begin(r, (struct moving){ .to = to,
                                     .from = from,
                                     .left = units_min(window_rest(to), window_rest(from)) });
}
