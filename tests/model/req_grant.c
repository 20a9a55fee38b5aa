/* Giving handles to others and taking them back (docs/decisions/0010, 0051); space handlers. */
#include <stdlib.h>

#include "attach.h"
#include "grant.h"
#include "request.h"
#include "space.h"
#include "stale.h"
#include "window.h"

static uint32_t client_of(const struct model *m, uint64_t id)
{
    uint32_t i = 0;

    while (i < MODEL_CLIENTS && !(m->client[i].alive && m->client[i].id == id))
        i++;
    return i;
}

/* The handle that argument 0 names, of a kind that can be granted. */
static status_t find(const struct request *r, struct handle **out)
{
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_NONE, out);

    if (status != OK)
        return status;
    bool good =
        (*out)->kind == KIND_SPACE || (*out)->kind == KIND_FRAME || (*out)->kind == KIND_DEVICE;
    return good ? OK : E_HANDLE;
}

/* --- grant --- */

/* Another handle on the same thing, for somebody with these rights. */
static uint64_t give(struct model *m, struct client *to, struct handle what, uint32_t rights)
{
    if (what.kind == KIND_SPACE)
        what.space->handles++;
    if (what.kind == KIND_FRAME)
        frames_hold(&m->frames, what.first, what.count);
    for (uint32_t i = 0; what.kind != KIND_SPACE && i < what.count; i++)
        frames_at(&m->frames, what.first + i)->restricted |= !(rights & MM_RIGHT_WRITE);
    what.rights = rights;
    what.parent = 0;
    what.children = 0;
    return handles_new(&to->handles, what);
}

int32_t request_grant(struct request *r)
{
    uint32_t to = client_of(r->m, r->arg[1]);
    struct handle *h;

    if (r->arg[2] == 0 || r->arg[2] & ~(uint64_t)MM_RIGHT_ALL)
        return E_INVAL;
    status_t status = find(r, &h);
    if (status != OK)
        return status;
    if (!(h->rights & MM_RIGHT_GRANT) || r->arg[2] & ~(uint64_t)h->rights)
        return E_ACCESS;
    if (to == MODEL_NOBODY)
        return E_PEER;
    if (h->kind == KIND_FRAME && !frames_room(&r->m->frames, h->first, h->count))
        return E_SATURATED;
    uint64_t number = give(r->m, &r->m->client[to], *h, (uint32_t)r->arg[2]);
    grant_below(r->m, to, number, r->client, r->arg[0]);
    r->word[r->words++] = number;
    return OK;
}

/* --- revoke --- */

static void end_cursors(struct model *m, struct client *c, const struct space *s, uint64_t via)
{
    for (uint32_t i = c->handles.count; i-- > 0;) {
        struct handle *h = &c->handles.at[i];
        if (h->live && h->kind == KIND_CURSOR && h->cursor->space == s && h->cursor->via == via)
            request_let_go(m, c, h);
    }
}

static void end_windows(struct model *m, struct client *c, const struct space *s, uint64_t via)
{
    for (uint32_t i = c->handles.count; i-- > 0;) {
        struct handle *h = &c->handles.at[i];
        if (!h->live || h->kind != KIND_WINDOW || h->window->space != s ||
            (h->window->via != via && h->window->lent != via))
            continue;
        request_stop_copy(m, (uint32_t)(c - m->client), h->window, E_STALE);
        request_let_go(m, c, h);
    }
}

/* What the client has attached in the space, a place that this handle named. */
static void end_attached(struct model *m, uint32_t client, const struct space *s, uint64_t via)
{
    for (struct space *from = m->spaces; from; from = from->next) {
        for (struct window *w = from->windows; w; w = w->next) {
            if (w->client == client && w->attached && w->place == s && w->place_via == via)
                attach_end(m, w);
        }
    }
}

/* Everything that the client does in the space by this handle ends. */
static void leave_space(struct model *m, uint32_t client, struct space *s, uint64_t via)
{
    struct client *c = &m->client[client];

    if (c->waiting.there && c->waiting.space == s && c->args[0] == via) {
        c->waiting.there = false;
        request_answer(m, client, E_STALE, 0, NULL);
    }
    end_cursors(m, c, s, via);
    end_windows(m, c, s, via);
    end_attached(m, client, s, via);
    if (c->active == s && c->active_via == via) {
        c->active = NULL;
        stale_deactivated(m, s);
    }
}

static void withdraw(struct model *m, struct grant_place place)
{
    struct client *c = &m->client[place.client];
    struct handle *h;

    if (handles_find(&c->handles, place.number, KIND_NONE, &h) != OK)
        return;
    if (h->kind == KIND_SPACE)
        leave_space(m, place.client, h->space, place.number);
    request_let_go(m, c, h);
}

int32_t request_revoke(struct request *r)
{
    uint32_t only = MODEL_NOBODY;
    struct grant_place *list;
    struct handle *h;
    status_t status = find(r, &h);

    if (status != OK)
        return status;
    if (r->count == 2) {
        only = client_of(r->m, r->arg[1]);
        if (only == MODEL_NOBODY)
            return E_PEER;
    }
    uint32_t count =
        grant_list(r->m, (struct grant_place){ r->client, r->arg[0] }, only, &list);
    for (uint32_t i = 0; i < count; i++)
        withdraw(r->m, list[i]);
    free(list);
    request_wake(r->m);
    return OK;
}

/* --- space handlers --- */

int32_t request_pager(struct request *r)
{
    struct space *s;
    uint32_t pager;
    status_t status = request_space(r, r->arg[0], MM_RIGHT_MAP, &s);

    if (status != OK)
        return status;
    if (r->count == 2) {
        pager = client_of(r->m, r->arg[1]);
        if (pager == MODEL_NOBODY)
            return E_PEER;
        if (!r->m->client[pager].takes)
            return E_INVAL;
    }
    s->pager = r->count == 2 ? r->arg[1] : 0;
    r->word[r->words++] = s->id;
    return OK;
}

int32_t request_faults_at(struct request *r)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_ENDPOINT, &h);

    if (status == OK)
        r->c->takes = true;
    return status;
}
