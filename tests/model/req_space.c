/* Requests on spaces, frames, and handles as such (contract 1.1, D20 to D22). */
#include "edit.h"
#include "grant.h"
#include "request.h"
#include "space.h"
#include "stale.h"
#include "window.h"

int32_t request_space_new(struct request *r)
{
    struct space *s;
    status_t status = space_new(r->m, false, &s);

    if (status != OK)
        return status;
    s->handles = 1;
    r->word[r->words++] =
        handles_new(&r->c->handles,
                    (struct handle){ .kind = KIND_SPACE, .rights = MM_RIGHT_ALL, .space = s });
    return OK;
}

int32_t request_activate(struct request *r)
{
    struct space *before = r->c->active;
    struct space *s = NULL;

    if (r->arg[0] != 0) {
        status_t status = request_space(r, r->arg[0], MM_RIGHT_READ | MM_RIGHT_WRITE, &s);
        if (status != OK)
            return status;
    }
    r->c->active = s;
    r->c->active_via = r->arg[0];
    if (before && before != s) {
        stale_deactivated(r->m, before);
        space_release(r->m, before);
    }
    return OK;
}

int32_t request_self(struct request *r)
{
    struct client *c = r->c;
    struct handle *h;

    if (c->own_handle == 0 || handles_find(&c->handles, c->own_handle, KIND_SPACE, &h) != OK) {
        c->own->handles++;
        c->own_handle = handles_new(
            &c->handles,
            (struct handle){ .kind = KIND_SPACE, .rights = MM_RIGHT_ALL, .space = c->own });
    }
    r->words = 2;
    r->word[0] = c->own_handle;
    r->word[1] = c->id;
    return OK;
}

/* --- close --- */

/* Is something done by this very handle? */
static bool used_by(const struct client *c, uint32_t client, const struct space *s,
                    uint64_t via)
{
    bool used = c->active == s && c->active_via == via;

    for (const struct cursor *k = s->cursors; k; k = k->next)
        used |= k->client == client && k->via == via;
    for (const struct window *w = s->windows; w; w = w->next)
        used |= w->client == client && (w->via == via || w->lent == via);
    return used;
}

/* A space in use is busy for all its handles; a process's own only for the last one, and for
 * those by which it is used. */
static bool busy(const struct request *r, const struct space *s)
{
    bool used = s->cursors || s->windows || space_active(r->m, s);

    return used && (s->handles == 1 || !s->process || used_by(r->c, r->client, s, r->arg[0]));
}

void request_let_go(struct model *m, struct client *c, struct handle *h)
{
    grant_closed(m, (uint32_t)(c - m->client), h);
    h->live = false;
    h->parent = 0;
    if (h->kind == KIND_FRAME)
        frames_drop(&m->frames, h->first, h->count);
    if (h->kind == KIND_SATURATION)
        frames_unsaturate(&m->frames, h->first);
    if (h->kind == KIND_SPACE) {
        h->space->handles--;
        space_release(m, h->space);
    }
    if (h->kind == KIND_WINDOW) {
        struct space *s = h->window->space;
        window_close(m, h->window);
        space_release(m, s);
    }
    if (h->kind == KIND_CURSOR) {
        struct space *s = h->cursor->space;
        space_close(m, h->cursor);
        space_release(m, s);
    }
}

int32_t request_close(struct request *r)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_NONE, &h);

    if (status != OK)
        return status;
    enum mm_kind kind = h->kind;
    if (kind == KIND_SPACE && busy(r, h->space))
        return E_BUSY;
    request_let_go(r->m, r->c, h);
    if (kind == KIND_CURSOR)
        request_wake(r->m);
    return OK;
}

int32_t request_reap(struct request *r)
{
    struct batch batch = { 0 };
    struct edit e = { .m = r->m, .batch = &batch };
    int32_t status = request_space(r, r->arg[0], MM_RIGHT_MAP, &e.space);

    if (status == OK)
        status = request_lock(r, e.space, 0, USER_END, true);
    if (status != OK)
        return status;
    r->word[r->words++] = edit_reap(&e);
    space_dispatch_batch(r->m, &batch);
    return OK;
}
