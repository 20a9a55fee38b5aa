/* One-shot forms: open, act, close, coherent when answered (docs/decisions/0011). */
#include "edit.h"
#include "request.h"
#include "space.h"

/* The range of a one-shot form, from an address and a length. */
static status_t range_of(uint64_t va, uint64_t bytes, uint64_t *end)
{
    if (va >= USER_END || bytes > USER_END - va)
        return E_RANGE;
    *end = va + bytes;
    return request_range(va, *end);
}

/* Locks [va, va + bytes) and makes its nodes, as an open does. */
static int32_t open(struct request *r, struct space *s, uint64_t bytes, uint64_t *end,
                    uint32_t *guard)
{
    int32_t status = range_of(r->arg[1], bytes, end);

    if (status == OK)
        status = request_lock(r, s, r->arg[1], *end, true);
    return status == OK ? space_cover(r->m, s, r->arg[1], *end, guard) : status;
}

int32_t request_map1(struct request *r)
{
    static struct edit_run run[REQUEST_RUNS];
    struct edit_map what = { .va = r->arg[1],
                             .run = run,
                             .prop = (uint32_t)r->arg[2] & PROP_CLIENT,
                             .excl = (r->arg[2] & MM_EXCL) != 0 };
    struct batch batch = { 0 };
    uint64_t pages, end = 0;
    struct space *s;

    if (r->arg[2] & ~(uint64_t)(PROP_CLIENT | MM_EXCL))
        return E_INVAL;
    int32_t status = request_space(r, r->arg[0], 0, &s);
    if (status == OK)
        status = request_frame_handles(r, 3);
    if (status == OK)
        status = request_space(r, r->arg[0], MM_RIGHT_MAP, &s);
    if (status == OK)
        status = request_frames(r, 3, r->arg[2], run, &what.runs, &pages);
    if (status == OK)
        status = range_of(r->arg[1], pages * PAGE_BYTES, &end);
    if (status == OK && what.prop & PROP_X && end == USER_END)
        status = E_INVAL;
    if (status == OK)
        status = request_lock(r, s, r->arg[1], end, true);
    if (status != OK)
        return status;
    struct edit e = { r->m, s, &batch, NULL, PT_LEVELS };
    status = edit_map(&e, &what);
    if (status != OK)
        return status;
    space_dispatch_batch(r->m, &batch);
    r->word[r->words++] = what.displaced;
    return OK;
}

int32_t request_unmap1(struct request *r)
{
    struct batch batch = { 0 };
    struct edit e = { .m = r->m, .batch = &batch };
    struct edit_gone gone;
    uint64_t end;
    int32_t status = request_space(r, r->arg[0], MM_RIGHT_MAP, &e.space);

    if (status == OK)
        status = open(r, e.space, r->arg[2], &end, &e.guard);
    if (status == OK)
        status = edit_unmap(&e, r->arg[1], end, &gone);
    if (status != OK)
        return status;
    space_dispatch_batch(r->m, &batch);
    r->words = 2;
    r->word[0] = gone.leaves;
    r->word[1] = gone.pages;
    return OK;
}

int32_t request_protect1(struct request *r)
{
    struct batch batch = { 0 };
    struct edit e = { .m = r->m, .batch = &batch };
    uint64_t pages, end;

    if (r->arg[3] & ~(uint64_t)PROP_CLIENT)
        return E_INVAL;
    int32_t status = request_space(r, r->arg[0], MM_RIGHT_MAP, &e.space);
    if (status == OK)
        status = open(r, e.space, r->arg[2], &end, &e.guard);
    if (status == OK)
        status = edit_protect(&e, r->arg[1], end, (uint32_t)r->arg[3], &pages);
    if (status != OK)
        return status;
    space_dispatch_batch(r->m, &batch);
    r->word[r->words++] = pages;
    return OK;
}

int32_t request_query1(struct request *r)
{
    struct space *s;
    uint64_t end;
    uint32_t guard;
    int32_t status = request_space_look(r, r->arg[0], &s);

    if (status == OK)
        status = open(r, s, PAGE_BYTES, &end, &guard);
    if (status == OK)
        request_slot(r, s, r->arg[1]);
    return status;
}
