#include "state.h"

#include "core/counters.h"
#include "core/frame_pool.h"
#include "core/process.h"
#include "core/wait.h"
#include "core/window.h"
#include "serve.h"

static uint64_t hash;

static void mix(uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
}

static void tree(pfn_t node, uint32_t level)
{
    uint32_t entries = level == PT_LEVELS ? L4_USER_END : PT_ENTRIES;

    for (uint32_t i = 0, left = port_live(node); left > 0 && i < entries; i++) {
        uint64_t entry = port_entry(node, i);

        if (entry == 0)
            continue;
        left--;
        mix(level << 16 | i);
        if (level > 1 && !pte_is_leaf(entry))
            tree(pte_child(entry), level - 1);
        else
            mix(entry);
    }
}

static void spaces(void)
{
    for (uint32_t i = 0; i < VM_SPACE_MAX; i++) {
        const struct vm_space *s = vm_space_at(i);

        if (s->root == NO_FRAME)
            continue;
        mix(i);
        mix(s->handles);
        mix(s->nodes);
        mix(s->pager);
        mix(port_parent(s->root));
        tree(s->root, PT_LEVELS);
    }
}

static void cursors(void)
{
    for (uint32_t i = 0; i < CURSOR_MAX; i++) {
        const struct cursor *c = cursor_at(i);

        if (c->space == NULL)
            continue;
        mix(c->handle);
        mix(c->va);
        mix(c->range.start);
        mix(c->range.end);
        mix(c->batch.all);
        mix(c->batch.pages);
    }
}

static void windows(void)
{
    for (uint32_t i = 0; i < WINDOW_MAX; i++) {
        const struct window *w = window_at(i);

        if (w->space == NULL)
            continue;
        mix(w->handle);
        mix(w->va);
        mix(w->end);
        mix(w->active);
    }
}

static void clients(void)
{
    for (uint32_t i = 0; i < CLIENT_MAX; i++) {
        const struct client *c = client_at(i);
        uint32_t at = 0;

        if (c->id == 0)
            continue;
        mix(c->id);
        mix(c->faults_at);
        mix(c->first);
        mix(c->registered);
        mix(c->active != NULL ? c->active->id : 0);
        mix(wait_of(i) != NULL);
        for (const struct handle_entry *e = handle_next(&c->handles, &at); e != NULL;
             e = handle_next(&c->handles, &at)) {
            mix(*handle_number(e));
            mix(e->value);
            mix(handle_count(e) << 4 | handle_rights(e));
        }
    }
}

static void frames(void)
{
    for (pfn_t f = 0; f < port_frames; f++)
        if (frame_pool_scripts(f)) {
            mix(f);
            mix(port_refs(f));
            mix(port_parent(f));
        }
}

uint64_t state_hash(void)
{
    hash = 1;
    spaces();
    cursors();
    windows();
    clients();
    frames();
    mix(process_objects());
    mix(serve_frames_free());
    return hash;
}
