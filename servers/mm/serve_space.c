/* Spaces, frames, and handles as such. */
#include <assert.h>
#include <string.h>

#include "core/edit_batch.h"
#include "core/frame_pool.h"
#include "core/grant.h"
#include "core/node_pool.h"
#include "core/process.h"
#include "core/saturation.h"
#include "core/window.h"
#include "serve.h"

static uint32_t space_index(const struct vm_space *s)
{
    return (uint32_t)(s - vm_space_at(0));
}

status_t serve_space(const struct request *r, uint64_t number, uint32_t rights,
                     struct vm_space **out)
{
    struct handle_entry *e;
    status_t st = handle_find(&r->client->handles, number, KIND_SPACE, &e);

    if (st != OK)
        return st;
    if ((handle_rights(e) & rights) != rights)
        return E_ACCESS;
    *out = vm_space_at(e->value);
    return OK;
}

status_t serve_space_look(const struct request *r, uint64_t number, struct vm_space **out)
{
    status_t st = serve_space(r, number, MM_RIGHT_MAP, out);

    return st == E_ACCESS ? serve_space(r, number, MM_RIGHT_READ, out) : st;
}

int32_t serve_SPACE_NEW(struct request *r)
{
    struct vm_space *s;
    status_t st = vm_space_new(false, &s);

    if (st != OK)
        return st;
    st = handle_new(&r->client->handles, KIND_SPACE, space_index(s),
                    handle_meta(0, MM_RIGHT_ALL), &r->out[0]);
    if (st != OK) {
        vm_space_release(s);
        return st;
    }
    s->handles = 1;
    r->results = 1;
    return OK;
}

int32_t serve_ACTIVATE(struct request *r)
{
    struct vm_space *s = NULL;
    status_t st = OK;

    if (r->arg[0] != 0)
        st = serve_space(r, r->arg[0], MM_RIGHT_READ | MM_RIGHT_WRITE, &s);
    if (st == OK)
        st = process_activate(r->client, s);
    if (st == OK)
        r->client->active_via = r->arg[0];
    return st;
}

int32_t serve_SELF(struct request *r)
{
    struct client *c = r->client;
    struct handle_entry *e;

    r->out[1] = c->id;
    r->results = 2;
    if (c->own_handle != 0 && handle_find(&c->handles, c->own_handle, KIND_SPACE, &e) == OK) {
        r->out[0] = c->own_handle;
        return OK;
    }
    if (c->own == NULL)
        return E_INVAL;

    status_t st = handle_new(&c->handles, KIND_SPACE, space_index(c->own),
                             handle_meta(0, MM_RIGHT_ALL), &c->own_handle);

    if (st != OK)
        return st;
    c->own->handles++;
    r->out[0] = c->own_handle;
    return OK;
}

/* A new handle of `to` with these rights, granted from the caller's. */
static status_t derive(struct client *from, struct handle_entry *e, struct client *to,
                       uint32_t rights, uint64_t *number)
{
    enum mm_kind kind = (enum mm_kind)handle_kind(*handle_number(e));
    uint32_t meta = handle_meta(handle_count(e), rights) | (e->meta & HANDLE_NOT_ONE);
    struct handle_entry *given;
    status_t st = handle_new(&to->handles, kind, e->value, meta, number);

    if (st != OK)
        return st;
    st = handle_find(&to->handles, *number, kind, &given);
    assert(st == OK);
    st = grant_add(from, e, to, given);
    if (st != OK)
        handle_close(&to->handles, given);
    return st;
}

/* The same, and what the handle names is the new one's, too. */
static status_t give(struct client *from, struct handle_entry *e, struct client *to,
                     uint32_t rights, uint64_t *number)
{
    enum mm_kind kind = (enum mm_kind)handle_kind(*handle_number(e));
    bool frame = kind == KIND_FRAME;
    uint32_t count = handle_count(e);
    status_t st = frame ? edit_batch_hold_run(e->value, count) : OK;

    if (st != OK)
        return st;
    st = derive(from, e, to, rights, number);
    if (frame && st != OK)
        edit_batch_drop_run(e->value, count);
    if (st != OK)
        return st;
    if (kind == KIND_SPACE)
        vm_space_at(e->value)->handles++;
    else if ((rights & MM_RIGHT_WRITE) == 0)
        frame_pool_restrict(e->value, count);
    return OK;
}

status_t serve_granted(const struct request *r, uint64_t number, struct handle_entry **out)
{
    status_t st = handle_find(&r->client->handles, number, KIND_NONE, out);

    if (st != OK)
        return st;

    uint32_t kind = handle_kind(number);

    return kind == KIND_SPACE || kind == KIND_FRAME || kind == KIND_DEVICE ? OK : E_HANDLE;
}

int32_t serve_GRANT(struct request *r)
{
    struct client *to = client_find(r->arg[1]);
    struct handle_entry *e;
    status_t st;

    if (r->arg[2] == 0 || (r->arg[2] & ~(uint64_t)MM_RIGHT_ALL) != 0)
        return E_INVAL;
    st = serve_granted(r, r->arg[0], &e);
    if (st != OK)
        return st;
    if ((handle_rights(e) & MM_RIGHT_GRANT) == 0 || (r->arg[2] & ~handle_rights(e)) != 0)
        return E_ACCESS;
    if (to == NULL)
        return E_PEER;
    st = give(r->client, e, to, (uint32_t)r->arg[2], &r->out[0]);
    r->results = st == OK ? 1 : 0;
    return st;
}

/* Does the client do anything in the space by this handle? Revoking it must find that. */
static bool used_by(const struct client *c, const struct vm_space *s, uint64_t via)
{
    if (c->active == s && c->active_via == via)
        return true;
    for (const struct cursor *k = s->cursors; k != NULL; k = k->next)
        if (k->client == c->slot && k->via == via)
            return true;
    for (const struct window *w = s->windows; w != NULL; w = w->next)
        if (w->client == c->slot && (w->via == via || w->lent == via))
            return true;
    return false;
}

/* A space in use is busy for all its handles alike; only a process's own, which is in use
 * until the process ends, may lose those that nothing is done by, but for the last. */
static status_t close_space(const struct client *c, struct vm_space *s, uint64_t via)
{
    bool used = s->cursors != NULL || s->windows != NULL || vm_space_active(s);

    if (used && (s->handles == 1 || !s->process || used_by(c, s, via)))
        return E_BUSY;
    s->handles--;
    vm_space_release(s);
    return OK;
}

int32_t serve_CLOSE(struct request *r)
{
    struct handle_entry *e;
    status_t st = handle_find(&r->client->handles, r->arg[0], KIND_NONE, &e);

    if (st != OK)
        return st;

    enum mm_kind kind = (enum mm_kind)handle_kind(*handle_number(e));

    if (kind == KIND_SPACE)
        st = close_space(r->client, vm_space_at(e->value), r->arg[0]);
    if (kind == KIND_WINDOW && window_at(e->value)->moving)
        st = E_BUSY;
    if (st != OK)
        return st;
    if (kind == KIND_FRAME)
        edit_batch_drop_run(e->value, handle_count(e));
    if (kind == KIND_ENDPOINT)
        process_endpoint_free(e->value);
    if (kind == KIND_CURSOR)
        cursor_close(cursor_at(e->value));
    if (kind == KIND_SATURATION)
        saturation_end(e->value);
    if (kind == KIND_WINDOW)
        window_close(window_at(e->value));
    grant_remove(r->client, e);
    handle_close(&r->client->handles, e);
    if (kind == KIND_CURSOR)
        serve_waiting();
    return OK;
}

static enum frame_use use_of(uint64_t flags)
{
    return (flags & MM_FRAME_PROCESS) != 0 ? FRAME_USE_OTHER : FRAME_USE_SCRIPT;
}

/* Take `count` consecutive frames, filled and held, under one handle. */
static status_t alloc_run(struct request *r, uint32_t count, uint64_t *number,
                          uint64_t *identity)
{
    enum frame_use use = use_of(r->arg[2]);
    pfn_t first;
    status_t st = (r->arg[2] & MM_FRAME_HUGE) != 0 ? node_pool_take_huge(use, &first)
                                                   : node_pool_take_frames(count, use, &first);

    if (st != OK)
        return st;
    st = handle_new(&r->client->handles, KIND_FRAME, first, handle_meta(count, MM_RIGHT_ALL),
                    number);
    if (st != OK) {
        for (uint32_t i = 0; i < count; i++)
            frame_pool_put(first + i);
        return st;
    }
    for (uint32_t i = 0; i < count; i++)
        memset(port_frame(first + i), (int)r->arg[1], PAGE_BYTES);
    *identity = serve_identity(first);
    return edit_batch_hold_run(first, count);
}

/* Undo the first n pairs of an answer. */
static void free_pairs(struct request *r, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint64_t number =
            2 * i < SERVE_RESULTS ? r->out[2 * i] : r->page[2 * i - SERVE_RESULTS];
        struct handle_entry *e;

        if (handle_find(&r->client->handles, number, KIND_FRAME, &e) != OK)
            continue;
        edit_batch_drop_run(e->value, 1);
        handle_close(&r->client->handles, e);
    }
}

int32_t serve_FRAME_ALLOC(struct request *r)
{
    uint64_t count = r->arg[0];
    uint64_t flags = r->arg[2];
    bool each = (flags & MM_FRAME_EACH) != 0;
    uint64_t most = each ? MM_FRAME_EACH_MAX : FRAME_MAX;

    if ((flags & ~(uint64_t)(MM_FRAME_EACH | MM_FRAME_PROCESS | MM_FRAME_HUGE)) != 0 ||
        r->arg[1] > 0xff)
        return E_INVAL;
    if (count == 0 || (each && count > most))
        return E_INVAL;
    if ((flags & MM_FRAME_HUGE) != 0 && (each || count != PT_ENTRIES))
        return E_INVAL;
    if (count > most)
        return E_NOMEM;
    if (!each) {
        r->results = 2;
        return alloc_run(r, (uint32_t)count, &r->out[0], &r->out[1]);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *pair =
            2 * i < SERVE_RESULTS ? &r->out[2 * i] : &r->page[2 * i - SERVE_RESULTS];
        status_t st = alloc_run(r, 1, &pair[0], &pair[1]);

        if (st != OK) {
            free_pairs(r, i);
            return st;
        }
    }
    r->results = (uint32_t)count * 2;
    return OK;
}
