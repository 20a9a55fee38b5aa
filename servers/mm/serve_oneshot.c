/*
 * One-shot forms: open, act and close in one request, coherent when answered.
 *
 * They do what the cursor would have done, its missing nodes included, but nothing else can
 * happen between opening and closing, so no cursor is made.
 */
#include "core/attach.h"
#include "core/edit_batch.h"
#include "core/reap.h"
#include "core/wait.h"
#include "serve_oneshot.h"

/* What frames a map request names. The fast loop takes handles on single frames. */
static struct frame_run runs[MM_ARGS_MAX];

/* Take the frame that a number names, if it does. What would make it unfit (closed, more than
 * one frame, a right missing) is added to *flaws. Returns: is the number this slab's? */
static inline bool single(const struct handle_slab *slab, uint64_t number, pfn_t *out,
                          uint32_t *flaws)
{
    uint32_t i = number % HANDLE_SLAB;

    *out = slab->entry[i].value;
    *flaws |= slab->entry[i].meta;
    return slab->number[i] == number;
}

/* Take as many numbers of one slab as come first, four by four, then one by one. An entry
 * that is not the number's has no say in *flaws. */
static uint32_t take_slab(const struct handle_slab *slab, const uint64_t *h, uint32_t n,
                          pfn_t *list, uint32_t *flaws)
{
    uint32_t sum = *flaws;
    uint32_t i = 0;

    for (; i + 4 <= n; i += 4, h += 4, list += 4) {
        if (!single(slab, h[0], &list[0], &sum) || !single(slab, h[1], &list[1], &sum) ||
            !single(slab, h[2], &list[2], &sum) || !single(slab, h[3], &list[3], &sum))
            break;
        *flaws = sum;
    }
    for (sum = *flaws; i < n && single(slab, *h, list, &sum); i++, h++, list++)
        *flaws = sum;
    return i;
}

/* Do h[0 .. n-1] all name single frames with these rights? Then list[] gets them. */
static bool take_singles(const struct handle_table *t, const uint64_t *h, uint32_t n,
                         uint32_t rights, pfn_t *list)
{
    uint32_t flaws = 0;

    for (uint32_t i = 0; i < n;) {
        const struct handle_slab *slab = handle_slab(t, h[i]);
        uint32_t taken = slab != NULL ? take_slab(slab, h + i, n - i, list + i, &flaws) : 0;

        if (taken == 0)
            return false;
        i += taken;
    }
    return (flaws & (HANDLE_NOT_ONE | rights)) == 0;
}

status_t serve_handles_first(const struct request *r, uint32_t from, status_t st)
{
    for (uint32_t i = from; i < r->count && st == E_ACCESS; i++) {
        struct handle_entry *e;
        status_t found = handle_find(&r->client->handles, serve_arg(r, i), KIND_FRAME, &e);

        if (found != OK)
            st = found;
    }
    return st;
}

/* Whatever the handles name, as runs. */
static status_t take_runs(const struct request *r, uint32_t from, uint32_t rights,
                          struct serve_frames *out)
{
    out->pages = 0;
    out->runs = 0;
    out->run = runs;
    for (uint32_t i = from; i < r->count; i++) {
        struct handle_entry *e;
        status_t st = handle_find(&r->client->handles, serve_arg(r, i), KIND_FRAME, &e);

        if (st != OK)
            return st;
        if ((handle_rights(e) & rights) != rights)
            return serve_handles_first(r, i + 1, E_ACCESS);
        runs[out->runs++] = (struct frame_run){ e->value, handle_count(e) };
        out->pages += handle_count(e);
    }
    return OK;
}

status_t serve_frames(const struct request *r, uint32_t from, uint32_t prop,
                      struct serve_frames *out)
{
    const struct handle_table *t = &r->client->handles;
    uint32_t rights = serve_frame_rights(prop);
    uint32_t n = r->count - from;
    uint32_t near = n < IPC_REG_ARGS - from ? n : IPC_REG_ARGS - from;

    if (n == 1 || n > EDIT_PAGES_MAX)
        return take_runs(r, from, rights, out);
    if (!take_singles(t, r->arg + from, near, rights, port_in->list) ||
        !take_singles(t, r->more, n - near, rights, port_in->list + near))
        return take_runs(r, from, rights, out);
    *out = (struct serve_frames){ .pages = n };
    return OK;
}

status_t serve_map(struct map_job *job, const struct serve_frames *f)
{
    if (f->runs == 0)
        return map_list(job);
    if (f->pages == 1)
        return map_one(job, f->run[0].first);
    return map_runs(job, f->run, f->runs);
}

/* Own the range of a request from its address on, as an open would. prop: what shall be
 * mapped there, 0: nothing. */
static int32_t own(const struct request *r, uint64_t bytes, uint32_t prop, struct vm_space *s,
                   struct vrange *out)
{
    vaddr_t va = r->arg[1];
    status_t st;

    if (va >= USER_END || bytes > USER_END - va)
        return E_RANGE;
    *out = (struct vrange){ va, va + bytes };
    st = cursor_check_range(*out);
    if (st != OK)
        return st;
    if ((prop & PROP_X) != 0 && out->end == USER_END)
        return E_INVAL;
    return serve_lock(r, s, *out, true);
}

/* Own the range and find the node that covers it. */
static int32_t open(const struct request *r, uint64_t bytes, struct vm_space *s,
                    struct vrange *range, struct pt_place *guard)
{
    int32_t st = own(r, bytes, 0, s, range);

    return st != OK ? st : vm_space_cover(s, *range, guard);
}

int32_t serve_oneshot_map(struct request *r)
{
    uint32_t prop = (uint32_t)r->arg[2];
    struct serve_frames frames;
    struct vm_space *s;
    struct vrange range;
    struct tlb_batch batch;
    int32_t st;

    if ((r->arg[2] & ~(uint64_t)(PROP_CLIENT | MM_EXCL)) != 0)
        return E_INVAL;
    st = serve_space(r, r->arg[0], MM_RIGHT_MAP, &s);
    if (st != OK)
        return serve_handles_first(r, 3, st);
    st = serve_frames(r, 3, prop, &frames);
    if (st == OK)
        st = own(r, frames.pages * PAGE_BYTES, prop, s, &range);
    if (st != OK)
        return st;

    struct map_job job = { .space = s,
                           .from = vm_space_top(s),
                           .va = range.start,
                           .pages = frames.pages,
                           .prop = (uint16_t)(prop & PROP_CLIENT),
                           .excl = (prop & MM_EXCL) != 0,
                           .batch = &batch };

    tlb_batch_init(&batch);
    st = serve_map(&job, &frames);
    tlb_batch_dispatch(&batch, s->root);
    if (st == OK)
        attach_look(s, range, true);
    r->out[0] = job.displaced;
    r->results = 1;
    return st;
}

int32_t serve_oneshot_unmap(struct request *r)
{
    struct tlb_batch batch;
    struct unmap_job job = { .batch = &batch };
    int32_t st;

    st = serve_space(r, r->arg[0], MM_RIGHT_MAP, &job.space);
    if (st == OK)
        st = open(r, r->arg[2], job.space, &job.range, &job.from);
    if (st != OK)
        return st;
    tlb_batch_init(&batch);
    st = unmap_range(&job);
    tlb_batch_dispatch(&batch, job.space->root);
    if (st == OK)
        attach_look(job.space, job.range, true);
    r->out[0] = job.leaves;
    r->out[1] = job.pages;
    r->results = 2;
    return st;
}

int32_t serve_oneshot_protect(struct request *r)
{
    struct tlb_batch batch;
    struct protect_job job = { .batch = &batch, .prop = (uint16_t)r->arg[3] };
    int32_t st;

    if ((r->arg[3] & ~(uint64_t)PROP_CLIENT) != 0)
        return E_INVAL;
    st = serve_space(r, r->arg[0], MM_RIGHT_MAP, &job.space);
    if (st == OK)
        st = open(r, r->arg[2], job.space, &job.range, &job.from);
    if (st != OK)
        return st;
    tlb_batch_init(&batch);
    st = protect_range(&job);
    tlb_batch_dispatch(&batch, job.space->root);
    if (st == OK)
        attach_look(job.space, job.range, false);
    r->out[0] = job.changed;
    r->results = 1;
    return st;
}

/* It needs the whole space, as an open over all of it would. */
int32_t serve_REAP(struct request *r)
{
    struct vrange all = { 0, USER_END };
    struct tlb_batch batch;
    struct vm_space *s;
    int32_t st = serve_space(r, r->arg[0], MM_RIGHT_MAP, &s);

    if (st == OK)
        st = serve_lock(r, s, all, true);
    if (st != OK)
        return st;
    tlb_batch_init(&batch);
    r->out[0] = reap_space(s, &batch);
    tlb_batch_dispatch(&batch, s->root);
    r->results = 1;
    return OK;
}

int32_t serve_oneshot_query(struct request *r)
{
    struct vm_space *s;
    struct vrange range;
    struct pt_place guard;
    int32_t st;

    st = serve_space_look(r, r->arg[0], &s);
    if (st == OK)
        st = open(r, PAGE_BYTES, s, &range, &guard);
    if (st != OK)
        return st;

    struct pt_slot slot = pt_node_slot(guard, range.start);

    serve_slot(r, &slot);
    return OK;
}
