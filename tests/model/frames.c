#include "frames.h"

#include <string.h>

#include "grow.h"

void frames_free(struct frames *s)
{
    for (uint32_t i = 1; i <= s->count; i++) {
        free(s->at[i].bytes);
        free(s->at[i].unknown);
    }
    free(s->at);
    *s = (struct frames){ 0 };
}

uint32_t frames_new(struct frames *s, uint32_t count, uint32_t align, uint8_t fill,
                    bool counted)
{
    uint32_t first = (s->count / align + 1) * align;

    s->at = grow(s->at, &s->room, first + count, sizeof *s->at);
    for (uint32_t i = s->count + 1; i < first; i++)
        s->at[i] = (struct frame){ 0 }; /* numbers that no frame has */
    for (uint32_t i = 0; i < count; i++)
        s->at[first + i] =
            (struct frame){ .fill = fill, .holds = 1, .live = true, .counted = counted };
    s->count = first + count - 1;
    s->live += counted ? count : 0;
    return first;
}

struct frame *frames_at(const struct frames *s, uint32_t frame)
{
    assert(frame >= 1 && frame <= s->count);
    return &s->at[frame];
}

static void end_if_unused(struct frames *s, struct frame *f)
{
    if (f->holds > 0 || f->maps > 0)
        return;
    s->live -= f->live && f->counted;
    f->live = false;
    if (f->ghosts > 0)
        return;
    free(f->bytes);
    free(f->unknown);
    *f = (struct frame){ 0 };
}

/* One reference more. */
static struct frame *refer(struct frame *f)
{
    assert(!f->saturated || f->room > 0);
    f->room -= f->saturated;
    return f;
}

void frames_hold(struct frames *s, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        refer(frames_at(s, first + i))->holds++;
}

void frames_drop(struct frames *s, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct frame *f = frames_at(s, first + i);
        assert(f->holds > 0);
        f->holds--;
        f->room += f->saturated;
        end_if_unused(s, f);
    }
}

void frames_map(struct frames *s, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert(frames_at(s, first + i)->live);
        refer(frames_at(s, first + i))->maps++;
    }
}

void frames_unmap(struct frames *s, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct frame *f = frames_at(s, first + i);
        assert(f->maps > 0);
        f->maps--;
        f->room += f->saturated;
        end_if_unused(s, f);
    }
}

void frames_haunt(struct frames *s, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        frames_at(s, first + i)->ghosts++;
}

void frames_unhaunt(struct frames *s, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct frame *f = frames_at(s, first + i);
        assert(f->ghosts > 0);
        f->ghosts--;
        end_if_unused(s, f);
    }
}

bool frames_room(const struct frames *s, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct frame *f = frames_at(s, first + i);
        if (f->saturated && f->room == 0)
            return false;
    }
    return true;
}

void frames_saturate(struct frames *s, uint32_t frame)
{
    struct frame *f = frames_at(s, frame);

    f->holds++;
    f->saturated = true;
    f->room = 0;
}

void frames_unsaturate(struct frames *s, uint32_t frame)
{
    struct frame *f = frames_at(s, frame);

    f->saturated = false;
    f->room = 0;
    frames_drop(s, frame, 1);
}

bool frames_read(const struct frames *s, uint32_t frame, uint32_t offset, uint32_t length,
                 uint8_t *bytes)
{
    const struct frame *f = frames_at(s, frame);
    bool known = true;

    assert(offset < PAGE_BYTES && length <= PAGE_BYTES - offset);
    if (f->bytes)
        memcpy(bytes, f->bytes + offset, length);
    else
        memset(bytes, f->fill, length);
    for (uint32_t i = 0; f->unknown && i < length; i++)
        known = known && !f->unknown[offset + i];
    return known;
}

void frames_write(struct frames *s, uint32_t frame, uint32_t offset, uint32_t length,
                  const uint8_t *bytes)
{
    struct frame *f = frames_at(s, frame);

    assert(offset < PAGE_BYTES && length <= PAGE_BYTES - offset);
    if (!f->bytes) {
        f->bytes = malloc(PAGE_BYTES);
        if (!f->bytes)
            abort();
        memset(f->bytes, f->fill, PAGE_BYTES);
    }
    memcpy(f->bytes + offset, bytes, length);
    if (f->unknown)
        memset(f->unknown + offset, 0, length * sizeof *f->unknown);
}

void frames_blur(struct frames *s, uint32_t frame, uint32_t offset)
{
    struct frame *f = frames_at(s, frame);

    if (!f->unknown)
        f->unknown = calloc(PAGE_BYTES, sizeof *f->unknown);
    if (!f->unknown)
        abort();
    f->unknown[offset] = true;
}
