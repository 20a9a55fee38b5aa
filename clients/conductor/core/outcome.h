/* Outcomes: what a reply means for a script, and whether an expectation allows it. */
#pragma once
#include "clients/conductor/core/script.h"

/* Returns: an outcome of this kind, its other fields empty. */
struct rec_outcome outcome_of(enum record_outcome kind);

/* Returns: the outcome of a refused request; `count` is told for E_FAULT. */
struct rec_outcome outcome_error(int64_t status, uint64_t count);

/* Returns: what a reply to an operation of the script means (see enum script_result). */
struct rec_outcome outcome_decode(const struct script *s, enum script_op op,
                                  const struct machine_reply *reply);

/* Returns: what the reply would mean if it were another one that is right as well. */
struct others outcome_others(const struct script *s, enum script_op op,
                             const struct machine_reply *reply);

/* Returns: word i of a reply, 0 beyond its end. */
uint64_t outcome_word(const struct machine_reply *reply, uint32_t i);

/* Returns: whether it counts as `ok`. */
bool outcome_good(const struct rec_outcome *actual);

/* Returns: whether one of the expected outcomes is this one. */
bool outcome_allowed(const struct script *s, const struct expects *expects,
                     const struct rec_outcome *actual, const uint8_t *bytes);

/* Returns: whether all the others count as `ok`, or each is one of those expected. */
bool outcome_others_good(const struct others *others);
bool outcome_others_allowed(const struct script *s, const struct expects *expects,
                            const struct others *others);
