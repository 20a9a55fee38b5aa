#include "saturation.h"

#include <assert.h>

#include "edit_batch.h"

enum { SATURATION_MAX = 16 };

/* Each has one hold that is true, so that its frame stays, and those that are made up. */
static struct {
    pfn_t frame; /* NO_FRAME: this entry is not used */
    uint32_t made_up;
} table[SATURATION_MAX];

void saturation_init(void)
{
    for (uint32_t i = 0; i < SATURATION_MAX; i++)
        table[i].frame = NO_FRAME;
}

status_t saturation_begin(pfn_t f, uint32_t *out)
{
    uint32_t i = 0;

    while (i < SATURATION_MAX && table[i].frame != NO_FRAME)
        i++;
    if (i == SATURATION_MAX)
        return E_NOMEM;

    status_t st = edit_batch_hold_run(f, 1);

    if (st != OK)
        return st;

    uint32_t made_up = REF_MAX - 1 - port_refs(f);

    st = port_inject(f, REF_MAX - 1);
    if (st != OK) {
        edit_batch_drop_run(f, 1);
        return st;
    }
    table[i].frame = f;
    table[i].made_up = made_up;
    *out = i;
    return OK;
}

void saturation_end(uint32_t i)
{
    pfn_t f = table[i].frame;
    status_t st = port_inject(f, port_refs(f) - table[i].made_up);

    assert(st == OK);
    edit_batch_drop_run(f, 1);
    table[i].frame = NO_FRAME;
}

pfn_t saturation_frame(uint32_t i)
{
    return table[i].frame;
}

uint64_t saturation_holds(void)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < SATURATION_MAX; i++)
        n += table[i].frame != NO_FRAME ? 1 + (uint64_t)table[i].made_up : 0;
    return n;
}
