/*
 * Through the tables as the processor would go, checking in software what it would check:
 * the bytes that a space lets its user read or write at an address.
 *
 * The level-1 node (or leaf of 2 MiB) found last is kept, so that neighbouring pages cost one
 * load. It is good only as long as no table changes: a walk does not outlive one request, or
 * one slice of it.
 */
#pragma once
#include "base/pte.h"
#include "port.h"
#include "vrange.h"

/* What the leaf must have. A window never reaches device pages: mm does not see them. */
#define WINDOW_READS PTE_PRESENT
#define WINDOW_WRITES (PTE_PRESENT | PTE_WRITE)

struct window_walk {
    pfn_t root;
    uint64_t need;  /* WINDOW_READS or WINDOW_WRITES */
    vaddr_t block;  /* the 2 MiB that `entry` translates; all ones: none */
    uint64_t entry; /* of level 2: a link, a leaf, or 0: nothing is there */
};

static inline struct window_walk window_walk_of(pfn_t root, uint64_t need)
{
    return (struct window_walk){ root, need, ~0ull, 0 };
}

/* Find the level-2 entry for va; a hole above makes it 0. */
static inline void window_walk_enter(struct window_walk *w, vaddr_t va)
{
    uint64_t entry = port_entry(w->root, va_index(va, 4));

    w->block = va / HUGE_BYTES;
    if (entry != 0)
        entry = port_entry(pte_child(entry), va_index(va, 3));
    w->entry = pte_is_table(entry) ? port_entry(pte_child(entry), va_index(va, 2)) : 0;
}

/* The leaf that translates va, as an entry of level 1, also of a piece of a larger one; 0: no
 * leaf, or one that lacks what is needed. */
static inline uint64_t window_walk_leaf(struct window_walk *w, vaddr_t va)
{
    uint64_t leaf;

    if (va / HUGE_BYTES != w->block)
        window_walk_enter(w, va);
    if (w->entry == 0)
        return 0;
    leaf = pte_is_leaf(w->entry) ? w->entry + va % HUGE_BYTES / PAGE_BYTES * PAGE_BYTES
                                 : port_entry(pte_child(w->entry), va_index(va, 1));
    return (leaf & (w->need | PTE_AVAIL1)) == w->need ? leaf : 0;
}

/* The byte at va in mm's view of memory, and those behind it up to the end of the page; NULL:
 * the page is not there for this use. Requires: va < USER_END. */
static inline uint8_t *window_walk_byte(struct window_walk *w, vaddr_t va)
{
    uint64_t leaf = window_walk_leaf(w, va);

    return leaf == 0 ? NULL : (uint8_t *)port_frame(pte_frame(leaf, 1)) + va % PAGE_BYTES;
}
