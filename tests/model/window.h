/* Windows: who excludes whom, and bytes through them (contract 1.6, 3.3; decisions/0030). */
#pragma once
#include "state.h"

/* A range of user memory that a copy goes along, and what its pages must permit. */
struct window_span {
    const struct space *space;
    uint64_t va;
    bool writes;
};

static inline uint64_t window_rest(const struct window *w)
{
    return w->end - w->cur;
}

void window_close(struct model *m, struct window *w);

/* Does another active window exclude this one? */
bool window_excluded(const struct window *w);

/* May they not be active together? */
bool window_conflict(const struct window *a, const struct window *b);

/* The frame that the byte at `offset` of a span is in. Returns: 0 if it may not be used. */
uint32_t window_frame(const struct model *m, const struct window_span *span, uint64_t offset);

/* Copies as far as both sides go; no source: zeros. Returns: how many bytes were copied. */
uint64_t window_move(struct model *m, struct window_span to, const struct window_span *from,
                     uint64_t length);

/* The same with bytes of the host on the other side. */
uint64_t window_take(struct model *m, struct window_span from, uint64_t length, uint8_t *bytes);
uint64_t window_put(struct model *m, struct window_span to, uint64_t length,
                    const uint8_t *bytes);
