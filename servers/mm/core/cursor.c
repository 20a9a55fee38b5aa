#include "cursor.h"

#include <assert.h>

#include "attach.h"
#include "counters.h"
#include "node_pool.h"

static struct cursor table[CURSOR_MAX];
static uint32_t hint;

void cursor_init(void)
{
    for (uint32_t i = 0; i < CURSOR_MAX; i++)
        table[i].space = NULL;
    hint = 0;
}

status_t cursor_check_range(struct vrange r)
{
    if (!va_range_is_user(r.start, r.end))
        return E_RANGE;
    return vrange_aligned(r.start | r.end) ? OK : E_ALIGN;
}

struct cursor_lock_want cursor_want(const struct vm_space *s, struct vrange r)
{
    struct cursor_lock_want want = { .range = r, .cover = va_cover_level(r.start, r.end) };
    struct pt_place at = pt_node_lowest(vm_space_top(s), r.start, want.cover);

    want.lowest = at.level;
    if (at.level > want.cover && port_entry(at.node, vrange_index(r.start, at.level)) != 0)
        want.cover = at.level; /* a leaf covers the range: its node is the guard */
    return want;
}

status_t cursor_open(struct vm_space *s, struct vrange r, bool mut, struct cursor **out)
{
    uint32_t i = 0;
    struct pt_place guard;

    while (i < CURSOR_MAX && table[(hint + i) % CURSOR_MAX].space != NULL)
        i++;
    if (i == CURSOR_MAX)
        return E_NOMEM;

    status_t st = vm_space_cover(s, r, &guard);

    if (st != OK)
        return st;
    hint = (hint + i) % CURSOR_MAX;

    struct cursor *c = &table[hint];

    c->space = s;
    c->next = s->cursors;
    c->mut = mut;
    c->range = r;
    c->va = r.start;
    c->guard = guard;
    tlb_batch_init(&c->batch);
    s->cursors = c;
    counters.cursors++;
    *out = c;
    return OK;
}

void cursor_close(struct cursor *c)
{
    struct vm_space *s = c->space;
    struct cursor **link = &s->cursors;

    tlb_batch_dispatch(&c->batch, s->root);
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    c->space = NULL;
    counters.cursors--;
    vm_space_release(s);
}

status_t cursor_query(const struct cursor *c, struct pt_slot *out)
{
    if (c->va == c->range.end)
        return E_OUTSIDE;
    *out = pt_node_slot(c->guard, c->va);
    return OK;
}

status_t cursor_check_len(const struct cursor *c, uint64_t len)
{
    if (len > c->range.end - c->va)
        return E_LEN;
    return vrange_aligned(len) ? OK : E_ALIGN;
}

status_t cursor_find_next(struct cursor *c, uint64_t len, bool *found)
{
    struct pt_slot leaf;
    status_t st = cursor_check_len(c, len);

    if (st != OK)
        return st;
    *found = len > 0 && pt_node_find(c->guard, (struct vrange){ c->va, c->va + len }, &leaf);
    if (!*found)
        c->va += len;
    else if (leaf.va > c->va)
        c->va = leaf.va;
    return OK;
}

status_t cursor_jump(struct cursor *c, vaddr_t va)
{
    if (va < c->range.start || va >= c->range.end)
        return E_OUTSIDE;
    if (!vrange_aligned(va))
        return E_ALIGN;
    c->va = va;
    return OK;
}

struct map_job cursor_map_job(struct cursor *c, uint64_t pages, uint16_t prop, bool excl)
{
    return (struct map_job){ .space = c->space,
                             .from = c->guard,
                             .va = c->va,
                             .pages = pages,
                             .prop = prop,
                             .excl = excl,
                             .batch = &c->batch };
}

void cursor_mapped(struct cursor *c, const struct map_job *job)
{
    struct vrange mapped = { c->va, c->va + job->pages * PAGE_BYTES };

    c->va = mapped.end;
    if (job->replaced)
        tlb_batch_dispatch(&c->batch, c->space->root);
    attach_look(c->space, mapped, true);
}

status_t cursor_check_huge(const struct cursor *c, pfn_t first)
{
    if (HUGE_BYTES > c->range.end - c->va)
        return E_LEN;
    if (c->va % HUGE_BYTES != 0 || first % PT_ENTRIES != 0)
        return E_ALIGN;
    return c->guard.level >= 2 ? OK : E_LEVEL;
}

status_t cursor_unmap(struct cursor *c, uint64_t len, struct cursor_unmapped *out)
{
    status_t st = cursor_check_len(c, len);

    if (st != OK)
        return st;

    struct unmap_job job = {
        .space = c->space, .from = c->guard, .range = { c->va, c->va + len }, .batch = &c->batch
    };

    st = unmap_range(&job);
    if (st != OK)
        return st;
    tlb_batch_dispatch(&c->batch, c->space->root);
    attach_look(c->space, job.range, true);
    c->va += len;
    *out = (struct cursor_unmapped){ job.leaves, job.pages };
    return OK;
}

/* What of this leaf one protect changes: all of it if it lies in the range, else one page. */
static struct vrange part_of(const struct pt_slot *leaf, struct vrange r)
{
    struct vrange span = { leaf->va, va_next(leaf->va, leaf->at.level) };

    if (span.start >= r.start && span.end <= r.end)
        return span;
    span.start = span.start > r.start ? span.start : r.start;
    span.end = span.start + PAGE_BYTES;
    return span;
}

status_t cursor_protect_next(struct cursor *c, uint64_t len, uint16_t prop,
                             struct vrange *changed)
{
    struct vrange r = { c->va, c->va };
    struct pt_slot leaf;
    status_t st = cursor_check_len(c, len);

    if (st != OK)
        return st;
    r.end += len;
    if (len == 0 || !pt_node_find(c->guard, r, &leaf)) {
        c->va = r.end;
        *changed = (struct vrange){ r.end, r.end };
        return OK;
    }

    struct protect_job job = { .space = c->space,
                               .from = c->guard,
                               .range = part_of(&leaf, r),
                               .prop = prop,
                               .batch = &c->batch };

    st = protect_range(&job);
    if (st != OK)
        return st;
    attach_look(c->space, job.range, false);
    *changed = job.range;
    c->va = job.range.end;
    return OK;
}

struct cursor *cursor_at(uint32_t i)
{
    assert(i < CURSOR_MAX);
    return &table[i];
}
