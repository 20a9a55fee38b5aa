/*
 * Random records, good and bad, in calls of several: pt_edit and its shadow must agree on
 * every status, every count and, through an independent MMU, every translation.
 */
#include <criterion/criterion.h>

#include "base/pte.h"
#include "kernel/kcheck.h"
#include "memory_arch.h"
#include "shadow.h"
#include "soft_mmu.h"
#include "world.h"

enum { CALLS = 500, RECORDS = 4 };

static const uint8_t level[SHADOW_NODES] = { 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2,
                                             1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
static uint64_t seed;
static uint32_t pages_seen; /* translations that reached a page */

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % below);
}

static pfn_t a_node(void)
{
    return draw(30) == 0 ? draw(WORLD_FRAMES + 3) : WORLD_NODES + draw(SHADOW_NODES);
}

/* Few different frames, so that they are mapped, held and dropped again and again. */
static pfn_t a_frame(void)
{
    switch (draw(16)) {
    case 0:
        return draw(WORLD_FRAMES + 600);
    case 1:
        return WORLD_DEVICE - 4 + draw(WORLD_DEVICES + 8);
    case 2:
        return WORLD_NODES - 20 + draw(30);
    default:
        return WORLD_DATA + draw(24);
    }
}

static uint16_t an_index(void)
{
    return (uint16_t)(draw(20) == 0 ? draw(600) : draw(6) == 0 ? 250 + draw(10) : draw(12));
}

static uint16_t a_prop(void)
{
    uint32_t prop = draw(64) == 0 ? draw(0x800) : draw(0x400) & PROP_CLIENT;

    if (draw(3) == 0)
        prop |= CACHE_UC << PROP_CACHE_SHIFT;
    return (uint16_t)prop;
}

/* A node and one of the next level: the link is good unless one is in use already. */
static void link_well(struct edit_rec *r)
{
    uint32_t n = draw(12), child = draw(SHADOW_NODES);

    while (level[child] + 1 != level[n])
        child = draw(SHADOW_NODES);
    r->node = WORLD_NODES + n;
    r->frame = WORLD_NODES + child;
    r->index = (uint16_t)draw(256);
}

static struct edit_rec a_record(void)
{
    struct edit_rec r = { .node = a_node(), .index = an_index(), .prop = a_prop() };

    r.op = (uint8_t)draw(draw(50) == 0 ? 12 : EDIT_OPS);
    r.count = (uint16_t)(draw(8) == 0 ? draw(520) : 1 + draw(20));
    r.flags = (uint8_t)(draw(3) != 0 ? 0 : draw(4));
    r.frame = a_frame();
    if (r.op == EDIT_MAP_LIST || r.op == EDIT_DROP_LIST)
        r.frame = draw(20) == 0 ? draw(600) : draw(400);
    if (r.op == EDIT_UNLINK && draw(3) != 0)
        r.op = EDIT_LINK;
    if (r.op == EDIT_LINK || r.op == EDIT_SPLIT)
        r.frame = a_node();
    if (r.op == EDIT_LINK && draw(8) != 0)
        link_well(&r);
    if ((r.op >= EDIT_LINK && r.op <= EDIT_SPLIT) && draw(20) != 0) {
        r.count = 1;
        r.flags = 0;
    }
    if (r.op == EDIT_MAP_RUN && draw(4) == 0) {
        r.flags |= EDIT_HUGE;
        r.count = 1;
        r.node = WORLD_NODES + 5 + draw(7);
        r.frame = (1 + draw(2)) * 512 + (draw(8) == 0 ? WORLD_DEVICE - 512 : 0);
    }
    return r;
}

static void fill_list(void)
{
    for (uint32_t k = 0; k < 512; k++)
        edit_list[k] = draw(60) == 0 ? a_frame() : WORLD_DATA + draw(24);
}

static void compare_counts(void)
{
    pfn_t where;
    uint32_t row = kcheck(&where);

    cr_assert_eq(row, 0u, "row %u fails at frame %u", row, where);
    for (pfn_t f = WORLD_DATA; f < WORLD_NODES; f++) {
        cr_assert_eq(frame_parent[f], shadow.holds[f], "holds of frame %u", f);
        cr_assert_eq(frame_refs[f], shadow.holds[f] + shadow.leaves[f], "refs of %u", f);
    }
}

static void compare_page(pfn_t root, vaddr_t va)
{
    struct shadow_entry e = shadow_find(root, va);
    struct mmu_result read = soft_mmu_walk(root, va, MMU_READ);
    bool readable = e.kind == SHADOW_LEAF && (e.prop & PROP_R) != 0;
    bool writable = readable && (e.prop & PROP_W) != 0;
    bool executable = readable && (e.prop & PROP_X) != 0;

    cr_assert_eq(read.translated, readable, "at %lx", va);
    cr_assert_eq(soft_mmu_walk(root, va, MMU_WRITE).translated, writable);
    cr_assert_eq(soft_mmu_walk(root, va, MMU_FETCH).translated, executable);
    if (!readable)
        return;
    pages_seen++;
    cr_assert_eq(read.physical >> 12, e.frame);
    cr_assert(!read.reserved && !read.global);
    cr_assert_eq((uint32_t)read.type, e.prop >> PROP_CACHE_SHIFT);
}

/* The first entry of a node, from a random one on, that is not a hole; else any. */
static uint32_t an_entry(pfn_t node)
{
    uint32_t from = draw(PT_ENTRIES);

    for (uint32_t k = 0; k < PT_ENTRIES; k++)
        if (shadow.entry[node - WORLD_NODES][(from + k) % PT_ENTRIES].kind != SHADOW_HOLE)
            return (from + k) % PT_ENTRIES;
    return from;
}

/* An address that leads as far down as the tree goes there, most of the time. */
static vaddr_t an_address(pfn_t root)
{
    vaddr_t va = 0;
    pfn_t node = root;

    for (uint32_t shift = 39; shift >= 12; shift -= 9) {
        uint32_t index = draw(20) == 0 || node == 0 ? draw(512) : an_entry(node);

        index %= shift == 39 ? 256 : 512;
        va |= (vaddr_t)index << shift;
        if (node != 0 && shadow.entry[node - WORLD_NODES][index].kind == SHADOW_LINK)
            node = shadow.entry[node - WORLD_NODES][index].frame;
        else
            node = 0;
    }
    return va + draw(4096);
}

static void compare_translations(pfn_t root)
{
    for (uint32_t k = 0; k < 100; k++)
        compare_page(root, an_address(root));
}

static void one_call(void)
{
    struct edit_rec recs[RECORDS];
    status_t expected = OK;
    uint32_t done = 0;

    fill_list();
    shadow_new_call();
    for (uint32_t k = 0; k < RECORDS; k++)
        edit_recs[k] = recs[k] = a_record();
    while (done < RECORDS && expected == OK) {
        expected = shadow_edit(recs[done]);
        done += expected == OK;
    }
    cr_assert_eq(edit_run(WORLD_NODES, RECORDS), expected, "op %u: %d expected, %u done",
                 recs[done % RECORDS].op, expected, edit_answer.done);
    cr_assert_eq(edit_answer.done, done);
}

static void run(uint64_t from)
{
    uint64_t refused = 0;

    seed = from;
    world_new();
    for (uint32_t n = 0; n < SHADOW_NODES; n++)
        (void)world_make((enum frame_type)(FRAME_PT1 + level[n] - 1));
    shadow_reset(WORLD_NODES, level);
    for (uint32_t call = 0; call < CALLS; call++) {
        one_call();
        refused += edit_answer.done != RECORDS;
        compare_counts();
        compare_translations(WORLD_NODES + draw(2));
    }
    cr_assert(refused > CALLS / 10 && refused < CALLS, "both outcomes are drawn");
    cr_assert(pages_seen > 10 * CALLS, "only %u walks reached a page", pages_seen);
}

Test(edit_random, kernel_and_shadow_agree_on_the_first_sequence) { run(1); }
Test(edit_random, kernel_and_shadow_agree_on_the_second_sequence) { run(20261123); }
Test(edit_random, kernel_and_shadow_agree_on_the_third_sequence) { run(0xc0ffee); }
