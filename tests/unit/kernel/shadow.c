/* See shadow.h. Nothing here looks at the kernel's tables but the lists of frames. */
#include "shadow.h"

#include <string.h>

#include "world.h"

struct shadow shadow;

static struct shadow saved;
static pfn_t first_node;
static uint8_t levels[SHADOW_NODES];

void shadow_reset(pfn_t first, const uint8_t level[SHADOW_NODES])
{
    memset(&shadow, 0, sizeof(shadow));
    memcpy(levels, level, sizeof(levels));
    first_node = first;
}

void shadow_new_call(void)
{
    shadow.pages = 0;
}

static uint32_t level_of(pfn_t f)
{
    return f >= first_node && f - first_node < SHADOW_NODES ? levels[f - first_node] : 0;
}

static bool is_data(pfn_t f)
{
    return f >= WORLD_DATA && f < WORLD_FRAMES && level_of(f) == 0;
}

static bool is_device(pfn_t f)
{
    return f >= WORLD_DEVICE && f < WORLD_DEVICE + WORLD_DEVICES;
}

static bool bad_shape(struct edit_rec r)
{
    bool maps = r.op == EDIT_MAP_RUN || r.op == EDIT_MAP_LIST;
    uint32_t flags = maps || r.op == EDIT_CLEAR ? EDIT_KEEP | EDIT_OLD : 0;
    bool single = r.op == EDIT_LINK || r.op == EDIT_UNLINK || r.op == EDIT_SPLIT ||
                  (r.op == EDIT_MAP_RUN && (r.flags & EDIT_HUGE) != 0);

    if (r.op == EDIT_MAP_RUN)
        flags |= EDIT_HUGE;
    if (r.op >= EDIT_OPS || (r.flags & ~flags) != 0 || r.count < 1 || r.count > 512)
        return true;
    if (single && r.count != 1)
        return true;
    if ((maps || r.op == EDIT_PROTECT) && (r.prop & ~(uint32_t)PROP_CLIENT) != 0)
        return true;
    if ((r.op == EDIT_MAP_LIST || r.op == EDIT_DROP_LIST) &&
        (uint64_t)r.frame + r.count > 512)
        return true;
    return r.op <= EDIT_SPLIT && (uint32_t)r.index + r.count > 512;
}

/* A leaf goes: with keep its references become holds. */
static void lose(struct shadow_entry *e, uint32_t level, bool keep)
{
    uint32_t span = level == 2 ? 512 : 1;

    for (uint32_t k = 0; k < span && is_data(e->frame); k++) {
        shadow.leaves[e->frame + k]--;
        if (keep)
            shadow.holds[e->frame + k]++;
    }
    *e = (struct shadow_entry){ 0 };
}

static status_t gain(struct shadow_entry *e, pfn_t frame, uint32_t span, uint32_t prop)
{
    bool uncached = prop >> PROP_CACHE_SHIFT == CACHE_UC;

    for (uint32_t k = 0; k < span; k++) {
        if (is_device(frame + k))
            continue;
        if (!is_data(frame + k))
            return E_TYPE;
        shadow.leaves[frame + k]++;
    }
    if (is_device(frame) && !uncached)
        return E_INVAL;
    *e = (struct shadow_entry){ SHADOW_LEAF, frame,
                                prop | (is_device(frame) ? PROP_AVAIL1 : 0u) };
    return OK;
}

static status_t spend(uint32_t pages)
{
    if (shadow.pages + pages > 512)
        return E_INVAL;
    shadow.pages += pages;
    return OK;
}

static status_t map(struct edit_rec r, uint32_t n, uint32_t level)
{
    bool huge = (r.flags & EDIT_HUGE) != 0;
    bool whole_run_fits = true;
    status_t status;

    if (level != (huge ? 2 : 1) || (huge && r.frame % 512 != 0))
        return E_LEVEL;
    if (huge && shadow.entry[n][r.index].kind == SHADOW_LINK)
        return E_BUSY;
    status = spend(huge ? 512 : r.count);
    for (uint32_t k = 0; k < r.count && status == OK; k++) {
        struct shadow_entry *e = &shadow.entry[n][r.index + k];
        pfn_t frame = r.op == EDIT_MAP_LIST ? edit_list[r.frame + k] : r.frame + k;

        if (r.op == EDIT_MAP_LIST && is_device(frame))
            return E_TYPE;
        whole_run_fits &= r.op == EDIT_MAP_LIST || is_device(frame) == is_device(r.frame);
        if (e->kind == SHADOW_LEAF)
            lose(e, level, (r.flags & EDIT_KEEP) != 0);
        status = gain(e, frame, huge ? 512 : 1, r.prop);
        if (status == E_INVAL && !is_device(r.frame + r.count - 1))
            status = E_TYPE; /* the run leaves the devices further on */
    }
    return status == OK && !whole_run_fits ? E_TYPE : status;
}

static status_t change(struct edit_rec r, uint32_t n, uint32_t level)
{
    uint32_t pages = 0;
    status_t status;

    if (r.op == EDIT_PROTECT && r.prop >> PROP_CACHE_SHIFT != CACHE_UC)
        for (uint32_t i = r.index; i < r.index + (uint32_t)r.count; i++)
            if (shadow.entry[n][i].kind == SHADOW_LEAF && is_device(shadow.entry[n][i].frame))
                return E_INVAL;
    for (uint32_t i = r.index; i < r.index + (uint32_t)r.count; i++) {
        if (shadow.entry[n][i].kind == SHADOW_LINK)
            return E_TYPE;
        pages += level > 1 && shadow.entry[n][i].kind == SHADOW_LEAF ? 512 : 1;
    }
    status = spend(pages);
    for (uint32_t i = r.index; i < r.index + (uint32_t)r.count && status == OK; i++) {
        struct shadow_entry *e = &shadow.entry[n][i];
        uint32_t kept = PROP_AVAIL1 | PROP_ACCESSED | PROP_DIRTY;

        if (e->kind != SHADOW_LEAF)
            continue;
        if (r.op == EDIT_CLEAR)
            lose(e, level, (r.flags & EDIT_KEEP) != 0);
        else
            e->prop = (e->prop & kept) | r.prop;
    }
    return status;
}

static status_t unlink(struct shadow_entry *e)
{
    if (e->kind != SHADOW_LINK)
        return E_BUSY;
    if (spend(1) != OK)
        return E_INVAL;
    shadow.linked[e->frame - first_node] = false;
    *e = (struct shadow_entry){ 0 };
    return OK;
}

static bool is_empty(uint32_t n)
{
    for (uint32_t i = 0; i < PT_ENTRIES; i++)
        if (shadow.entry[n][i].kind != SHADOW_HOLE)
            return false;
    return true;
}

static status_t attach(struct edit_rec r, struct shadow_entry *e, uint32_t level)
{
    bool split = r.op == EDIT_SPLIT;
    uint32_t child = r.frame - first_node;

    if (level == 1 || level_of(r.frame) != level - 1)
        return E_TYPE;
    if (shadow.linked[child])
        return E_BUSY;
    if (split && level != 2)
        return E_LEVEL;
    if (split ? e->kind != SHADOW_LEAF || !is_empty(child) : e->kind != SHADOW_HOLE)
        return E_BUSY;
    if (spend(split ? 512 : 1) != OK)
        return E_INVAL;
    for (uint32_t i = 0; i < PT_ENTRIES && split; i++)
        shadow.entry[child][i] = (struct shadow_entry){
            SHADOW_LEAF, e->frame + i, e->prop | PROP_ACCESSED | PROP_DIRTY
        };
    shadow.linked[child] = true;
    *e = (struct shadow_entry){ SHADOW_LINK, r.frame, 0 };
    return OK;
}

static status_t hold(struct edit_rec r)
{
    /* Whether a whole run is in memory is asked before the pages are spent. */
    if (r.op != EDIT_DROP_LIST && (uint64_t)r.frame + r.count > WORLD_FRAMES)
        return E_TYPE;
    if (spend(r.count) != OK)
        return E_INVAL;
    for (uint32_t k = 0; k < r.count; k++) {
        pfn_t f = r.op == EDIT_DROP_LIST ? edit_list[r.frame + k] : r.frame + k;

        if (!is_data(f))
            return E_TYPE;
        if (r.op != EDIT_HOLD_RUN && shadow.holds[f] == 0)
            return E_STALE;
        shadow.holds[f] += r.op == EDIT_HOLD_RUN ? 1u : UINT32_MAX;
    }
    return OK;
}

static status_t attempt(struct edit_rec r)
{
    uint32_t level = level_of(r.node);
    uint32_t n = r.node - first_node;

    if (bad_shape(r))
        return E_INVAL;
    if (r.op >= EDIT_HOLD_RUN)
        return hold(r);
    if (level == 0)
        return E_TYPE;
    if (level == 4 && (uint32_t)r.index + r.count > 256)
        return E_LEVEL;
    if (r.op == EDIT_MAP_RUN || r.op == EDIT_MAP_LIST)
        return map(r, n, level);
    if (r.op == EDIT_CLEAR || r.op == EDIT_PROTECT)
        return change(r, n, level);
    if (r.op == EDIT_UNLINK)
        return unlink(&shadow.entry[n][r.index]);
    return attach(r, &shadow.entry[n][r.index], level);
}

status_t shadow_edit(struct edit_rec r)
{
    status_t status;

    saved = shadow;
    status = attempt(r);
    if (status != OK)
        shadow = saved;
    return status;
}

struct shadow_entry shadow_find(pfn_t root, vaddr_t va)
{
    struct shadow_entry e = { SHADOW_LINK, root, 0 };
    uint32_t shift = 48;

    while (e.kind == SHADOW_LINK) {
        shift -= 9;
        e = shadow.entry[e.frame - first_node][va >> shift & 511];
    }
    if (e.kind == SHADOW_LEAF && shift == 21)
        e.frame += (pfn_t)(va >> 12 & 511);
    return e;
}
