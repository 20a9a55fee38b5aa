#include "attach.h"

#include <assert.h>

#include "edit_batch.h"
#include "map.h"
#include "window_walk.h"

struct vrange attach_pages(const struct window *w)
{
    vaddr_t first = w->start & ~(vaddr_t)(PAGE_BYTES - 1);
    vaddr_t behind = (w->end + PAGE_BYTES - 1) & ~(vaddr_t)(PAGE_BYTES - 1);

    return (struct vrange){ first, w->start < w->end ? behind : first };
}

static uint64_t need_of(const struct window *w)
{
    return w->writer ? WINDOW_WRITES : WINDOW_READS;
}

/* Is a page of the range attached from elsewhere? */
static bool is_place(const struct vm_space *s, struct vrange r)
{
    for (uint32_t i = 0; s->attached != 0 && i < WINDOW_MAX; i++) {
        const struct window *w = window_at(i);

        if (w->space != NULL && w->place == s && vrange_meets(attach_place(w), r))
            return true;
    }
    return false;
}

/* The frames of the pages, in the list of the edit page. */
static status_t gather(const struct window *w, struct vrange pages)
{
    struct window_walk walk = window_walk_of(w->space->root, need_of(w));
    uint32_t n = 0;

    if (is_place(w->space, pages))
        return E_FAULT;
    for (vaddr_t va = pages.start; va < pages.end; va += PAGE_BYTES) {
        uint64_t leaf = window_walk_leaf(&walk, va);

        if (leaf == 0)
            return E_FAULT;
        port_in->list[n++] = pte_frame(leaf, 1);
    }
    return OK;
}

static status_t map(const struct window *w, struct vrange pages, struct vm_space *place,
                    vaddr_t at)
{
    struct tlb_batch batch;
    struct map_job job = { .space = place,
                           .from = vm_space_top(place),
                           .va = at,
                           .pages = (pages.end - pages.start) / PAGE_BYTES,
                           .prop = (uint16_t)(w->writer ? PROP_R | PROP_W : PROP_R),
                           .excl = true,
                           .batch = &batch };
    status_t st;

    tlb_batch_init(&batch);
    st = map_list(&job);
    tlb_batch_dispatch(&batch, place->root);
    return st;
}

status_t attach_open(struct window *w, struct vm_space *place, vaddr_t at)
{
    struct vrange pages = attach_pages(w);
    status_t st = gather(w, pages);

    assert(w->place == NULL);
    if (st == OK && pages.start < pages.end)
        st = map(w, pages, place, at);
    if (st != OK)
        return st;
    attach_look(place, (struct vrange){ at, at + (pages.end - pages.start) }, true);
    w->place = place;
    w->at = at;
    w->pages = pages;
    w->space->attached++;
    place->attached++;
    window_hold(w);
    return OK;
}

/* Unmap the page at the place, if it is there. */
static void clear(struct vm_space *place, vaddr_t va, struct tlb_batch *batch)
{
    pfn_t node = pt_node_table(place->root, va);
    struct edit_rec rec = { .node = node,
                            .index = (uint16_t)vrange_index(va, 1),
                            .count = 1,
                            .op = EDIT_CLEAR,
                            .flags = edit_batch_flags(place->root) };
    struct port_edited out;
    status_t st;

    if (node == NO_FRAME || port_entry(node, rec.index) == 0)
        return;
    tlb_batch_issue(batch, va, 1);
    st = edit_batch_do(place->root, rec, batch, &out);
    assert(st == OK);
}

/* Unmap the pages of the place that are not in `kept`. */
static void clear_place(struct vm_space *place, struct vrange r, struct vrange kept)
{
    struct tlb_batch batch;

    tlb_batch_init(&batch);
    for (vaddr_t va = r.start; va < r.end; va += PAGE_BYTES)
        if (va < kept.start || va >= kept.end)
            clear(place, va, &batch);
    tlb_batch_dispatch(&batch, place->root);
}

/* It is not attached any more, whatever stands at its place. */
static void forget(struct window *w)
{
    w->space->attached--;
    w->place->attached--;
    w->place = NULL;
    window_dispose(w);
}

static void end(struct window *w, struct vrange kept)
{
    struct vm_space *place = w->place;
    struct vrange r = attach_place(w);

    forget(w);
    clear_place(place, r, kept);
}

void attach_close(struct window *w)
{
    end(w, (struct vrange){ 0, 0 });
}

/* Does the place's entry for a page of the window map what the window's space maps there, for
 * the same use? Also if it maps nothing. */
static bool is_same(const struct window *w, struct window_walk *walk, vaddr_t va)
{
    struct pt_slot slot = pt_node_slot(vm_space_top(w->place), w->at + (va - w->pages.start));
    uint64_t leaf;

    if (slot.entry == 0)
        return true;
    leaf = window_walk_leaf(walk, va);
    return leaf != 0 && slot.at.level == 1 && pte_frame(leaf, 1) == pte_frame(slot.entry, 1);
}

/* Unmap the attached pages that the window's space, changed in the range, has taken back. */
static void follow(struct window *w, struct vrange changed)
{
    struct window_walk walk = window_walk_of(w->space->root, need_of(w));
    struct vrange r = vrange_clip(w->pages, changed);
    struct tlb_batch batch;

    tlb_batch_init(&batch);
    for (vaddr_t va = r.start; va < r.end; va += PAGE_BYTES)
        if (!is_same(w, &walk, va))
            clear(w->place, w->at + (va - w->pages.start), &batch);
    tlb_batch_dispatch(&batch, w->place->root);
}

void attach_changed(struct vm_space *s, struct vrange r, bool owner)
{
    for (uint32_t i = 0; s->attached != 0 && i < WINDOW_MAX; i++) {
        struct window *w = window_at(i);

        if (w->space == NULL || w->place == NULL)
            continue;
        if (owner && w->place == s && vrange_meets(attach_place(w), r))
            end(w, r);
        else if (w->space == s && vrange_meets(w->pages, r))
            follow(w, r);
    }
}

/* Is a page mapped in the range, which is a part of the place? */
static bool any_mapped(const struct vm_space *place, struct vrange r)
{
    struct pt_slot leaf;

    return pt_node_find(vm_space_top(place), r, &leaf);
}

bool attach_raises(const struct vm_space *s, struct vrange r, uint32_t prop)
{
    for (uint32_t i = 0; s->attached != 0 && i < WINDOW_MAX; i++) {
        const struct window *w = window_at(i);
        uint32_t most = PROP_R | (w->writer ? PROP_W : 0);

        if (w->space == NULL || w->place != s || !vrange_meets(attach_place(w), r))
            continue;
        if ((prop & (PROP_R | PROP_W | PROP_X) & ~most) != 0 &&
            any_mapped(s, vrange_clip(attach_place(w), r)))
            return true;
    }
    return false;
}

void attach_space_gone(struct vm_space *s)
{
    for (uint32_t i = 0; s->attached != 0 && i < WINDOW_MAX; i++)
        if (window_at(i)->space != NULL && window_at(i)->place == s)
            forget(window_at(i));
}

bool attach_sound(const struct window *w)
{
    struct window_walk walk = window_walk_of(w->space->root, need_of(w));
    bool sound = true;

    for (vaddr_t va = w->pages.start; va < w->pages.end; va += PAGE_BYTES) {
        struct pt_slot slot =
            pt_node_slot(vm_space_top(w->place), w->at + (va - w->pages.start));

        sound &= is_same(w, &walk, va) &&
                 (slot.entry == 0 || w->writer || (slot.entry & PTE_WRITE) == 0);
    }
    return sound;
}
