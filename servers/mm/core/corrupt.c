/* One word broken for each row that mm itself checks; for the checker's own tests. */
#include "check.h"
#include "client.h"
#include "counters.h"
#include "cursor.h"
#include "frame_pool.h"
#include "node_pool.h"
#include "own_frame.h"

/* The first live cursor, or NULL. */
static struct cursor *some_cursor(void)
{
    for (uint32_t i = 0; i < CURSOR_MAX; i++)
        if (cursor_at(i)->space != NULL)
            return cursor_at(i);
    return NULL;
}

/* A frame that somebody uses, for the pool to take as free. */
static pfn_t some_used(void)
{
    for (pfn_t f = 0; f < port_frames; f++)
        if (port_type(f) == FRAME_DATA && port_refs(f) != 0)
            return f;
    return NO_FRAME;
}

/* The space of a live cursor gets a second cursor on the same range. */
static status_t twin_cursor(void)
{
    struct cursor *c = some_cursor();
    struct cursor *twin;

    if (c == NULL)
        return E_INVAL;
    return cursor_open(c->space, c->range, false, &twin);
}

static status_t linked_in_pool(void)
{
    for (uint32_t i = 0; i < VM_SPACE_MAX; i++) {
        struct vm_space *s = vm_space_at(i);

        if (s->root == NO_FRAME || port_live(s->root) == 0)
            continue;
        for (uint32_t k = 0; k < L4_USER_END; k++)
            if (port_entry(s->root, k) != 0) {
                node_pool_put(PT_LEVELS - 1, pte_child(port_entry(s->root, k)));
                return OK;
            }
    }
    return E_INVAL;
}

static status_t idle_activation(void)
{
    for (uint32_t i = 0; i < CLIENT_MAX; i++) {
        struct vm_space *s;
        struct client *c = client_at(i);

        if (c->id == 0 || c->active != NULL)
            continue;
        if (vm_space_new(true, &s) != OK)
            return E_INVAL;
        s->handles = 1;
        c->active = s;
        return OK;
    }
    return E_INVAL;
}

status_t check_corrupt(uint64_t row)
{
    struct cursor *c = some_cursor();

    switch (row) {
    case 5:
        return linked_in_pool();
    case 7:
        if (c == NULL)
            return E_INVAL;
        c->va = c->range.end + PAGE_BYTES;
        return OK;
    case 8:
        return twin_cursor();
    case 15:
        if (some_used() == NO_FRAME)
            return E_INVAL;
        frame_pool_corrupt(some_used());
        return OK;
    case 16:
        return idle_activation();
    case 17:
        counters.nodes++;
        return OK;
    default:
        return E_INVAL; /* the kernel's */
    }
}
