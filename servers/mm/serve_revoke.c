/* Taking back what was granted, and with it all that was done through it. */
#include "core/edit_batch.h"
#include "core/grant.h"
#include "core/process.h"
#include "serve_move.h"

/* Close the cursors that the client opened with this handle. */
static void end_cursors(struct client *c, const struct vm_space *s, uint64_t via)
{
    struct cursor *next;

    for (struct cursor *k = s->cursors; k != NULL; k = next) {
        struct handle_entry *e;

        next = k->next;
        if (k->client != c->slot || k->via != via)
            continue;

        status_t st = handle_find(&c->handles, k->handle, KIND_CURSOR, &e);

        assert(st == OK);
        cursor_close(k);
        handle_close(&c->handles, e);
    }
}

/* Close the windows that the client made with this handle, or with what it lent them, also
 * while a copy goes on. */
static void end_windows(struct client *c, const struct vm_space *s, uint64_t via)
{
    struct window *next;

    for (struct window *w = s->windows; w != NULL; w = next) {
        struct handle_entry *e;

        next = w->next;
        if (w->client != c->slot || (w->via != via && w->lent != via))
            continue;

        status_t st = handle_find(&c->handles, w->handle, KIND_WINDOW, &e);

        assert(st == OK);
        serve_move_abort(c->slot, w, E_STALE);
        window_close(w);
        handle_close(&c->handles, e);
    }
}

/* Windows of other spaces that were attached in this one by this handle are so no more. */
static void end_places(const struct client *c, const struct vm_space *s, uint64_t via)
{
    for (uint32_t i = 0; s->attached != 0 && i < WINDOW_MAX; i++) {
        struct window *w = window_at(i);

        if (w->space != NULL && w->client == c->slot && w->place == s && w->place_via == via)
            window_dispose(w);
    }
}

/* Everything that the client does in the space by this handle ends, its waiting included. */
static void leave_space(struct client *c, struct vm_space *s, uint64_t via)
{
    serve_refuse(c, s, via);
    end_cursors(c, s, via);
    end_windows(c, s, via);
    end_places(c, s, via);
    if (c->active == s && c->active_via == via) {
        status_t st = process_activate(c, NULL);

        (void)st; /* a thread that has ended is bound to nothing */
    }
}

static void withdraw(struct client *c, struct handle_entry *e)
{
    uint64_t number = *handle_number(e);
    uint32_t value = e->value;
    uint32_t count = handle_count(e);
    bool space = handle_kind(number) == KIND_SPACE;
    bool frame = handle_kind(number) == KIND_FRAME;

    if (space)
        leave_space(c, vm_space_at(value), number);
    grant_remove(c, e);
    handle_close(&c->handles, e);
    if (space) {
        vm_space_at(value)->handles--;
        vm_space_release(vm_space_at(value));
    }
    if (frame)
        edit_batch_drop_run(value, count);
}

int32_t serve_REVOKE(struct request *r)
{
    uint32_t from = CLIENT_NONE;
    struct handle_entry *e;
    status_t st = serve_granted(r, r->arg[0], &e);

    if (st != OK)
        return st;
    if (r->count == 2) {
        const struct client *c = client_find(r->arg[1]);

        if (c == NULL)
            return E_PEER;
        from = c->slot;
    }
    grant_revoke(r->client, e, from, withdraw);
    serve_waiting();
    return OK;
}
