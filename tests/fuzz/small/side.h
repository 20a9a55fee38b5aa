/*
 * One of the two that are compared: mm's core (side_core.c) or the model (side_model.c), each
 * with one client, one space, three runs of frames and at most one cursor.
 *
 * Requests name things by symbols, and answers are told in numbers that both sides share.
 */
#pragma once
#include "abi/mm.h"

/* Arguments that stand for a handle of the side's own. */
#define SYMBOL 0x8000000000000000u
enum symbol { SYM_SPACE, SYM_CURSOR, SYM_PAGE, SYM_RUN, SYM_HUGE, SYM_COUNT };
/* Properties are compared without what a processor may have noted of a page: there is none,
 * but the pieces of a large leaf count as accessed and dirty. */
#define SIDE_PROP (PROP_CLIENT | MM_PRESENT)
enum { SIDE_FRAMES = 96, SIDE_RUN_PAGES = 3, SIDE_ARGS = 5, SIDE_WORDS = 4 };

struct side_request {
    uint32_t label, count;
    uint64_t arg[SIDE_ARGS]; /* SYMBOL + enum symbol: that handle */
};

struct side_answer {
    int64_t status;
    uint32_t count;
    uint64_t word[SIDE_WORDS];
};

/* What is mapped; identities are told by symbol: 16 * enum symbol + the frame's place. */
struct side_leaf {
    uint64_t va, size, identity;
    uint32_t prop;
};

/* What there is to compare beside answers; unused bytes are 0. */
enum { SIDE_COUNTERS = 7, SIDE_PAGES = 64, SIDE_NODES = 16 + 4 + 1 };
struct side_view {
    uint64_t counter[SIDE_COUNTERS]; /* those of side_counter[], since the start */
    uint64_t va;                     /* where the cursor stands; 0: there is none */
    uint32_t leaves, nodes;
    struct side_leaf leaf[SIDE_PAGES]; /* by address */
    uint64_t node[SIDE_NODES];         /* base + level, sorted; the root is left out */
};

struct side {
    const char *name;
    void (*begin)(void);
    struct side_answer (*ask)(const struct side_request *r);
    void (*look)(struct side_view *out);
};

extern const struct side side_core, side_model;

/* What both sides count. */
extern const enum mm_counter side_counter[SIDE_COUNTERS];

/* Both check themselves after each request: a row that fails ends the program here. */
_Noreturn void side_broken(const char *what, uint64_t row, uint64_t detail);

/* --- for core: what the search needs to know of it --- */

/* The state of mm's core as far as any later answer depends on it. */
uint64_t side_core_hash(void);

/* Bytes from the cursor to the end of its range. Requires: a cursor is open. */
uint64_t side_core_rest(void);
bool side_core_open(void);

/* --- shared by the sides --- */

/* The handles of one side, and the first identity of each run. */
struct side_names {
    uint64_t handle[SYM_COUNT];
    uint64_t identity[SYM_COUNT];
};

/* A request with handles in place of symbols. Returns: its arguments. */
void side_arguments(const struct side_names *n, const struct side_request *r, uint64_t *out);

/* An identity by symbol; 0 stays. */
uint64_t side_identity(const struct side_names *n, uint64_t identity);

/* What was answered, in shared numbers; a new cursor gets its symbol, a closed one loses it. */
struct side_answer side_told(struct side_names *n, const struct side_request *r, int64_t status,
                             uint32_t count, const uint64_t *words);

/* Makes the space and the runs by asking. */
void side_populate(struct side_names *n, const struct side *s);

void side_add_leaf(struct side_view *v, struct side_leaf leaf);
void side_add_node(struct side_view *v, uint32_t level, uint64_t base);
