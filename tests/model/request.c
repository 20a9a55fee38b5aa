#include "request.h"

#include "edit.h"

static request_fn *const functions[MM_LABEL_END] = {
    [MM_SPACE_NEW] = request_space_new,
    [MM_ACTIVATE] = request_activate,
    [MM_CLOSE] = request_close,
    [MM_GRANT] = request_grant,
    [MM_SELF] = request_self,
    [MM_FRAME_ALLOC] = request_frame_alloc,
    [MM_CURSOR_OPEN] = request_cursor_open,
    [MM_QUERY] = request_query,
    [MM_FIND_NEXT] = request_find_next,
    [MM_JUMP] = request_jump,
    [MM_ADDR] = request_addr,
    [MM_MAP] = request_map,
    [MM_UNMAP] = request_unmap,
    [MM_PROTECT_NEXT] = request_protect_next,
    [MM_FLUSH] = request_flush,
    [MM_DISPATCH] = request_dispatch,
    [MM_SYNC] = request_sync,
    [MM_MAP1] = request_map1,
    [MM_UNMAP1] = request_unmap1,
    [MM_PROTECT1] = request_protect1,
    [MM_QUERY1] = request_query1,
    [MM_WINDOW_NEW] = request_window_new,
    [MM_WINDOW_ACTIVATE] = request_window_activate,
    [MM_WINDOW_DISPOSE] = request_window_dispose,
    [MM_WINDOW_LIMIT] = request_window_limit,
    [MM_WINDOW_SKIP] = request_window_skip,
    [MM_WINDOW_REMAIN] = request_window_remain,
    [MM_WINDOW_READ] = request_window_read,
    [MM_WINDOW_WRITE] = request_window_write,
    [MM_WINDOW_ZERO] = request_window_zero,
    [MM_WINDOW_COPY] = request_window_copy,
    [MM_WINDOW_READ_VAL] = request_window_read_val,
    [MM_WINDOW_WRITE_VAL] = request_window_write_val,
    [MM_WINDOW_READ_ONCE] = request_window_read_once,
    [MM_WINDOW_WRITE_ONCE] = request_window_write_once,
    [MM_WINDOW_LOAD] = request_window_load,
    [MM_WINDOW_CAS] = request_window_cas,
    [MM_WINDOW_ATTACH] = request_window_attach,
    [MM_MAP_HUGE] = request_map_huge,
    [MM_DEVICE] = request_device,
    [MM_MAP_DEVICE] = request_map_device,
    [MM_FRAME_SLICE] = request_frame_slice,
    [MM_FRAME_SPLIT] = request_frame_split,
    [MM_REVOKE] = request_revoke,
    [MM_REAP] = request_reap,
    [MM_PAGER] = request_pager,
    [MM_FAULTS_AT] = request_faults_at,
    [MM_SATURATE] = request_saturate,
    [MM_STAT] = request_stat,
    [MM_CHECK] = request_check,
    [MM_FAIL_ALLOC] = request_fail_alloc,
    [MM_WAITS] = request_waits,
    [MM_CORRUPT] = request_corrupt,
    [MM_CENSUS] = request_census,
    [MM_PROC_NEW] = request_proc_new,
    [MM_PROC_KILL] = request_proc_kill,
    [MM_THREAD_NEW] = request_thread_new,
    [MM_THREAD_START] = request_thread_start,
    [MM_ENDPOINT_NEW] = request_endpoint_new,
    [MM_MODULE] = request_module,
};

#define MM_OP(name, label, least, most, args, results) [label] = { least, most },
static const struct {
    uint32_t least, most;
} bounds[MM_LABEL_END] = {
#include "abi/mm.def"
};
#undef MM_OP

int32_t request_serve(struct request *r)
{
    r->try = (r->label & MM_TRY) != 0;
    r->label &= ~MM_TRY;
    if (r->label >= MM_LABEL_END || !functions[r->label])
        return E_INVAL;
    if (r->count < bounds[r->label].least || r->count > bounds[r->label].most)
        return E_INVAL;
    return functions[r->label](r);
}

status_t request_space(const struct request *r, uint64_t number, uint32_t rights,
                       struct space **out)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, number, KIND_SPACE, &h);

    if (status != OK)
        return status;
    *out = h->space;
    return rights & ~h->rights ? E_ACCESS : OK;
}

status_t request_space_look(const struct request *r, uint64_t number, struct space **out)
{
    status_t status = request_space(r, number, MM_RIGHT_MAP, out);

    return status == E_ACCESS ? request_space(r, number, MM_RIGHT_READ, out) : status;
}

int32_t request_lock(struct request *r, struct space *s, uint64_t lo, uint64_t hi, bool wait)
{
    struct waiting *w = &r->c->waiting;
    uint64_t behind;

    if (r->granted)
        return OK;
    enum lock_answer answer =
        lock_decide(r->m, r->client, s, lock_range(s, lo, hi), UINT64_MAX, &behind);
    if (answer == LOCK_GRANTED)
        return OK;
    r->m->lock_conflicts++;
    if (answer == LOCK_CYCLE || r->try || !wait)
        return E_BUSY;
    *w = (struct waiting){ true, ++r->m->orders, s, lo, hi, behind };
    return REQUEST_WAITS;
}

uint32_t request_rights_for(uint64_t prop)
{
    uint32_t rights = MM_RIGHT_MAP;

    if (prop & (PROP_R | PROP_X))
        rights |= MM_RIGHT_READ;
    if (prop & PROP_W)
        rights |= MM_RIGHT_WRITE;
    return rights;
}

status_t request_frame_handles(const struct request *r, uint32_t from)
{
    status_t status = OK;

    for (uint32_t i = from; status == OK && i < r->count; i++) {
        struct handle *h;
        status = handles_find(&r->c->handles, r->arg[i], KIND_FRAME, &h);
    }
    return status;
}

status_t request_frames(const struct request *r, uint32_t from, uint64_t prop,
                        struct edit_run run[REQUEST_RUNS], uint32_t *runs, uint64_t *pages)
{
    status_t status = request_frame_handles(r, from);

    *runs = 0;
    *pages = 0;
    for (uint32_t i = from; status == OK && i < r->count; i++) {
        struct handle *h;
        status = handles_find(&r->c->handles, r->arg[i], KIND_FRAME, &h);
        if (status != OK)
            break;
        if (request_rights_for(prop) & ~h->rights)
            return E_ACCESS;
        run[(*runs)++] = (struct edit_run){ h->first, h->count };
        *pages += h->count;
    }
    return status;
}

status_t request_range(uint64_t lo, uint64_t hi)
{
    if (lo >= hi || hi > USER_END)
        return E_RANGE;
    return lo % PAGE_BYTES || hi % PAGE_BYTES ? E_ALIGN : OK;
}

uint64_t request_identity(uint32_t frame)
{
    return 0x10000u + frame;
}

void request_slot(struct request *r, const struct space *s, uint64_t va)
{
    const struct mapping *map = mapset_at(&s->maps, va);
    uint64_t slot = units_slot(nodeset_lowest(&s->nodes, va, 1));

    r->words = 4;
    r->word[0] = map ? map->va : units_down(va, slot);
    r->word[1] = map ? map->size : slot;
    r->word[2] = map ? map->prop | MM_PRESENT : 0;
    r->word[3] = map ? request_identity(map->frame) : 0;
}
