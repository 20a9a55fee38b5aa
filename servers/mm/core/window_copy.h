/*
 * Moving bytes from one translated range to another, or zeros into one: exactly as far as
 * both sides are there, in slices as long as the caller likes.
 *
 * Each page is translated when it is reached, so a copy that pauses sees what was changed
 * meanwhile and never a frame that was unmapped. Bytes go forward, up to the nearer page end
 * of either side at once; such a piece is moved as by memmove.
 */
#pragma once
#include "window_walk.h"

struct window_side {
    struct window_walk walk;
    vaddr_t va;
};

struct window_copy {
    struct window_side to;
    struct window_side from; /* unused for zeros */
    bool zeros;
    uint64_t left; /* bytes still to be moved; va + left stays in user space on both sides */
    uint64_t done;
};

/* Move at most `most` bytes more. Returns: false: a page was not there, c->done tells how far
 * it went. It has ended when it returned false or nothing is left. */
NODISCARD bool window_copy_run(struct window_copy *c, uint64_t most);

/*
 * Up to 8 bytes at an address, which may lie on two pages: where they are, or that they are
 * not all there. No value is moved by halves.
 */
struct window_value {
    uint8_t *byte[2];
    uint32_t first; /* how many of the bytes stand at byte[0]; the others at byte[1] */
};
NODISCARD bool window_value_find(struct window_walk *w, vaddr_t va, uint32_t bytes,
                                 struct window_value *out);
uint64_t window_value_get(const struct window_value *v, uint32_t bytes);
void window_value_put(const struct window_value *v, uint32_t bytes, uint64_t value);
