#include "check.h"

#include "attach.h"
#include "client.h"
#include "counters.h"
#include "cursor.h"
#include "frame_pool.h"
#include "node_pool.h"
#include "own_frame.h"
#include "process.h"
#include "saturation.h"
#include "window.h"
#include "grant.h"

/* Whose row it is, as docs/reference/checks.md numbers them. */
enum row { I1 = 1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12, I13, I14, I15, I16, I17 };

static struct check_result *result;

/* Note the first row that fails. Returns: does it hold? */
static bool holds(bool fact, enum row row, uint64_t detail)
{
    if (!fact && result->row == 0)
        *result = (struct check_result){ row, detail };
    return fact;
}

static bool is_node(pfn_t f, uint32_t level)
{
    return f < port_frames && port_type(f) == FRAME_PT1 + level - 1;
}

static void leaf(uint64_t entry, uint32_t level)
{
    pfn_t first = pte_frame(entry, level);
    uint32_t pages = (uint32_t)(vrange_span(level) / PAGE_BYTES);

    if (!holds(level <= 2, I1, first) || pte_is_device(entry))
        return;
    for (pfn_t f = first; f < first + pages; f++) {
        if (!holds(f < port_frames, I4, f) || !holds(port_type(f) == FRAME_DATA, I12, f))
            return;
        holds(!frame_pool_has(f), I15, f);
    }
}

/* A node that is linked where it should be, and all below it. Returns how many nodes. */
static uint64_t tree(pfn_t node, uint32_t level)
{
    uint32_t entries = level == PT_LEVELS ? L4_USER_END : PT_ENTRIES;
    uint32_t valid = 0;
    uint64_t nodes = 1;

    for (uint32_t i = 0; i < entries; i++) {
        uint64_t entry = port_entry(node, i);

        valid += entry != 0;
        if (entry == 0 || !holds(pte_valid(entry), I4, node))
            continue;
        if (level == 1 || pte_is_leaf(entry)) {
            leaf(entry, level);
            continue;
        }

        pfn_t child = pte_child(entry);

        if (holds(is_node(child, level - 1), I1, child) &&
            holds(port_parent(child) == node, I2, child))
            nodes += tree(child, level - 1);
    }
    holds(port_live(node) == valid, I3, node);
    return nodes;
}

static void spaces(void)
{
    uint64_t linked = 0;
    uint64_t scripts = 0;

    for (uint32_t i = 0; i < VM_SPACE_MAX; i++) {
        struct vm_space *s = vm_space_at(i);

        if (s->root == NO_FRAME || !holds(is_node(s->root, PT_LEVELS), I1, s->root))
            continue;

        uint64_t nodes = tree(s->root, PT_LEVELS) - 1;

        holds(nodes == s->nodes, I17, s->root);
        linked += s->process ? 0 : nodes;
        scripts += !s->process;
    }
    holds(linked == counters.nodes, I17, linked);
    holds(scripts == counters.spaces, I17, scripts);
}

static void pooled_nodes(void)
{
    for (uint32_t l = 1; l <= PT_LEVELS; l++)
        for (uint32_t i = 0; i < node_pool_count(l); i++) {
            pfn_t f = *node_pool_at(l, i);
            bool detached = is_node(f, l) && port_live(f) == 0 &&
                            port_parent(f) == (l == PT_LEVELS ? 0 : NO_FRAME);

            holds(detached, I5, f);
        }
}

static void cursors(void)
{
    uint64_t live = 0;

    for (uint32_t i = 0; i < CURSOR_MAX; i++) {
        const struct cursor *c = cursor_at(i);

        if (c->space == NULL)
            continue;
        live++;
        holds(c->range.start <= c->va && c->va <= c->range.end && c->va % PAGE_BYTES == 0, I7,
              i);

        struct pt_place at =
            pt_node_lowest(vm_space_top(c->space), c->range.start, c->guard.level);

        holds(at.node == c->guard.node && at.level == c->guard.level, I7, i);
        for (const struct cursor *d = c->next; d != NULL; d = d->next) {
            struct cursor_lock_want want = { c->range, c->guard.level, c->guard.level };
            struct cursor_lock held = cursor_holds(d);

            holds(!cursor_lock_conflicts(&want, &held), I8, i);
        }
    }
    holds(live == counters.cursors, I7, live);
}

/* What an active window has: whole pages if it is attached. */
static struct vrange has(const struct window *w)
{
    return w->place != NULL ? attach_pages(w) : (struct vrange){ w->start, w->end };
}

/* Two windows that exclude others now have no byte in common, unless both only read. */
static bool apart(const struct window *a, const struct window *b)
{
    struct vrange x = has(a), y = has(b);
    bool empty = x.start == x.end || y.start == y.end;

    return empty || !(a->writer || b->writer) || x.end <= y.start || y.end <= x.start;
}

/* The windows on one space. Returns how many. */
static uint64_t windows_of(const struct vm_space *s)
{
    uint64_t live = 0;
    uint32_t active = 0;

    for (const struct window *w = s->windows; w != NULL; w = w->next) {
        live++;
        active += w->active || w->moving;
        holds(w->space == s && w->start <= w->va && w->va <= w->end && w->end <= MAX_USER, I13,
              window_index(w));
        holds(w->place == NULL || (w->active && attach_sound(w)), I13, window_index(w));
        for (const struct window *v = w->next; v != NULL; v = v->next)
            holds(!(w->active || w->moving) || !(v->active || v->moving) || apart(w, v), I13,
                  window_index(w));
    }
    holds(active == s->windows_active, I13, active);
    return live;
}

/* How many windows are attached from a space or in it. */
static uint32_t attached(const struct vm_space *s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; s->root != NO_FRAME && i < WINDOW_MAX; i++) {
        const struct window *w = window_at(i);

        if (w->space != NULL && w->place != NULL)
            n += (w->space == s) + (w->place == s);
    }
    return n;
}

static void windows(void)
{
    uint64_t live = 0;

    for (uint32_t i = 0; i < VM_SPACE_MAX; i++)
        if (vm_space_at(i)->root != NO_FRAME)
            live += windows_of(vm_space_at(i));
    for (uint32_t i = 0; i < VM_SPACE_MAX; i++)
        holds(attached(vm_space_at(i)) == vm_space_at(i)->attached, I13, i);
    holds(live == counters.windows, I13, live);
}

/* Holds that handles, batches, message pages and mm itself have, all frames together. */
static uint64_t expected_holds(void)
{
    uint64_t n = own_frame_count() + saturation_holds();

    for (uint32_t i = 0; i < CLIENT_MAX; i++) {
        const struct client *c = client_at(i);
        uint32_t at = 0;

        if (c->id == 0)
            continue;
        for (const struct handle_entry *e = handle_next(&c->handles, &at); e != NULL;
             e = handle_next(&c->handles, &at))
            if (handle_kind(*handle_number(e)) == KIND_FRAME)
                n += handle_count(e);
    }
    for (uint32_t i = 0; i < CURSOR_MAX; i++)
        n += cursor_at(i)->space != NULL ? cursor_at(i)->batch.keep.frames : 0;
    for (uint32_t i = 0; i < THREAD_MAX; i++)
        n += process_thread(i)->object != NO_FRAME && process_thread(i)->message != NO_FRAME;
    return n;
}

static void frames(void)
{
    uint64_t held = 0;
    uint64_t free = 0;

    for (pfn_t f = 0; f < port_frames; f++) {
        bool pooled = frame_pool_has(f);

        free += pooled;
        if (port_type(f) != FRAME_DATA) {
            holds(!pooled, I9, f);
            continue;
        }
        held += port_parent(f);
        holds(port_parent(f) <= port_refs(f), I10, f);
        holds(!pooled || port_refs(f) == 0, I15, f);
        holds(pooled || port_refs(f) != 0, I9, f);
    }
    holds(free == frame_pool_free(), I9, free);
    holds(held == expected_holds(), I10, held);
}

/* The threads that are bound to a root are those that mm bound. */
static void activations(void)
{
    for (uint32_t i = 0; i < CLIENT_MAX; i++) {
        const struct client *c = client_at(i);

        if (c->id != 0 && c->active != NULL)
            holds(vm_space_active(c->active), I16, i);
    }
}

status_t check_all(struct check_result *out)
{
    *out = (struct check_result){ 0 };
    result = out;
    spaces();
    pooled_nodes();
    cursors();
    windows();
    frames();
    activations();
    return OK;
}
