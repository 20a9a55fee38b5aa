#include "handles.h"

#include "grow.h"

enum { INDEX_BITS = 20, KIND_SHIFT = 20, KIND_BITS = 4, GENERATION_SHIFT = 24 };

void handles_free(struct handles *h)
{
    free(h->at);
    *h = (struct handles){ 0 };
}

static uint64_t number_of(uint32_t sequence, enum mm_kind kind)
{
    uint64_t index = sequence % (1u << INDEX_BITS);
    uint64_t generation = 1 + sequence / (1u << INDEX_BITS);

    return index | (uint64_t)kind << KIND_SHIFT | generation << GENERATION_SHIFT;
}

uint64_t handles_new(struct handles *h, struct handle what)
{
    h->at = grow(h->at, &h->room, h->count + 1, sizeof *h->at);
    h->at[h->count] = what;
    h->at[h->count].live = true;
    return number_of(h->count++, what.kind);
}

uint64_t handles_number(const struct handles *h, const struct handle *of)
{
    return number_of((uint32_t)(of - h->at), of->kind);
}

status_t handles_find(const struct handles *h, uint64_t number, enum mm_kind kind,
                      struct handle **out)
{
    uint64_t index = number % (1u << INDEX_BITS);
    uint64_t generation = number >> GENERATION_SHIFT;

    if (generation == 0 || generation > h->count)
        return E_HANDLE;
    uint64_t sequence = index + (generation - 1) * (1u << INDEX_BITS);
    if (sequence >= h->count || number_of((uint32_t)sequence, h->at[sequence].kind) != number)
        return E_HANDLE;
    if (!h->at[sequence].live)
        return E_STALE;
    *out = &h->at[sequence];
    return kind == KIND_NONE || (*out)->kind == kind ? OK : E_HANDLE;
}
