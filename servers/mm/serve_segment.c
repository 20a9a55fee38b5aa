/*
 * Runs of frames under one handle, and parts of them.
 *
 * A part is asked for in bytes. Nothing here adds what a client says: a length is compared
 * with what is left behind the offset, so no sum can wrap.
 */
#include "core/edit_batch.h"
#include "core/grant.h"
#include "serve.h"

status_t serve_run(const struct request *r, uint64_t number, uint32_t rights,
                   struct handle_entry **out)
{
    status_t st = handle_find(&r->client->handles, number, KIND_FRAME, out);

    if (st != OK)
        return st;
    return (handle_rights(*out) & rights) == rights ? OK : E_ACCESS;
}

/* E_RANGE unless [offset, offset + bytes) is a non-empty part of the run; then E_ALIGN. */
static status_t check_part(const struct handle_entry *run, uint64_t offset, uint64_t bytes)
{
    uint64_t size = (uint64_t)handle_count(run) * PAGE_BYTES;

    if (offset >= size || bytes == 0 || bytes > size - offset)
        return E_RANGE;
    return vrange_aligned(offset | bytes) ? OK : E_ALIGN;
}

/* A handle on a part, with the rights of the whole and holds of its own; it came from where
 * the whole came. out gets the handle and its identity. */
static status_t name_part(struct request *r, const struct handle_entry *run, struct vrange part,
                          uint64_t out[2])
{
    pfn_t first = run->value + (pfn_t)(part.start / PAGE_BYTES);
    uint32_t count = (uint32_t)((part.end - part.start) / PAGE_BYTES);
    struct handle_entry *e;
    status_t st = edit_batch_hold_run(first, count);

    if (st != OK)
        return st;
    st = handle_new(&r->client->handles, KIND_FRAME, first,
                    handle_meta(count, handle_rights(run)), &out[0]);
    if (st == OK) {
        e = handle_at(&r->client->handles, (uint32_t)out[0] % (1u << HANDLE_INDEX_BITS));
        st = grant_part(r->client, run, e);
        if (st != OK)
            handle_close(&r->client->handles, e);
    }
    if (st != OK)
        edit_batch_drop_run(first, count);
    out[1] = serve_identity(first);
    return st;
}

static void close_run(struct client *c, struct handle_entry *run)
{
    grant_remove(c, run);
    edit_batch_drop_run(run->value, handle_count(run));
    handle_close(&c->handles, run);
}

int32_t serve_FRAME_SLICE(struct request *r)
{
    uint64_t offset = r->arg[1], bytes = r->arg[2];
    struct handle_entry *run;
    status_t st = serve_run(r, r->arg[0], 0, &run);

    if (st == OK)
        st = check_part(run, offset, bytes);
    if (st == OK)
        st = name_part(r, run, (struct vrange){ offset, offset + bytes }, r->out);
    r->results = st == OK ? 2 : 0;
    return st;
}

/* Two handles on the parts take the place of the one on the whole. */
int32_t serve_FRAME_SPLIT(struct request *r)
{
    uint64_t offset = r->arg[1], size;
    struct handle_entry *run, *first;
    status_t st = serve_run(r, r->arg[0], 0, &run);

    if (st != OK)
        return st;
    size = (uint64_t)handle_count(run) * PAGE_BYTES;
    st = check_part(run, 0, offset);
    if (st == OK)
        st = check_part(run, offset, size - offset);
    if (st == OK)
        st = name_part(r, run, (struct vrange){ 0, offset }, &r->out[0]);
    if (st != OK)
        return st;
    st = name_part(r, run, (struct vrange){ offset, size }, &r->out[2]);
    if (st == OK) {
        close_run(r->client, run);
        r->results = 4;
        return OK;
    }
    if (handle_find(&r->client->handles, r->out[0], KIND_FRAME, &first) == OK)
        close_run(r->client, first);
    return st;
}
