/*
 * Who locks what, and who waits for whom (contract 4.1, D13; the three rules of waiting).
 *
 * A cursor owns its guard, the node that covers its range, and every node below it that meets
 * the range. A request waits for (a) each live cursor that it conflicts with and (b) each
 * earlier waiting request that it conflicts with.
 */
#pragma once
#include "state.h"

/* A range of a space, and the level of the node that covers it. */
struct lock_range {
    uint64_t lo, hi;
    uint32_t guard;
};

/* The range with the guard that an open would get: a leaf over the range ends the descent. */
struct lock_range lock_range(const struct space *s, uint64_t lo, uint64_t hi);

/*
 * Does who wants a range conflict with who owns another?
 * A request that waits is asked about as if it owned its range, and had made its nodes.
 */
bool lock_conflict(const struct space *s, struct lock_range want, struct lock_range held);

enum lock_answer { LOCK_GRANTED, LOCK_MUST_WAIT, LOCK_CYCLE };

/*
 * May the client have the range now? `before` is the order of arrival behind which others do
 * not count; *behind gets the (b) edges.
 */
enum lock_answer lock_decide(const struct model *m, uint32_t client, const struct space *s,
                             struct lock_range want, uint64_t before, uint64_t *behind);
