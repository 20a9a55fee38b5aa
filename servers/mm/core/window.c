#include "window.h"

#include <assert.h>

#include "attach.h"
#include "counters.h"

struct window window_table[WINDOW_MAX];
static uint32_t hint;

void window_init(void)
{
    for (uint32_t i = 0; i < WINDOW_MAX; i++)
        window_table[i].space = NULL;
    hint = 0;
}

status_t window_new(struct vm_space *s, uint32_t client, const struct window_want *want,
                    struct window **out)
{
    uint32_t i = 0;

    if (!va_fits(want->start, want->bytes, MAX_USER))
        return E_ACCESS;
    while (i < WINDOW_MAX && window_table[(hint + i) % WINDOW_MAX].space != NULL)
        i++;
    if (i == WINDOW_MAX)
        return E_NOMEM;
    hint = (hint + i) % WINDOW_MAX;

    struct window *w = window_at(hint);

    *w = (struct window){ .space = s,
                          .next = s->windows,
                          .client = client,
                          .rights = want->rights,
                          .writer = want->writer,
                          .start = want->start,
                          .va = want->start,
                          .end = want->start + want->bytes };
    s->windows = w;
    counters.windows++;
    *out = w;
    return OK;
}

static bool holds(const struct window *w)
{
    return w->active || w->moving;
}

void window_close(struct window *w)
{
    struct vm_space *s = w->space;
    struct window **link = &s->windows;

    assert(!w->moving);
    window_dispose(w);
    while (*link != w)
        link = &(*link)->next;
    *link = w->next;
    w->space = NULL;
    counters.windows--;
    vm_space_release(s);
}

/* What it has, or would have: an attached one has its pages. */
static struct vrange claim(const struct window *w)
{
    return w->place != NULL ? w->pages : (struct vrange){ w->start, w->end };
}

/* Do `a`, which wants x, and b want bytes that only one may have? Empty windows want none. */
static bool clash(const struct window *a, struct vrange x, const struct window *b)
{
    struct vrange y = claim(b);

    return (a->writer || b->writer) && x.start < x.end && y.start < y.end && vrange_meets(x, y);
}

static bool excluded(const struct window *w, struct vrange wanted)
{
    uint32_t others = w->space->windows_active - holds(w);

    for (const struct window *v = w->space->windows; others > 0; v = v->next) {
        if (v == w || !holds(v))
            continue;
        if (clash(w, wanted, v))
            return true;
        others--;
    }
    return false;
}

bool window_excluded(const struct window *w)
{
    return excluded(w, claim(w));
}

bool window_pages_excluded(const struct window *w)
{
    return excluded(w, attach_pages(w));
}

bool window_pair_excluded(const struct window *to, const struct window *from)
{
    return (to->space == from->space && clash(to, claim(to), from)) || window_excluded(to) ||
           window_excluded(from);
}

status_t window_activate(struct window *w)
{
    if (w->active)
        return OK;
    if (window_excluded(w))
        return E_BUSY;
    window_hold(w);
    return OK;
}

void window_hold(struct window *w)
{
    w->space->windows_active += !holds(w);
    w->active = true;
}

void window_dispose(struct window *w)
{
    if (w->place != NULL) {
        attach_close(w);
        return;
    }
    if (!w->active)
        return;
    w->active = false;
    w->space->windows_active -= !holds(w);
}

void window_set_moving(struct window *w, bool moving)
{
    bool held = holds(w);

    w->moving = moving;
    w->space->windows_active = w->space->windows_active - held + holds(w);
}
