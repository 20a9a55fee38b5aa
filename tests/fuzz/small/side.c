#include "side.h"

#include <stdio.h>
#include <stdlib.h>

const enum mm_counter side_counter[SIDE_COUNTERS] = {
    COUNTER_frames_free, COUNTER_nodes,     COUNTER_cursors, COUNTER_lock_conflicts,
    COUNTER_invlpg,      COUNTER_flush_all, COUNTER_batches,
};

void side_broken(const char *what, uint64_t row, uint64_t detail)
{
    fprintf(stderr, "%s: row %llu fails, %#llx\n", what, (unsigned long long)row,
            (unsigned long long)detail);
    abort();
}

void side_arguments(const struct side_names *n, const struct side_request *r, uint64_t *out)
{
    for (uint32_t i = 0; i < r->count; i++)
        out[i] = r->arg[i] >= SYMBOL ? n->handle[r->arg[i] - SYMBOL] : r->arg[i];
}

uint64_t side_identity(const struct side_names *n, uint64_t identity)
{
    static const uint32_t pages[SYM_COUNT] = {
        [SYM_PAGE] = 1, [SYM_RUN] = SIDE_RUN_PAGES, [SYM_HUGE] = PT_ENTRIES
    };

    for (uint32_t s = 0; s < SYM_COUNT; s++)
        if (identity >= n->identity[s] && identity < n->identity[s] + pages[s])
            return 16 * s + identity - n->identity[s];
    return identity;
}

struct side_answer side_told(struct side_names *n, const struct side_request *r, int64_t status,
                             uint32_t count, const uint64_t *words)
{
    struct side_answer told = { .status = status, .count = count };
    uint32_t label = r->label & ~MM_TRY;

    for (uint32_t i = 0; i < count && i < SIDE_WORDS; i++)
        told.word[i] = words[i];
    if ((label == MM_QUERY || label == MM_QUERY1) && count == 4) {
        told.word[2] &= SIDE_PROP;
        told.word[3] = side_identity(n, words[3]);
    }
    if (label == MM_CURSOR_OPEN && status == OK) {
        n->handle[SYM_CURSOR] = words[0];
        told.word[0] = SYMBOL + SYM_CURSOR;
    }
    if (label == MM_CLOSE && status == OK)
        n->handle[SYM_CURSOR] = 0;
    return told;
}

static void make(struct side_names *n, const struct side *s, enum symbol symbol,
                 struct side_request r)
{
    struct side_answer made = s->ask(&r);

    if (made.status != OK)
        side_broken(s->name, 0, symbol);
    n->handle[symbol] = made.word[0];
    n->identity[symbol] = made.word[1];
}

void side_populate(struct side_names *n, const struct side *s)
{
    const struct side_request frames = { MM_FRAME_ALLOC, 3, { 1, 0, 0 } };
    struct side_request run = frames, huge = frames;

    run.arg[0] = SIDE_RUN_PAGES;
    huge.arg[0] = PT_ENTRIES;
    huge.arg[2] = MM_FRAME_HUGE;
    make(n, s, SYM_SPACE, (struct side_request){ MM_SPACE_NEW, 0, { 0 } });
    make(n, s, SYM_PAGE, frames);
    make(n, s, SYM_RUN, run);
    make(n, s, SYM_HUGE, huge);
}

void side_add_leaf(struct side_view *v, struct side_leaf leaf)
{
    if (v->leaves == SIDE_PAGES)
        side_broken("leaves", 0, leaf.va);
    v->leaf[v->leaves++] = leaf;
}

void side_add_node(struct side_view *v, uint32_t level, uint64_t base)
{
    uint32_t i = v->nodes++;

    if (i == SIDE_NODES)
        side_broken("nodes", level, base);
    for (; i > 0 && v->node[i - 1] > base + level; i--)
        v->node[i] = v->node[i - 1];
    v->node[i] = base + level;
}
