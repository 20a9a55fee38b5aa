#include "outcome.h"

#include <string.h>

void outcome_none(struct outcome_set *set)
{
    set->count = 0;
    set->any = false;
}

bool outcome_same(const struct outcome *a, const struct outcome *b)
{
    if (a->end != b->end)
        return false;
    if (a->end == OUTCOME_FAULT)
        return a->access == b->access && a->reason == b->reason;
    return a->status == b->status && a->count == b->count &&
           (a->count == 0 || !memcmp(a->words, b->words, a->count * sizeof *a->words)) &&
           a->size == b->size && (a->size == 0 || !memcmp(a->bytes, b->bytes, a->size));
}

bool outcome_in(const struct outcome_set *set, const struct outcome *o)
{
    for (uint32_t i = 0; i < set->count; i++) {
        if (outcome_same(&set->member[i], o))
            return true;
    }
    return set->any;
}

/* The member just written behind the last one stays if it is new and there is room. */
static void keep(struct outcome_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        if (outcome_same(&set->member[i], &set->member[set->count]))
            return;
    }
    set->count++;
}

static struct outcome *next(struct outcome_set *set)
{
    if (set->count == OUTCOME_MEMBERS) {
        set->count--;
        set->any = true;
    }
    return &set->member[set->count];
}

void outcome_reply(struct outcome_set *set, int64_t status, uint32_t count,
                   const uint64_t *words)
{
    struct outcome *o = next(set);

    assert(count <= OUTCOME_WORDS);
    o->end = OUTCOME_REPLY;
    o->access = ACCESS_R;
    o->reason = REASON_NOTPRESENT;
    o->status = status;
    o->count = count;
    o->size = 0;
    if (count)
        memmove(o->words, words, count * sizeof *words);
    keep(set);
}

void outcome_fault(struct outcome_set *set, enum fault_access access, enum fault_reason reason)
{
    struct outcome *o = next(set);

    o->end = OUTCOME_FAULT;
    o->access = access;
    o->reason = reason;
    o->status = OK;
    o->count = 0;
    o->size = 0;
    keep(set);
}
