/*
 * What may come of a request: a set of outcomes, all of which the contract allows.
 *
 * Most sets have one member. Several come where a processor may still use an old translation
 * or a byte is not known; `any` says that nothing can be said at all.
 */
#pragma once
#include "abi/fault.h"
#include "abi/ipc.h"
#include "abi/status.h"

enum { OUTCOME_WORDS = MM_ARGS_MAX, OUTCOME_MEMBERS = 8, OUTCOME_BYTES = 1024 };

enum outcome_end {
    OUTCOME_REPLY, /* status and words; a touch: OK and the value in words[0] */
    OUTCOME_FAULT, /* a touch that faulted: access and reason */
};

struct outcome {
    enum outcome_end end;
    enum fault_access access;
    enum fault_reason reason;
    int64_t status;
    uint32_t count; /* of words */
    uint64_t words[OUTCOME_WORDS];
    uint32_t size; /* of bytes: what a window was read for */
    uint8_t bytes[OUTCOME_BYTES];
};

struct outcome_set {
    uint32_t count; /* of members, at least 1; [0] is what the model goes on with */
    bool any;       /* others are possible beside the members */
    struct outcome member[OUTCOME_MEMBERS];
};

/* An empty set. */
void outcome_none(struct outcome_set *set);

/* Adds a reply with these words; one that is there already is not added again. */
void outcome_reply(struct outcome_set *set, int64_t status, uint32_t count,
                   const uint64_t *words);
void outcome_fault(struct outcome_set *set, enum fault_access access, enum fault_reason reason);

bool outcome_same(const struct outcome *a, const struct outcome *b);

/* Is it a member? */
bool outcome_in(const struct outcome_set *set, const struct outcome *o);
