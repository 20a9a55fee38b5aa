#include "census.h"

#include <string.h>

#include "base/pte.h"
#include "client.h"
#include "counters.h"
#include "cursor.h"
#include "frame_pool.h"
#include "port.h"
#include "saturation.h"

enum { WORD = 64 };

static uint64_t marked[FRAME_MAX / WORD];
static uint64_t owned; /* distinct data frames of scripts that were reached */

static void mark(pfn_t first, uint32_t count)
{
    for (pfn_t f = first; f < first + count; f++) {
        uint64_t bit = 1ull << (f % WORD);

        if ((marked[f / WORD] & bit) == 0 && frame_pool_scripts(f))
            owned++;
        marked[f / WORD] |= bit;
    }
}

/* Returns how many cursors and windows the client's handles name. */
static uint64_t mark_handles(const struct client *c)
{
    uint32_t i = 0;
    uint64_t on_spaces = 0;

    for (struct handle_entry *e = handle_next(&c->handles, &i); e != NULL;
         e = handle_next(&c->handles, &i)) {
        if (handle_kind(*handle_number(e)) == KIND_FRAME)
            mark(e->value, handle_count(e));
        if (handle_kind(*handle_number(e)) == KIND_CURSOR)
            tlb_keep_each(&cursor_at(e->value)->batch.keep, mark);
        if (handle_kind(*handle_number(e)) == KIND_SATURATION)
            mark(saturation_frame(e->value), 1);
        on_spaces += handle_kind(*handle_number(e)) == KIND_CURSOR ||
                     handle_kind(*handle_number(e)) == KIND_WINDOW;
    }
    return on_spaces;
}

/* Levels fall by one at each step, so this ends after four. */
static void mark_tree(pfn_t node, uint32_t level)
{
    uint32_t end = level == PT_LEVELS ? PT_ENTRIES / 2 : PT_ENTRIES;

    for (uint32_t i = 0; i < end; i++) {
        uint64_t entry = port_entry(node, i);

        if (pte_is_table(entry))
            mark_tree(pte_child(entry), level - 1);
        else if (pte_is_leaf(entry) && !pte_is_device(entry))
            mark(pte_frame(entry, level), level == 1 ? 1 : PT_ENTRIES);
    }
}

static bool reached(const struct vm_space *s)
{
    return s->handles > 0 || s->cursors != NULL || s->windows != NULL || vm_space_active(s);
}

struct census census_take(void)
{
    uint64_t on_spaces = 0, nodes = 0, spaces = 0;

    memset(marked, 0, sizeof marked);
    owned = 0;
    for (uint32_t slot = 0; slot < CLIENT_MAX; slot++)
        if (client_at(slot)->id != 0)
            on_spaces += mark_handles(client_at(slot));
    for (uint32_t i = 0; i < VM_SPACE_MAX; i++) {
        const struct vm_space *s = vm_space_at(i);

        if (s->root == NO_FRAME || s->process || !reached(s))
            continue;
        mark_tree(s->root, PT_LEVELS);
        nodes += s->nodes;
        spaces++;
    }
    return (struct census){
        .frames = frame_pool_used() - owned,
        .nodes = counters.nodes - nodes,
        .objects = counters.spaces - spaces + counters.cursors + counters.windows - on_spaces,
    };
}
