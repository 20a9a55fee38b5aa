/* What can be counted, and whether it adds up (contract 3.4; rules 21 to 23 of the scripts). */
#include <stdlib.h>

#include "space.h"
#include "state.h"

/* What the model counts; everything else depends on the machine. */
static const bool counted[COUNTER_COUNT] = {
    [COUNTER_frames_free] = true, [COUNTER_nodes] = true,          [COUNTER_cursors] = true,
    [COUNTER_windows] = true,     [COUNTER_lock_conflicts] = true, [COUNTER_invlpg] = true,
    [COUNTER_flush_all] = true,   [COUNTER_batches] = true,
};

bool model_counts(enum mm_counter which)
{
    return counted[which];
}

static uint64_t nodes(const struct model *m)
{
    uint64_t count = 0;

    for (const struct space *s = m->spaces; s; s = s->next)
        count += s->process ? 0 : nodeset_count(&s->nodes);
    return count;
}

static uint64_t frames_free_now(const struct model *m)
{
    return m->facts.memory_bytes / PAGE_BYTES - m->frames.live - nodes(m) - m->script_spaces;
}

uint64_t model_counter(const struct model *m, enum mm_counter which)
{
    const uint64_t value[COUNTER_COUNT] = {
        [COUNTER_frames_free] = frames_free_now(m),
        [COUNTER_nodes] = nodes(m),
        [COUNTER_cursors] = m->cursors,
        [COUNTER_windows] = m->windows,
        [COUNTER_lock_conflicts] = m->lock_conflicts,
        [COUNTER_invlpg] = m->invlpg,
        [COUNTER_flush_all] = m->flush_all,
        [COUNTER_batches] = m->batches,
    };

    return value[which];
}

/* --- census --- */

/* What cursors keep until they have flushed. */
static void reach_kept(const struct space *s, uint32_t *seen)
{
    for (const struct cursor *c = s->cursors; c; c = c->next) {
        for (uint32_t k = 0; k < c->keeps; k++) {
            for (uint32_t n = 0; n < c->kept[k].count; n++)
                seen[c->kept[k].first + n]++;
        }
    }
}

/* A frame lives by handles of living clients and mappings in spaces alone. */
static void reach(const struct model *m, uint32_t *seen)
{
    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        const struct handles *h = &m->client[i].handles;
        for (uint32_t k = 0; m->client[i].alive && k < h->count; k++) {
            if (h->at[k].live && h->at[k].kind == KIND_SATURATION)
                seen[h->at[k].first]++;
            if (!h->at[k].live || h->at[k].kind != KIND_FRAME)
                continue;
            for (uint32_t n = 0; n < h->at[k].count; n++)
                seen[h->at[k].first + n]++;
        }
    }
    for (const struct space *s = m->spaces; s; s = s->next) {
        for (uint32_t k = 0; k < s->maps.count; k++) {
            for (uint32_t n = 0; n < s->maps.at[k].size / PAGE_BYTES; n++)
                seen[s->maps.at[k].frame + n]++;
        }
        reach_kept(s, seen);
    }
}

static uint32_t *reached(const struct model *m)
{
    uint32_t *seen = calloc(m->frames.count + 1, sizeof *seen);

    if (!seen)
        abort();
    reach(m, seen);
    return seen;
}

void model_census(const struct model *m, uint64_t *frames, uint64_t *nodes_out,
                  uint64_t *objects)
{
    uint32_t *seen = reached(m);

    *frames = *nodes_out = *objects = 0;
    for (uint32_t i = 1; i <= m->frames.count; i++) {
        const struct frame *f = frames_at(&m->frames, i);
        *frames += f->live && f->counted && seen[i] == 0;
    }
    for (const struct space *s = m->spaces; s; s = s->next) {
        if (s->handles == 0 && !s->cursors && !s->windows && !space_active(m, s)) {
            *objects += 1;
            *nodes_out += nodeset_count(&s->nodes);
        }
    }
    free(seen);
}

/* --- invariants --- */

enum { ROW_TREE = 2, ROW_LEAF = 4, ROW_CURSOR = 7, ROW_LOCKS = 8, ROW_COUNTS = 10 };

static bool leaves_ok(const struct space *s)
{
    uint64_t end = 0;

    for (uint32_t i = 0; i < s->maps.count; i++) {
        const struct mapping *map = &s->maps.at[i];
        uint32_t level = map->size == PAGE_BYTES ? 1 : 2;
        if (map->va < end || map->va % map->size || map->va + map->size > USER_END ||
            !nodeset_has(&s->nodes, level, map->va) ||
            (level == 2 && nodeset_has(&s->nodes, 1, map->va)))
            return false;
        end = map->va + map->size;
    }
    return true;
}

/* A node's parent is there when the node is. */
static bool tree_ok(const struct space *s)
{
    for (uint32_t level = 1; level < PT_LEVELS - 1; level++) {
        for (uint64_t base = 0; nodeset_next(&s->nodes, level, &base); base++) {
            if (!nodeset_has(&s->nodes, level + 1, base))
                return false;
        }
    }
    return true;
}

static bool cursor_ok(const struct cursor *c)
{
    return c->lo < c->hi && c->lo <= c->cur && c->cur <= c->hi && c->cur % PAGE_BYTES == 0 &&
           c->guard >= units_cover(c->lo, c->hi) &&
           nodeset_has(&c->space->nodes, c->guard, c->lo);
}

static bool counts_ok(const struct model *m)
{
    uint32_t *seen = reached(m);
    bool ok = true;

    for (uint32_t i = 1; i <= m->frames.count; i++) {
        const struct frame *f = frames_at(&m->frames, i);
        uint32_t own = f->device; /* what keeps a device page is no handle */
        ok = ok && seen[i] + own == f->holds + f->maps && f->live == (seen[i] + own != 0);
    }
    free(seen);
    return ok;
}

uint32_t model_check(const struct model *m, uint64_t *detail)
{
    *detail = 0;
    for (const struct space *s = m->spaces; s; s = s->next) {
        *detail = s->id;
        if (!tree_ok(s))
            return ROW_TREE;
        if (!leaves_ok(s))
            return ROW_LEAF;
        for (const struct cursor *c = s->cursors; c; c = c->next) {
            if (!cursor_ok(c))
                return ROW_CURSOR;
        }
    }
    *detail = 0;
    return counts_ok(m) ? 0 : ROW_COUNTS;
}
