/* Cursors: each operation of an open one, and opening it. */
#include <assert.h>

#include "core/handle.h"
#include "core/wait.h"
#include "serve.h"

status_t serve_cursor(const struct request *r, bool mut, struct cursor **out)
{
    struct handle_entry *e;
    status_t st = handle_find(&r->client->handles, r->arg[0], KIND_CURSOR, &e);

    if (st != OK)
        return st;
    *out = cursor_at(e->value);
    return mut && !(*out)->mut ? E_ACCESS : OK;
}

int32_t serve_CURSOR_OPEN(struct request *r)
{
    struct vrange range = { r->arg[1], r->arg[2] };
    bool mut = (r->arg[3] & MM_CURSOR_MUT) != 0;
    struct vm_space *s;
    struct cursor *c;

    if ((r->arg[3] & ~(uint64_t)(MM_CURSOR_MUT | MM_CURSOR_TRY)) != 0)
        return E_INVAL;

    int32_t st =
        mut ? serve_space(r, r->arg[0], MM_RIGHT_MAP, &s) : serve_space_look(r, r->arg[0], &s);

    if (st == OK)
        st = cursor_check_range(range);
    if (st == OK)
        st = serve_lock(r, s, range, (r->arg[3] & MM_CURSOR_TRY) == 0);
    if (st == OK)
        st = handle_reserve(&r->client->handles, KIND_CURSOR); /* before nodes are linked */
    if (st == OK)
        st = cursor_open(s, range, mut, &c);
    if (st != OK)
        return st;

    st = handle_new(&r->client->handles, KIND_CURSOR, (uint32_t)(c - cursor_at(0)),
                    handle_meta(0, 0), &r->out[0]);
    assert(st == OK);
    c->handle = r->out[0];
    c->via = r->arg[0];
    c->client = r->client->slot;
    wait_opened(c);
    r->results = 1;
    return OK;
}

void serve_slot(struct request *r, const struct pt_slot *slot)
{
    r->out[0] = slot->va;
    r->out[1] = vrange_span(slot->at.level);
    r->out[2] = r->out[3] = 0;
    if (slot->entry != 0) {
        r->out[2] = pt_node_prop(slot->entry) | MM_PRESENT;
        r->out[3] = serve_identity(pte_frame(slot->entry, slot->at.level));
    }
    r->results = 4;
}

int32_t serve_QUERY(struct request *r)
{
    struct cursor *c;
    struct pt_slot slot;
    status_t st = serve_cursor(r, false, &c);

    if (st == OK)
        st = cursor_query(c, &slot);
    if (st == OK)
        serve_slot(r, &slot);
    return st;
}

int32_t serve_FIND_NEXT(struct request *r)
{
    struct cursor *c;
    bool found;
    status_t st = serve_cursor(r, false, &c);

    if (st == OK)
        st = cursor_find_next(c, r->arg[1], &found);
    if (st != OK)
        return st;
    r->out[0] = found;
    r->out[1] = c->va;
    r->results = 2;
    return OK;
}

int32_t serve_JUMP(struct request *r)
{
    struct cursor *c;
    status_t st = serve_cursor(r, false, &c);

    return st != OK ? st : cursor_jump(c, r->arg[1]);
}

int32_t serve_ADDR(struct request *r)
{
    struct cursor *c;
    status_t st = serve_cursor(r, false, &c);

    if (st != OK)
        return st;
    r->out[0] = c->va;
    r->results = 1;
    return OK;
}

int32_t serve_MAP(struct request *r)
{
    struct serve_frames frames;
    struct cursor *c;

    if ((r->arg[1] & ~(uint64_t)(PROP_CLIENT | MM_EXCL)) != 0)
        return E_INVAL;

    status_t st = serve_cursor(r, true, &c);

    if (st != OK)
        return serve_handles_first(r, 2, st);
    st = serve_frames(r, 2, (uint32_t)r->arg[1], &frames);
    if (st != OK)
        return st;
    if (frames.pages > (c->range.end - c->va) / PAGE_BYTES)
        return E_LEN;
    if ((r->arg[1] & PROP_X) != 0 && c->va + frames.pages * PAGE_BYTES == USER_END)
        return E_INVAL;

    struct map_job job = cursor_map_job(c, frames.pages, (uint16_t)(r->arg[1] & PROP_CLIENT),
                                        (r->arg[1] & MM_EXCL) != 0);

    st = serve_map(&job, &frames);
    if (st != OK)
        return st;
    cursor_mapped(c, &job);
    r->out[0] = job.displaced;
    r->results = 1;
    return OK;
}

int32_t serve_UNMAP(struct request *r)
{
    struct cursor_unmapped gone;
    struct cursor *c;
    status_t st = serve_cursor(r, true, &c);

    if (st == OK)
        st = cursor_unmap(c, r->arg[1], &gone);
    if (st != OK)
        return st;
    r->out[0] = gone.leaves;
    r->out[1] = gone.pages;
    r->results = 2;
    return OK;
}

int32_t serve_PROTECT_NEXT(struct request *r)
{
    struct vrange changed;
    struct cursor *c;

    if ((r->arg[2] & ~(uint64_t)PROP_CLIENT) != 0)
        return E_INVAL;

    status_t st = serve_cursor(r, true, &c);

    if (st == OK)
        st = cursor_protect_next(c, r->arg[1], (uint16_t)r->arg[2], &changed);
    if (st != OK)
        return st;
    r->out[0] = changed.start != changed.end;
    r->out[1] = changed.start;
    r->out[2] = changed.end - changed.start;
    r->results = 3;
    return OK;
}

static status_t check_flush(const struct cursor *c, struct vrange range)
{
    if (!va_range_is_user(range.start, range.end))
        return E_RANGE;
    if (range.start < c->range.start || range.end > c->range.end)
        return E_OUTSIDE;
    return vrange_aligned(range.start | range.end) ? OK : E_ALIGN;
}

int32_t serve_FLUSH(struct request *r)
{
    struct vrange range = { r->arg[1], r->arg[2] };
    bool all = range.start == 0 && range.end == 0;
    struct handle_entry *kept = NULL;
    struct cursor *c;
    status_t st = serve_cursor(r, true, &c);

    if (st != OK)
        return serve_handles_first(r, 3, st);
    if (r->count == 4)
        st = serve_run(r, r->arg[3], 0, &kept);
    if (st == OK && !all)
        st = check_flush(c, range);
    if (st == OK && kept != NULL)
        st = tlb_batch_keep(&c->batch, kept->value, handle_count(kept));
    if (st != OK)
        return st;
    if (all)
        tlb_batch_issue_all(&c->batch);
    else
        tlb_batch_issue(&c->batch, range.start, (range.end - range.start) / PAGE_BYTES);
    return OK;
}

int32_t serve_DISPATCH(struct request *r)
{
    struct cursor *c;
    status_t st = serve_cursor(r, true, &c);

    if (st == OK)
        tlb_batch_dispatch(&c->batch, c->space->root);
    return st;
}

/* Dispatching waits already: what was dispatched is flushed everywhere. */
int32_t serve_SYNC(struct request *r)
{
    struct cursor *c;

    return serve_cursor(r, true, &c);
}
