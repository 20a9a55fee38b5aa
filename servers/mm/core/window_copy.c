#include "window_copy.h"

#include <string.h>

static uint64_t rest_of_page(vaddr_t va)
{
    return PAGE_BYTES - va % PAGE_BYTES;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The next n bytes, within one page of each side. Returns: are both pages there? */
static inline bool move(struct window_copy *c, uint64_t n)
{
    uint8_t *to = window_walk_byte(&c->to.walk, c->to.va);
    const uint8_t *from;

    if (to == NULL)
        return false;
    if (c->zeros) {
        memset(to, 0, n);
        return true;
    }
    from = window_walk_byte(&c->from.walk, c->from.va);
    if (from == NULL)
        return false;
    if (to != from)
        memmove(to, from, n);
    return true;
}

bool window_copy_run(struct window_copy *c, uint64_t most)
{
    uint64_t stop = c->left > most ? c->left - most : 0;

    while (c->left > stop) {
        uint64_t n = least(c->left - stop, rest_of_page(c->to.va));

        if (!c->zeros)
            n = least(n, rest_of_page(c->from.va));
        if (!move(c, n))
            return false;
        c->to.va += n;
        c->from.va += n;
        c->left -= n;
        c->done += n;
    }
    return true;
}

bool window_value_find(struct window_walk *w, vaddr_t va, uint32_t bytes,
                       struct window_value *out)
{
    out->first = (uint32_t)least(bytes, rest_of_page(va));
    out->byte[0] = window_walk_byte(w, va);
    out->byte[1] = out->byte[0];
    if (out->first < bytes)
        out->byte[1] = window_walk_byte(w, va + out->first);
    return out->byte[0] != NULL && out->byte[1] != NULL;
}

uint64_t window_value_get(const struct window_value *v, uint32_t bytes)
{
    uint64_t value = 0;

    memcpy(&value, v->byte[0], v->first);
    memcpy((uint8_t *)&value + v->first, v->byte[1], bytes - v->first);
    return value;
}

void window_value_put(const struct window_value *v, uint32_t bytes, uint64_t value)
{
    memcpy(v->byte[0], &value, v->first);
    memcpy(v->byte[1], (const uint8_t *)&value + v->first, bytes - v->first);
}
