#include "handle.h"

#include <assert.h>

#include "own_frame.h"

enum { KIND_SHIFT = HANDLE_INDEX_BITS, GEN_SHIFT = 24 };

static uint32_t generation(uint64_t number)
{
    return (uint32_t)(number >> GEN_SHIFT);
}

void handle_init(struct handle_table *t)
{
    for (uint32_t i = 0; i < HANDLE_DIRS; i++)
        t->dir[i] = t->links[i] = NO_FRAME;
    for (uint32_t i = 0; i < HANDLE_KINDS; i++) {
        t->free[i] = HANDLE_NONE;
        t->live[i] = 0;
    }
    t->slabs = 0;
}

/* The frame of a slab's links, 0 (which is never mm's) if there is none yet; NULL: there is no
 * directory of them. */
static uint32_t *links_word(const struct handle_table *t, uint32_t slab)
{
    pfn_t dir = t->links[slab / HANDLE_DIR];

    return dir != NO_FRAME ? (uint32_t *)port_frame(dir) + slab % HANDLE_DIR : NULL;
}

void handle_fini(struct handle_table *t)
{
    for (uint32_t i = 0; i < HANDLE_KINDS; i++)
        assert(t->live[i] == 0);
    for (uint32_t i = 0; i < t->slabs; i++) {
        uint32_t *links = links_word(t, i);

        own_frame_free(*handle_dir_word(t, i) & ((1u << HANDLE_SLAB_KIND) - 1));
        if (links != NULL && *links != 0)
            own_frame_free(*links);
    }
    for (uint32_t i = 0; i < HANDLE_DIRS; i++) {
        if (t->dir[i] != NO_FRAME)
            own_frame_free(t->dir[i]);
        if (t->links[i] != NO_FRAME)
            own_frame_free(t->links[i]);
    }
    handle_init(t);
}

status_t handle_link_reserve(struct handle_table *t, uint32_t index)
{
    uint32_t slab = index / HANDLE_SLAB;
    status_t st = t->links[slab / HANDLE_DIR] != NO_FRAME
                      ? OK
                      : own_frame_new(&t->links[slab / HANDLE_DIR]);
    pfn_t frame;

    if (st != OK) {
        t->links[slab / HANDLE_DIR] = NO_FRAME;
        return st;
    }
    if (*links_word(t, slab) != 0)
        return OK;
    st = own_frame_new(&frame);
    if (st == OK)
        *links_word(t, slab) = frame;
    return st;
}

struct handle_link *handle_link(const struct handle_table *t, uint32_t index)
{
    struct handle_link *links = port_frame(*links_word(t, index / HANDLE_SLAB));

    return &links[index % HANDLE_SLAB];
}

/* One more slab; all its entries are free ones of this kind. */
static status_t grow(struct handle_table *t, enum mm_kind kind)
{
    pfn_t frame;

    if (t->slabs == HANDLE_SLABS)
        return E_NOMEM;
    if (t->dir[t->slabs / HANDLE_DIR] == NO_FRAME) {
        status_t st = own_frame_new(&t->dir[t->slabs / HANDLE_DIR]);

        if (st != OK) {
            t->dir[t->slabs / HANDLE_DIR] = NO_FRAME;
            return st;
        }
    }
    status_t st = own_frame_new(&frame);

    if (st != OK)
        return st;

    uint32_t first = t->slabs * HANDLE_SLAB;
    struct handle_slab *slab = port_frame(frame);

    *handle_dir_word(t, t->slabs++) = frame | (uint32_t)kind << HANDLE_SLAB_KIND;
    for (uint32_t i = 0; i < HANDLE_SLAB; i++) {
        slab->number[i] = HANDLE_CLOSED | (first + i) | (uint64_t)kind << KIND_SHIFT;
        slab->entry[i].value = i + 1 < HANDLE_SLAB ? first + i + 1 : t->free[kind];
        slab->entry[i].meta = handle_meta(0, 0);
    }
    t->free[kind] = first;
    return OK;
}

status_t handle_reserve(struct handle_table *t, enum mm_kind kind)
{
    if ((kind == KIND_CURSOR || kind == KIND_WINDOW) && t->live[kind] == MM_QUOTA)
        return E_QUOTA;
    return t->free[kind] == HANDLE_NONE ? grow(t, kind) : OK;
}

status_t handle_new(struct handle_table *t, enum mm_kind kind, uint32_t value, uint32_t meta,
                    uint64_t *number)
{
    assert(kind != KIND_NONE);
    assert(kind == KIND_FRAME || (meta & HANDLE_NOT_ONE) != 0);

    status_t st = handle_reserve(t, kind);

    if (st != OK)
        return st;

    struct handle_entry *e = handle_at(t, t->free[kind]);
    uint64_t *n = handle_number(e);

    t->free[kind] = e->value;
    *n = (*n & ~HANDLE_CLOSED) + (1ull << GEN_SHIFT);
    e->value = value;
    e->meta = meta;
    t->live[kind]++;
    *number = *n;
    return OK;
}

status_t handle_find(const struct handle_table *t, uint64_t number, enum mm_kind kind,
                     struct handle_entry **out)
{
    uint32_t index = (uint32_t)number & ((1u << HANDLE_INDEX_BITS) - 1);

    if (index / HANDLE_SLAB >= t->slabs || number >> 56 != 0)
        return E_HANDLE;

    struct handle_entry *e = handle_at(t, index);
    uint64_t last = *handle_number(e);

    if (last == number) {
        *out = e;
        return kind == KIND_NONE || handle_kind(number) == kind ? OK : E_HANDLE;
    }

    bool given = handle_kind(last) == handle_kind(number) && generation(number) >= 1 &&
                 generation(number) <= generation(last);

    return given ? E_STALE : E_HANDLE;
}

void handle_close(struct handle_table *t, struct handle_entry *e)
{
    uint64_t number = *handle_number(e);
    uint32_t kind = handle_kind(number);

    assert((number & HANDLE_CLOSED) == 0);
    *handle_number(e) = number | HANDLE_CLOSED;
    e->meta = handle_meta(0, 0);
    t->live[kind]--;
    if (generation(number) == UINT32_MAX)
        return; /* no number is left for this entry */
    e->value = t->free[kind];
    t->free[kind] = (uint32_t)number & ((1u << HANDLE_INDEX_BITS) - 1);
}

struct handle_entry *handle_next(const struct handle_table *t, uint32_t *index)
{
    while (*index < t->slabs * HANDLE_SLAB) {
        struct handle_entry *e = handle_at(t, (*index)++);

        if ((*handle_number(e) & HANDLE_CLOSED) == 0)
            return e;
    }
    return NULL;
}
