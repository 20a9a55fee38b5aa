/*
 * The shortest way through the one-shot forms: one page, whose level-1 node exists, in a space
 * where nobody has a cursor and no window is attached, that no other CPU has loaded.
 *
 * Each function does exactly what serve_oneshot.c does in that case, or does nothing and says
 * SERVE_SLOW; the long way then finds out what is the matter.
 */
#include "core/counters.h"
#include "core/frame_pool.h"
#include "core/wait.h"
#include "serve_oneshot.h"

enum { SERVE_SLOW = 2 };

struct page {
    struct vm_space *space;
    pfn_t node;
    uint32_t index;
    uint64_t entry; /* 0: nothing is mapped */
};

/* Is va a page of user space, other than the last one? */
static bool is_plain(vaddr_t va)
{
    return va < USER_END - PAGE_BYTES && vrange_aligned(va);
}

/* Has nobody a cursor, nor an attached window? By one comparison. */
static bool is_quiet(const struct vm_space *s)
{
    return ((uintptr_t)s->cursors | s->attached) == 0;
}

/* The page that arguments 0 (a space) and 1 (an address) name, if the client has the rights. */
static inline __attribute__((always_inline)) bool find(const struct request *r, uint32_t rights,
                                                       struct page *out)
{
    const struct handle_entry *e = handle_peek(&r->client->handles, r->arg[0]);

    if (e == NULL || handle_kind(r->arg[0]) != KIND_SPACE || (e->meta & rights) != 0)
        return false;
    out->space = vm_space_at(e->value);
    if (!is_plain(r->arg[1]) || !is_quiet(out->space) || wait_any() ||
        !pt_node_find_table(out->space->root, r->arg[1], &out->node))
        return false;
    out->index = va_index(r->arg[1], 1);
    out->entry = port_entry(out->node, out->index);
    return true;
}

/* One page was flushed, had a CPU had the space loaded; nobody has. */
static inline void flushed(void)
{
    counters.batches++;
    counters.invlpg++;
}

static inline status_t edit(const struct page *p, struct edit_rec rec, struct port_edited *out)
{
    status_t st;

    rec.node = p->node;
    rec.index = (uint16_t)p->index;
    rec.count = 1;
    st = port_edit1(p->space->root, rec, out);
    if (st == OK && out->zeroed != 0)
        frame_pool_put(out->zero);
    return st;
}

static inline int32_t quick_map(struct request *r)
{
    const struct handle_entry *f;
    struct port_edited done;
    struct page p;
    status_t st;

    if (r->count != 4 || (r->arg[2] & ~(uint64_t)PROP_CLIENT) != 0)
        return SERVE_SLOW;
    f = handle_peek(&r->client->handles, r->arg[3]);
    if (f == NULL || !handle_is_frame(f, serve_frame_rights(r->arg[2])) ||
        !find(r, MM_RIGHT_MAP, &p))
        return SERVE_SLOW;
    if (p.entry != 0 && port_loaded(p.space->root))
        return SERVE_SLOW;

    struct edit_rec rec = { .op = EDIT_MAP_RUN,
                            .prop = (uint16_t)r->arg[2],
                            .frame = f->value };

    st = edit(&p, rec, &done);
    if (st != OK)
        return st;
    if (p.entry != 0)
        flushed();
    r->out[0] = p.entry != 0;
    r->results = 1;
    return OK;
}

static inline int32_t quick_unmap(struct request *r)
{
    struct port_edited done;
    struct page p;

    if (r->arg[2] != PAGE_BYTES || !find(r, MM_RIGHT_MAP, &p))
        return SERVE_SLOW;
    r->results = 2;
    r->out[0] = r->out[1] = p.entry != 0;
    if (p.entry == 0)
        return OK;
    if (port_loaded(p.space->root))
        return SERVE_SLOW;
    flushed();
    return edit(&p, (struct edit_rec){ .op = EDIT_CLEAR }, &done);
}

static inline int32_t quick_protect(struct request *r)
{
    struct port_edited done;
    struct page p;
    status_t st;

    if (r->arg[2] != PAGE_BYTES || (r->arg[3] & ~(uint64_t)PROP_CLIENT) != 0)
        return SERVE_SLOW;
    if (!find(r, MM_RIGHT_MAP, &p) || frame_pool_restricts() || port_loaded(p.space->root))
        return SERVE_SLOW;
    if (pte_is_device(p.entry))
        return SERVE_SLOW;
    r->results = 1;
    r->out[0] = 0;
    if (p.entry == 0)
        return OK;
    st = edit(&p, (struct edit_rec){ .op = EDIT_PROTECT, .prop = (uint16_t)r->arg[3] }, &done);
    if (st != OK)
        return st;
    if (protect_narrows(p.entry, pte_leaf_bits((uint32_t)r->arg[3])))
        flushed();
    r->out[0] = done.changed;
    return OK;
}

static inline int32_t quick_query(struct request *r)
{
    struct page p;

    if (!find(r, MM_RIGHT_MAP, &p))
        return SERVE_SLOW;

    struct pt_slot slot = { { p.node, 1 }, r->arg[1], p.entry };

    serve_slot(r, &slot);
    return OK;
}

int32_t serve_MAP1(struct request *r)
{
    int32_t st = quick_map(r);

    return st != SERVE_SLOW ? st : serve_oneshot_map(r);
}

int32_t serve_UNMAP1(struct request *r)
{
    int32_t st = quick_unmap(r);

    return st != SERVE_SLOW ? st : serve_oneshot_unmap(r);
}

int32_t serve_PROTECT1(struct request *r)
{
    int32_t st = quick_protect(r);

    return st != SERVE_SLOW ? st : serve_oneshot_protect(r);
}

int32_t serve_QUERY1(struct request *r)
{
    int32_t st = quick_query(r);

    return st != SERVE_SLOW ? st : serve_oneshot_query(r);
}
