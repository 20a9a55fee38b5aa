/* The end of clients: by request, or because their first thread has ended. */
#include "core/edit_batch.h"
#include "core/grant.h"
#include "core/own_frame.h"
#include "core/process.h"
#include "core/report.h"
#include "core/saturation.h"
#include "core/wait.h"
#include "core/window.h"
#include "serve_move.h"

/* Close one handle of a client that is ending; cursors and windows come before spaces. */
static void let_go(struct client *c, struct handle_entry *e)
{
    struct vm_space *s;

    switch ((enum mm_kind)handle_kind(*handle_number(e))) {
    case KIND_CURSOR:
        cursor_close(cursor_at(e->value));
        break;
    case KIND_WINDOW:
        window_close(window_at(e->value));
        break;
    case KIND_SPACE:
        s = vm_space_at(e->value);
        s->handles--;
        vm_space_release(s);
        break;
    case KIND_FRAME:
        edit_batch_drop_run(e->value, handle_count(e));
        break;
    case KIND_SATURATION:
        saturation_end(e->value);
        break;
    case KIND_NONE:
    case KIND_PROC:
    case KIND_THREAD:
    case KIND_ENDPOINT:
    case KIND_DEVICE:
    case KIND_END:
        break;
    }
    grant_remove(c, e);
    handle_close(&c->handles, e);
}

/* Is it on a space, which it keeps? */
static bool on_space(const struct handle_entry *e)
{
    uint32_t kind = handle_kind(*handle_number(e));

    return kind == KIND_CURSOR || kind == KIND_WINDOW;
}

static void let_all_go(struct client *c, bool on_spaces)
{
    uint32_t i = 0;

    for (struct handle_entry *e = handle_next(&c->handles, &i); e != NULL;
         e = handle_next(&c->handles, &i))
        if (on_space(e) == on_spaces)
            let_go(c, e);
}

void serve_end_client(struct client *c)
{
    struct vm_space *own = c->own;
    struct vm_space *active = c->active;

    process_stop(c);
    serve_move_forget(c->slot);
    if (wait_of(c->slot) != NULL) {
        struct wait_request gone = wait_leave(c->slot);

        if (gone.extra != NO_FRAME)
            own_frame_free(gone.extra);
    }
    let_all_go(c, true);
    if (active != NULL)
        vm_space_release(active);
    let_all_go(c, false);
    if (own != NULL) {
        own->handles--;
        vm_space_release(own);
    }
    client_free(c);
    serve_waiting();
}

void serve_deaths(void)
{
    for (uint32_t i = 0; i < THREAD_MAX; i++) {
        struct thread *t = process_thread(i);
        struct port_thread_info info;

        if (t->object == NO_FRAME || t->ended || port_thread_info(t->object, &info) != OK ||
            info.state != THREAD_DEAD)
            continue;

        struct client *c = client_at(t->client);

        t->ended = true;
        report_end(c->id, &info);
        if (c->first == i)
            serve_end_client(c);
        else if (c->registered == i)
            process_deactivated(c);
    }
}
