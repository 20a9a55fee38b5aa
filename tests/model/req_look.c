/* Requests that look at mm, or break it on purpose. */
#include "request.h"
#include "stale.h"

int32_t request_stat(struct request *r)
{
    if (r->arg[0] >= COUNTER_COUNT)
        return E_INVAL;
    r->word[r->words++] = model_counter(r->m, (enum mm_counter)r->arg[0]);
    return OK;
}

int32_t request_check(struct request *r)
{
    r->words = 2;
    r->word[0] = model_check(r->m, &r->word[1]);
    return OK;
}

int32_t request_census(struct request *r)
{
    r->words = 3;
    model_census(r->m, &r->word[0], &r->word[1], &r->word[2]);
    return OK;
}

/* Only what init starts may break things: no client of a script. */
int32_t request_fail_alloc(struct request *r)
{
    (void)r;
    return E_ACCESS;
}

int32_t request_saturate(struct request *r)
{
    (void)r;
    return E_ACCESS;
}

int32_t request_corrupt(struct request *r)
{
    (void)r;
    return E_ACCESS;
}

int32_t request_waits(struct request *r)
{
    enum { MOST = (MM_ARGS_MAX - 1) / 3 };
    static struct model_reason reason[MOST];

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        if (!r->m->client[i].alive || r->m->client[i].id != r->arg[0])
            continue;
        uint32_t count = model_reasons(r->m, i, reason, MOST);
        r->word[r->words++] = count;
        for (uint32_t k = 0; k < count; k++) {
            r->word[r->words++] = reason[k].kind;
            r->word[r->words++] = r->m->client[reason[k].client].id;
            r->word[r->words++] = reason[k].cursor;
        }
        return OK;
    }
    return E_PEER;
}
