/*
 * Which page-table nodes a space has, as far as anybody can tell from outside: what a query
 * of a hole answers, who locks whom, and counters depend on it (contract 1.1, 4.1, D16).
 *
 * A node is named by its level and the range it translates. The root (level 4) is always
 * there; a node's parent is there when the node is.
 */
#pragma once
#include "units.h"

struct node_row {
    uint64_t *base; /* sorted */
    uint32_t count, room;
};

struct nodeset {
    struct node_row row[PT_LEVELS]; /* [level], 1 .. 3 */
};

void nodeset_free(struct nodeset *s);

/* Is there a node of this level that translates va? */
bool nodeset_has(const struct nodeset *s, uint32_t level, uint64_t va);

/* The lowest level, not below `floor`, that has a node which translates va. */
uint32_t nodeset_lowest(const struct nodeset *s, uint64_t va, uint32_t floor);

/* Makes the nodes from the root down to `floor` that translate va. */
void nodeset_grow(struct nodeset *s, uint64_t va, uint32_t floor);

/* How many nodes of the levels `floor` .. 3 are missing for [lo, hi). */
uint64_t nodeset_missing(const struct nodeset *s, uint64_t lo, uint64_t hi, uint32_t floor);

/* The first node of this level at or after *base. Returns: is there one? Then *base is its. */
bool nodeset_next(const struct nodeset *s, uint32_t level, uint64_t *base);

/* Takes away all nodes of this level and below that lie wholly in [lo, hi). Returns: how
 * many. Requires: what lies in the range below them has gone or goes with them. */
uint32_t nodeset_cut(struct nodeset *s, uint32_t level, uint64_t lo, uint64_t hi);

/* All but the root. */
uint32_t nodeset_count(const struct nodeset *s);
