/* Requests on spaces, frames, and handles as such (contract 1.1, D20 to D22). */
#include "edit.h"
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

/* --- grant --- */

/* Another handle on the same thing, for somebody with these rights. */
static uint64_t give(struct model *m, struct client *to, struct handle what, uint32_t rights)
{
    if (what.kind == KIND_SPACE)
        what.space->handles++;
    if (what.kind == KIND_FRAME)
        frames_hold(&m->frames, what.first, what.count);
    for (uint32_t i = 0; what.kind == KIND_FRAME && i < what.count; i++)
        frames_at(&m->frames, what.first + i)->restricted |= !(rights & MM_RIGHT_WRITE);
    what.rights = rights;
    return handles_new(&to->handles, what);
}

static struct client *client_of(struct model *m, uint64_t id)
{
    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        if (m->client[i].alive && m->client[i].id == id)
            return &m->client[i];
    }
    return NULL;
}

int32_t request_grant(struct request *r)
{
    struct handle *h;
    struct client *to = client_of(r->m, r->arg[1]);

    if (r->arg[2] == 0 || r->arg[2] & ~(uint64_t)MM_RIGHT_ALL)
        return E_INVAL;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_NONE, &h);
    if (status != OK)
        return status;
    if (h->kind != KIND_SPACE && h->kind != KIND_FRAME)
        return E_HANDLE;
    if (!(h->rights & MM_RIGHT_GRANT) || r->arg[2] & ~(uint64_t)h->rights)
        return E_ACCESS;
    if (!to)
        return E_PEER;
    r->word[r->words++] = give(r->m, to, *h, (uint32_t)r->arg[2]);
    return OK;
}

/* --- close --- */

/* A space in use is busy for all its handles; a process's own only for the last one. */
static bool busy(const struct model *m, const struct space *s)
{
    bool used = s->cursors || s->windows || space_active(m, s);

    return used && (s->handles == 1 || !s->process);
}

void request_let_go(struct model *m, struct client *c, struct handle *h)
{
    (void)c;
    h->live = false;
    if (h->kind == KIND_FRAME)
        frames_drop(&m->frames, h->first, h->count);
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
    if (kind == KIND_SPACE && busy(r->m, h->space))
        return E_BUSY;
    request_let_go(r->m, r->c, h);
    if (kind == KIND_CURSOR)
        request_wake(r->m);
    return OK;
}
