/*
 * Every sequence of operations up to a depth, on mm's core and on the model, in a geometry so
 * small that everything is near an edge. After each operation the answers, what is mapped,
 * which nodes exist, and what was counted must be the same, and all invariants hold.
 *
 * States are gone through by distance from the start. Sequences that end in the same state go
 * on alike, so each state is left once; the number of sequences that this stands for is
 * counted. A failure is therefore as short as can be.
 *
 * Usage: cursa-small DEPTH
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "core/port.h"
#include "ops.h"
#include "snapshot.h"

enum { STATES_MAX = 1 << 21, SLOTS = 1 << 23, DEPTH_MAX = 16 };
#define NOBODY UINT32_MAX

/* A state, by the shortest way to it. */
struct state {
    uint64_t hash;
    uint32_t parent;
    uint8_t op, depth;
};

/* Everything that returning to a snapshot must not touch. */
struct search {
    uint32_t depth; /* how far to go */
    uint32_t states;
    uint64_t steps;
    struct snapshot *start, *here;
    uint8_t way[DEPTH_MAX]; /* what was done since the start */
    uint32_t done;
    struct state state[STATES_MAX];
    uint32_t slot[SLOTS];               /* hash table: state + 1; 0: free */
    uint32_t next[STATES_MAX][OPS_MAX]; /* where each operation led; NOBODY: not tried */
    double ways[2][STATES_MAX];
};

static struct search *search;

/* A failure of any kind says what led to it. */
static void tell_way(int signal)
{
    fprintf(stderr, "signal %d, after:\n", signal);
    for (uint32_t i = 0; i < search->done; i++)
        fprintf(stderr, "  %s\n", ops[search->way[i]].text);
    _Exit(1);
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "abort_on_error=1";
}

/* --- comparing --- */

static void tell_answer(const char *who, const struct side_answer *a)
{
    fprintf(stderr, "%s: status %lld", who, (long long)a->status);
    for (uint32_t i = 0; i < a->count; i++)
        fprintf(stderr, " %#llx", (unsigned long long)a->word[i]);
    fprintf(stderr, "\n");
}

static void tell_view(const char *who, const struct side_view *v)
{
    fprintf(stderr, "%s: cursor at %#llx; counters", who, (unsigned long long)v->va);
    for (uint32_t i = 0; i < SIDE_COUNTERS; i++)
        fprintf(stderr, " %lld", (long long)v->counter[i]);
    fprintf(stderr, "; nodes");
    for (uint32_t i = 0; i < v->nodes; i++)
        fprintf(stderr, " %#llx", (unsigned long long)v->node[i]);
    fprintf(stderr, "\n");
    for (uint32_t i = 0; i < v->leaves; i++)
        fprintf(stderr, "  %#llx + %#llx: frame %#llx, property %#x\n",
                (unsigned long long)v->leaf[i].va, (unsigned long long)v->leaf[i].size,
                (unsigned long long)v->leaf[i].identity, v->leaf[i].prop);
}

static void compare_answers(const struct side_request *r)
{
    struct side_answer core = side_core.ask(r), model = side_model.ask(r);

    if (memcmp(&core, &model, sizeof core) == 0)
        return;
    tell_answer(side_core.name, &core);
    tell_answer(side_model.name, &model);
    abort();
}

static void compare_views(void)
{
    struct side_view core = { 0 }, model = { 0 };

    side_core.look(&core);
    side_model.look(&model);
    if (memcmp(&core, &model, sizeof core) == 0)
        return;
    tell_view(side_core.name, &core);
    tell_view(side_model.name, &model);
    abort();
}

static void step(uint32_t op)
{
    struct side_request r = op_request(&ops[op]);

    search->way[search->done++] = (uint8_t)op;
    search->steps++;
    compare_answers(&r);
    compare_views();
}

/* --- states --- */

/* The state with this hash, perhaps a new one, which this operation made of the parent. */
static uint32_t state_of(uint64_t hash, uint32_t parent, uint32_t op, uint32_t depth)
{
    uint32_t i = (uint32_t)(hash % SLOTS);

    while (search->slot[i] != 0 && search->state[search->slot[i] - 1].hash != hash)
        i = (i + 1) % SLOTS;
    if (search->slot[i] != 0)
        return search->slot[i] - 1;
    if (search->states == STATES_MAX) {
        fprintf(stderr, "more than %u states\n", STATES_MAX);
        abort();
    }
    search->state[search->states] = (struct state){ hash, parent, (uint8_t)op, (uint8_t)depth };
    search->slot[i] = ++search->states;
    return search->states - 1;
}

/* Goes to a state by the way that found it. */
static void go_to(uint32_t state)
{
    uint8_t way[DEPTH_MAX];
    uint32_t depth = search->state[state].depth;

    for (uint32_t i = depth; i > 0; i--, state = search->state[state].parent)
        way[i - 1] = search->state[state].op;
    snapshot_return(search->start);
    search->done = 0;
    for (uint32_t i = 0; i < depth; i++)
        step(way[i]);
}

/* Tries everything in a state. */
static void leave(uint32_t state)
{
    uint32_t depth = search->state[state].depth;

    go_to(state);
    snapshot_take(search->here);
    for (uint32_t op = 0; op < ops_count; op++) {
        search->next[state][op] = NOBODY;
        snapshot_return(search->here);
        search->done = depth;
        if (!op_applies(&ops[op]))
            continue;
        step(op);
        search->next[state][op] = state_of(side_core_hash(), state, op, depth + 1);
    }
}

/* How many sequences of this length there are. */
static double sequences(uint32_t length)
{
    double sum = 0;

    search->ways[0][0] = 1;
    for (uint32_t d = 0; d < length; d++) {
        double *from = search->ways[d % 2], *to = search->ways[(d + 1) % 2];

        memset(to, 0, search->states * sizeof *to);
        for (uint32_t s = 0; s < search->states && search->state[s].depth <= d; s++)
            for (uint32_t op = 0; op < ops_count; op++)
                if (search->next[s][op] != NOBODY)
                    to[search->next[s][op]] += from[s];
    }
    for (uint32_t s = 0; s < search->states; s++)
        sum += search->ways[length % 2][s];
    return sum;
}

static void begin(uint32_t depth)
{
    search = snapshot_outside(sizeof *search);
    search->depth = depth;
    search->start = snapshot_new();
    search->here = snapshot_new();
    signal(SIGABRT, tell_way);
    arena_begin();
    side_core.begin();
    side_model.begin();
    snapshot_track(port_frame(0), (size_t)SIDE_FRAMES * PAGE_BYTES);
    arena_track();
    snapshot_track_statics();
    snapshot_take(search->start);
}

int main(int argc, char **argv)
{
    int depth = argc == 2 ? atoi(argv[1]) : 0;

    if (depth < 1 || depth > DEPTH_MAX) {
        fprintf(stderr, "usage: cursa-small DEPTH (1 .. %d)\n", DEPTH_MAX);
        return 2;
    }
    begin((uint32_t)depth);
    compare_views();
    (void)state_of(side_core_hash(), NOBODY, 0, 0);
    for (uint32_t s = 0; s < search->states && search->state[s].depth < search->depth; s++)
        leave(s);
    printf("depth %u: %.0f sequences, %u states, %llu operations compared\n", search->depth,
           sequences(search->depth), search->states, (unsigned long long)search->steps);
    return 0;
}
