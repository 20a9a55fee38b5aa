/* The codec over every property, level and a spread of frames, and what an MMU makes of it. */
#include <criterion/criterion.h>

#include "base/pte.h"
#include "memory_arch.h"
#include "soft_mmu.h"

static const pfn_t frames[] = { 0, 1, 2, 511, 512, 513, 0x3ffff, 0x40000, 0x80000,
                                0xfffff, 0x1fffff, 0x12345678, 0x7fffffff, 0xfffffffe };

enum { FRAMES = sizeof(frames) / sizeof(frames[0]), PROPS = 0x400 };

static bool is_prop(uint32_t prop)
{
    return (prop & 0x20) == 0;
}

static uint32_t aligned(uint32_t frame, uint32_t level)
{
    uint32_t unit = level == 1 ? 1 : level == 2 ? 512 : 512 * 512;

    return frame / unit * unit;
}

Test(pte, decoding_is_the_inverse_of_encoding)
{
    for (uint32_t level = 1; level <= 3; level++)
        for (uint32_t n = 0; n < FRAMES; n++)
            for (uint32_t prop = 0; prop < PROPS; prop++) {
                pfn_t f = aligned(frames[n], level);
                uint64_t e = pte_leaf(f, prop);

                if (!is_prop(prop))
                    continue;
                cr_assert_eq(pte_frame(e, level), f);
                cr_assert_eq(pte_prop(e), prop);
                cr_assert(pte_valid(e) && pte_is_leaf(e) && !pte_is_table(e));
                cr_assert_eq(pte_is_device(e), (prop & PROP_AVAIL1) != 0);
            }
}

Test(pte, bits_are_where_the_manual_has_them)
{
    for (uint32_t prop = 0; prop < PROPS; prop++) {
        uint64_t e = pte_leaf(0x12345, prop);
        uint32_t cache = prop >> 8;

        if (!is_prop(prop))
            continue;
        cr_assert_eq(e & 1, (prop & PROP_R) != 0);
        cr_assert_eq(e >> 1 & 1, (prop & PROP_W) != 0);
        cr_assert_eq(e >> 2 & 1, 1u);
        cr_assert_eq(e >> 3 & 1, cache == CACHE_WT || cache == CACHE_UC);
        cr_assert_eq(e >> 4 & 1, cache == CACHE_WC || cache == CACHE_UC);
        cr_assert_eq(e >> 5 & 1, (prop & PROP_ACCESSED) != 0);
        cr_assert_eq(e >> 6 & 1, (prop & PROP_DIRTY) != 0);
        cr_assert_eq(e >> 7 & 1, 1u);
        cr_assert_eq(e >> 8 & 0xf, 0u);
        cr_assert_eq(e >> 12 & 0xffffffffff, 0x12345u);
        cr_assert_eq(e >> 52 & 1, (prop & PROP_AVAIL1) != 0);
        cr_assert_eq(e >> 53 & 1, (prop & PROP_AVAIL2) != 0);
        cr_assert_eq(e >> 54 & 0x1ff, 0u);
        cr_assert_eq(e >> 63, (prop & PROP_X) == 0);
    }
}

Test(pte, links_and_nothing_are_neither_leaves)
{
    for (uint32_t n = 0; n < FRAMES; n++) {
        uint64_t e = pte_table(frames[n]);

        cr_assert(pte_valid(e) && pte_is_table(e) && !pte_is_leaf(e));
        cr_assert_eq(pte_child(e), frames[n]);
        cr_assert_eq(e, (uint64_t)frames[n] << 12 | 7);
    }
    cr_assert(!pte_valid(0) && !pte_is_table(0) && !pte_is_leaf(0));
}

Test(pte, protect_keeps_frame_mark_accessed_and_dirty_only)
{
    for (uint32_t prop = 0; prop < PROPS; prop++) {
        uint32_t kept = prop & (PROP_ACCESSED | PROP_DIRTY | PROP_AVAIL1);
        uint64_t e;

        if (!is_prop(prop))
            continue;
        e = pte_keep(pte_leaf(0xabcde, prop)) + pte_leaf_bits(PROP_R | PROP_X);
        cr_assert_eq(pte_prop(e), kept | PROP_R | PROP_X);
        cr_assert_eq(pte_frame(e, 1), 0xabcdeu);
    }
}

/* Frames 2, 3, 4 and 5 are nodes of levels 4 to 1; the leaf stands at entry 7 everywhere. */
static struct mmu_result walk_one(uint64_t leaf, uint32_t level, enum mmu_access access)
{
    vaddr_t va = 7ull << 39 | 7ull << 30 | 7ull << 21 | 7ull << 12 | 0x123;

    memory_reset(16);
    for (uint32_t l = 4; l > level; l--)
        memory_frame(6 - l)[7] = pte_table(7 - l);
    memory_frame(6 - level)[7] = leaf;
    return soft_mmu_walk(2, va, access);
}

Test(pte, an_mmu_reads_every_leaf_as_it_was_meant)
{
    for (uint32_t level = 1; level <= 2; level++)
        for (uint32_t prop = 0; prop < PROPS; prop++) {
            uint64_t leaf = pte_leaf(0x13400, prop);
            struct mmu_result r = walk_one(leaf, level, MMU_READ);
            bool readable = (prop & PROP_R) != 0;
            bool writable = readable && (prop & PROP_W) != 0;
            bool executable = readable && (prop & PROP_X) != 0;

            if (!is_prop(prop))
                continue;
            cr_assert_eq(r.translated, readable);
            cr_assert_eq(walk_one(leaf, level, MMU_WRITE).translated, writable);
            cr_assert_eq(walk_one(leaf, level, MMU_FETCH).translated, executable);
            if (!readable)
                continue;
            cr_assert_eq(r.physical, 0x13400000u + (level == 1 ? 0x123u : 0x7123u));
            cr_assert_eq(r.span, level == 1 ? 4096u : HUGE_BYTES);
            cr_assert(!r.reserved && !r.global);
            cr_assert_eq((uint32_t)r.type, prop >> 8);
        }
}
