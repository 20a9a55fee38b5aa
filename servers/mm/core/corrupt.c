/* One word broken for each row that mm itself checks; for the checker's own tests. */
#include <string.h>

#include "check.h"
#include "client.h"
#include "counters.h"
#include "cursor.h"
#include "frame_pool.h"
#include "node_pool.h"
#include "window.h"

/* What was broken last, and what it was. */
static struct {
    void *word; /* NULL: nothing */
    uint64_t old;
    size_t bytes;
} broken;

/* Break a word of any width up to 8 bytes. */
static status_t set(void *word, const void *value, size_t bytes)
{
    broken.word = word;
    broken.bytes = bytes;
    memcpy(&broken.old, word, bytes);
    memcpy(word, value, bytes);
    return OK;
}

static status_t set64(uint64_t *word, uint64_t value)
{
    return set(word, &value, sizeof value);
}

static status_t repair(void)
{
    if (broken.word == NULL)
        return E_INVAL;
    memcpy(broken.word, &broken.old, broken.bytes);
    broken.word = NULL;
    return OK;
}

/* A pooled node becomes one that is linked in some space. */
static status_t linked_in_pool(void)
{
    for (pfn_t f = 0; f < port_frames; f++) {
        uint32_t level = (uint32_t)port_type(f) - FRAME_PT1 + 1;

        if (port_type(f) < FRAME_PT1 || port_type(f) >= FRAME_PT4 ||
            port_parent(f) == NO_FRAME || node_pool_count(level) == 0)
            continue;
        return set(node_pool_at(level, 0), &f, sizeof f);
    }
    return E_INVAL;
}

/* The first live cursor stands behind its range. */
static status_t cursor_outside(void)
{
    for (uint32_t i = 0; i < CURSOR_MAX; i++) {
        struct cursor *c = cursor_at(i);

        if (c->space != NULL)
            return set64(&c->va, c->range.end + PAGE_BYTES);
    }
    return E_INVAL;
}

/* A cursor reaches over another one further up in the span of its guard node. */
static status_t cursors_meet(void)
{
    for (uint32_t i = 0; i < CURSOR_MAX; i++) {
        struct cursor *c = cursor_at(i);

        for (struct cursor *d = c->space != NULL ? c->space->cursors : NULL; d != NULL;
             d = d->next)
            if (d->range.start >= c->range.end && d->guard.level < c->guard.level &&
                vrange_node(c->range.start, c->guard.level) ==
                    vrange_node(d->range.start, c->guard.level))
                return set64(&c->range.end, d->range.end);
    }
    return E_INVAL;
}

/* A frame that nobody uses is in use for the pool. */
static status_t free_is_used(void)
{
    for (pfn_t f = 0; f < port_frames; f++)
        if (frame_pool_has(f))
            return set64(frame_pool_word(f), *frame_pool_word(f) & ~(1ull << f % 64));
    return E_INVAL;
}

/* A frame that somebody uses is free for the pool. */
static status_t used_is_free(void)
{
    for (pfn_t f = 0; f < port_frames; f++)
        if (port_type(f) == FRAME_DATA && port_refs(f) != 0)
            return set64(frame_pool_word(f), *frame_pool_word(f) | 1ull << f % 64);
    return E_INVAL;
}

/* An active window reaches over another active one further up. */
static status_t windows_meet(void)
{
    for (uint32_t i = 0; i < WINDOW_MAX; i++) {
        struct window *w = window_at(i);

        for (struct window *v = w->space != NULL ? w->space->windows : NULL; v != NULL;
             v = v->next)
            if (w->active && v->active && (w->writer || v->writer) && w->end <= v->start)
                return set64(&w->end, v->end);
    }
    return E_INVAL;
}

/* A space to which no thread is bound, or NULL. */
static struct vm_space *idle_space(void)
{
    for (uint32_t i = 0; i < VM_SPACE_MAX; i++)
        if (vm_space_at(i)->root != NO_FRAME && !vm_space_active(vm_space_at(i)))
            return vm_space_at(i);
    return NULL;
}

/* A client has a space active that no thread of it is bound to. */
static status_t idle_activation(void)
{
    struct vm_space *s = idle_space();

    for (uint32_t i = 0; i < CLIENT_MAX && s != NULL; i++)
        if (client_at(i)->id != 0 && client_at(i)->active == NULL)
            return set(&client_at(i)->active, &s, sizeof s);
    return E_INVAL;
}

status_t check_corrupt(uint64_t row)
{
    switch (row) {
    case 0:
        return repair();
    case 5:
        return linked_in_pool();
    case 7:
        return cursor_outside();
    case 8:
        return cursors_meet();
    case 9:
        return free_is_used();
    case 13:
        return windows_meet();
    case 15:
        return used_is_free();
    case 16:
        return idle_activation();
    case 17:
        return set64(&counters.nodes, counters.nodes + 1);
    default:
        return E_INVAL; /* the kernel's */
    }
}
