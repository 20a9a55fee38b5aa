/*
 * The entry codec: what the words of a page-table node mean, and back.
 *
 * An entry is valid iff it is present or marked. The mark is bit 7: every leaf has it, in a
 * level-2 leaf as the page-size bit, in a level-1 leaf as the PAT bit, which changes nothing
 * because PAT entries 4..7 equal 0..3. So a leaf that grants nothing (not present) is still
 * valid and keeps its frame, and a leaf and a link never look alike. An invalid entry is 0.
 *
 * Shared by mm's core, which only reads entries, and the kernel, which makes them. Written
 * with divisions by literals for the prover's sake (see base/va.h).
 */
#pragma once
#include "abi/types.h"

#define PTE_PRESENT 0x1ull
#define PTE_WRITE 0x2ull
#define PTE_USER 0x4ull
#define PTE_PWT 0x8ull
#define PTE_PCD 0x10ull
#define PTE_ACCESSED 0x20ull
#define PTE_DIRTY 0x40ull
#define PTE_LEAF 0x80ull
#define PTE_GLOBAL 0x100ull
#define PTE_AVAIL1 0x0010000000000000ull /* a device page: its frame is not counted */
#define PTE_AVAIL2 0x0020000000000000ull
#define PTE_NX 0x8000000000000000ull

/* Whether the entry has this one bit (a PTE_* literal). */
#define PTE_HAS(entry, bit) ((entry) / (bit) % 2 != 0)

static inline bool pte_is_leaf(uint64_t e) { return PTE_HAS(e, PTE_LEAF); }
static inline bool pte_is_device(uint64_t e) { return PTE_HAS(e, PTE_AVAIL1); }

static inline bool pte_valid(uint64_t e)
{
    return PTE_HAS(e, PTE_PRESENT) || PTE_HAS(e, PTE_LEAF);
}

static inline bool pte_is_table(uint64_t e)
{
    return PTE_HAS(e, PTE_PRESENT) && !PTE_HAS(e, PTE_LEAF);
}

/*
 * The frame that an entry of a level names: the node below, or the first frame of the leaf.
 * Bits that a larger leaf does not use for its address are left out.
 * Requires: level 1..3 for a leaf; for a link use level 1, whose address has every bit.
 */
static inline pfn_t pte_frame(uint64_t e, uint32_t level)
{
    switch (level) {
    case 2:
        return (pfn_t)(e / 0x200000 % 0x80000000 * 512);
    case 3:
        return (pfn_t)(e / 0x40000000 % 0x400000 * 0x40000);
    default:
        return (pfn_t)(e / 0x1000 % 0x10000000000);
    }
}

/* The node that a link refers to. Requires: pte_is_table(e). */
static inline pfn_t pte_child(uint64_t e) { return (pfn_t)(e / 0x1000 % 0x10000000000); }

/* A link to a node: all rights, its leaves decide. */
static inline uint64_t pte_table(pfn_t node)
{
    return (uint64_t)node * PAGE_BYTES + (PTE_PRESENT + PTE_WRITE + PTE_USER);
}

/* The cache kind's bits: PCD alone selects the PAT entry that write-combines. */
static inline uint64_t pte_cache_bits(enum cache_kind kind)
{
    return (uint64_t)kind % 4 * PTE_PWT;
}

static inline enum cache_kind pte_prop_cache(uint32_t prop)
{
    return (enum cache_kind)(prop / 0x100 % 4);
}

/* What a property adds to a leaf's address: all bits of the entry but the frame. */
static inline uint64_t pte_leaf_bits(uint32_t prop)
{
    /* R and W, accessed and dirty, both AVAIL are pairs of neighbours in either word. */
    return PTE_LEAF + PTE_USER + prop % 4 * PTE_PRESENT + (1 - prop / PROP_X % 2) * PTE_NX +
           prop / PROP_ACCESSED % 4 * PTE_ACCESSED + prop / PROP_AVAIL1 % 4 * PTE_AVAIL1 +
           pte_cache_bits(pte_prop_cache(prop));
}

/*
 * A leaf. The same word serves every level at which its frame is aligned.
 * Requires: prop has none but enum prop_bit.
 */
static inline uint64_t pte_leaf(pfn_t first, uint32_t prop)
{
    return (uint64_t)first * PAGE_BYTES + pte_leaf_bits(prop);
}

/* The property of a leaf, accessed and dirty included. Requires: pte_is_leaf(e). */
static inline uint16_t pte_prop(uint64_t e)
{
    uint64_t low = e % 2 * PROP_R + e / PTE_WRITE % 2 * PROP_W + (1 - e / PTE_NX) * PROP_X +
                   e / PTE_ACCESSED % 2 * PROP_ACCESSED + e / PTE_DIRTY % 2 * PROP_DIRTY +
                   e / PTE_AVAIL1 % 2 * PROP_AVAIL1 + e / PTE_AVAIL2 % 2 * PROP_AVAIL2;
    uint64_t kind = e / PTE_PCD % 2 * CACHE_WC + e / PTE_PWT % 2;

    return (uint16_t)(low + kind * 0x100);
}

/* What PROTECT leaves of a leaf: its frame, its device mark, accessed and dirty. */
static inline uint64_t pte_keep(uint64_t e)
{
    return e / 0x1000 % 0x20000000000 * 0x1000 + e / PTE_ACCESSED % 4 * PTE_ACCESSED;
}
