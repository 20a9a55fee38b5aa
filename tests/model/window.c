#include "window.h"

#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "units.h"

void window_close(struct model *m, struct window *w)
{
    struct window **link = &w->space->windows;

    if (w->attached)
        attach_end(m, w);
    while (*link != w)
        link = &(*link)->next;
    *link = w->next;
    m->windows--;
    free(w);
}

/* Touching ranges do not conflict, empty ones never do, readers share (D6). */
bool window_conflict(const struct window *a, const struct window *b)
{
    uint64_t a_start = a->attached ? a->first : a->start;
    uint64_t a_end = a->attached ? a->behind : a->end;
    uint64_t b_start = b->attached ? b->first : b->start;
    uint64_t b_end = b->attached ? b->behind : b->end;

    return a->space == b->space && (a->writer || b->writer) &&
           units_meet(a_start, a_end, b_start, b_end);
}

bool window_excluded(const struct window *w)
{
    for (const struct window *other = w->space->windows; other; other = other->next) {
        if (other != w && (other->active || other->moving) && window_conflict(w, other))
            return true;
    }
    return false;
}

uint32_t window_frame(const struct model *m, const struct window_span *span, uint64_t offset)
{
    const struct mapping *map = mapset_at(&span->space->maps, span->va + offset);
    uint32_t need = PROP_R | (span->writes ? PROP_W : 0);

    if (!map || need & ~map->prop)
        return 0;
    uint32_t frame = map->frame + (uint32_t)((span->va + offset - map->va) / PAGE_BYTES);
    return frames_at(&m->frames, frame)->device ? 0 : frame;
}

/* How far it is from `offset` of a span to the end of its page. */
static uint64_t to_page_end(const struct window_span *span, uint64_t offset)
{
    return PAGE_BYTES - (span->va + offset) % PAGE_BYTES;
}

static void get(struct model *m, const struct window_span *span, uint64_t offset,
                uint64_t length, uint8_t *bytes)
{
    uint32_t frame = window_frame(m, span, offset);
    uint32_t at = (uint32_t)((span->va + offset) % PAGE_BYTES);

    (void)!frames_read(&m->frames, frame, at, (uint32_t)length, bytes);
}

static void set(struct model *m, const struct window_span *span, uint64_t offset,
                uint64_t length, const uint8_t *bytes)
{
    uint32_t frame = window_frame(m, span, offset);
    uint32_t at = (uint32_t)((span->va + offset) % PAGE_BYTES);

    frames_write(&m->frames, frame, at, (uint32_t)length, bytes);
}

uint64_t window_move(struct model *m, struct window_span to, const struct window_span *from,
                     uint64_t length)
{
    uint8_t piece[PAGE_BYTES] = { 0 };
    uint64_t done = 0;

    while (done < length) {
        uint64_t bytes = units_min(length - done, to_page_end(&to, done));
        if (from)
            bytes = units_min(bytes, to_page_end(from, done));
        if (!window_frame(m, &to, done) || (from && !window_frame(m, from, done)))
            break;
        if (from)
            get(m, from, done, bytes, piece);
        set(m, &to, done, bytes, piece);
        done += bytes;
    }
    return done;
}

uint64_t window_take(struct model *m, struct window_span from, uint64_t length, uint8_t *bytes)
{
    uint64_t done = 0;

    while (done < length && window_frame(m, &from, done)) {
        uint64_t piece = units_min(length - done, to_page_end(&from, done));
        get(m, &from, done, piece, bytes + done);
        done += piece;
    }
    return done;
}

uint64_t window_put(struct model *m, struct window_span to, uint64_t length,
                    const uint8_t *bytes)
{
    uint64_t done = 0;

    while (done < length && window_frame(m, &to, done)) {
        uint64_t piece = units_min(length - done, to_page_end(&to, done));
        set(m, &to, done, piece, bytes + done);
        done += piece;
    }
    return done;
}
