/* Each check of pt_edit, from both sides. world_edit sees to it that a refusal changes
 * nothing and that every invariant holds after every record. */
#include <criterion/criterion.h>

#include "base/pte.h"
#include "kernel/kcorrupt.h"
#include "kernel/tlb.h"
#include "memory_arch.h"
#include "world.h"

enum { RW = PROP_R | PROP_W, UC = CACHE_UC << PROP_CACHE_SHIFT };

#define PT1 (world_node[1])
#define PT2 (world_node[2])
#define PT4 (world_node[4])

static void setup(void)
{
    world_new();
    world_tree();
}

static struct edit_rec map_run(pfn_t node, uint16_t index, uint16_t count, pfn_t frame)
{
    return (struct edit_rec){ .node = node, .index = index, .count = count,
                              .op = EDIT_MAP_RUN, .prop = RW, .frame = frame };
}

static struct edit_rec map_huge(uint16_t index, pfn_t frame)
{
    return (struct edit_rec){ .node = PT2, .index = index, .count = 1, .op = EDIT_MAP_RUN,
                              .flags = EDIT_HUGE, .prop = RW, .frame = frame };
}

static struct edit_rec map_list(uint16_t index, uint16_t count, uint32_t at)
{
    return (struct edit_rec){ .node = PT1, .index = index, .count = count,
                              .op = EDIT_MAP_LIST, .prop = RW, .frame = at };
}

static struct edit_rec clear(pfn_t node, uint16_t index, uint16_t count, uint8_t flags)
{
    return (struct edit_rec){ .node = node, .index = index, .count = count,
                              .op = EDIT_CLEAR, .flags = flags };
}

static struct edit_rec protect(pfn_t node, uint16_t index, uint16_t count, uint16_t prop)
{
    return (struct edit_rec){ .node = node, .index = index, .count = count,
                              .op = EDIT_PROTECT, .prop = prop };
}

static struct edit_rec one(enum edit_op op, pfn_t node, uint16_t index, pfn_t frame)
{
    return (struct edit_rec){ .node = node, .index = index, .count = 1, .op = (uint8_t)op,
                              .frame = frame };
}

static struct edit_rec holds(enum edit_op op, pfn_t frame, uint16_t count)
{
    return (struct edit_rec){ .count = count, .op = (uint8_t)op, .frame = frame };
}

#define DOES(rec) cr_assert_eq(world_edit(rec), OK)
#define REFUSES(rec, why) cr_assert_eq(world_edit(rec), why)

/* shape */

Test(edit, an_unknown_operation_or_a_foreign_flag_is_malformed, .init = setup)
{
    REFUSES(one(EDIT_OPS, PT1, 0, WORLD_DATA), E_INVAL);
    REFUSES(one((enum edit_op)255, PT1, 0, WORLD_DATA), E_INVAL);
    for (uint32_t op = 0; op < EDIT_OPS; op++)
        for (uint32_t flags = 0; flags < 256; flags++) {
            struct edit_rec r = one((enum edit_op)op, PT1, 0, 0);
            uint32_t known = op == EDIT_MAP_RUN ? 7 : op == EDIT_MAP_LIST ? 3 :
                             op == EDIT_CLEAR ? 3 : 0;

            r.flags = (uint8_t)flags;
            if ((flags & ~known) != 0)
                REFUSES(r, E_INVAL);
        }
}

Test(edit, counts_and_indices_stay_in_the_node, .init = setup)
{
    REFUSES(map_run(PT1, 0, 0, WORLD_DATA), E_INVAL);
    REFUSES(map_run(PT1, 0, 513, WORLD_DATA), E_INVAL);
    REFUSES(map_run(PT1, 512, 1, WORLD_DATA), E_INVAL);
    REFUSES(map_run(PT1, 65535, 1, WORLD_DATA), E_INVAL);
    REFUSES(map_run(PT1, 511, 2, WORLD_DATA), E_INVAL);
    REFUSES(map_run(PT1, 1, 512, WORLD_DATA), E_INVAL);
    DOES(map_run(PT1, 511, 1, WORLD_DATA));
    DOES(map_run(PT1, 0, 512, WORLD_DATA));
    REFUSES(clear(PT1, 0, 0, 0), E_INVAL);
    REFUSES(clear(PT1, 2, 511, 0), E_INVAL);
    REFUSES(holds(EDIT_HOLD_RUN, WORLD_DATA, 0), E_INVAL);
    REFUSES(holds(EDIT_DROP_RUN, WORLD_DATA, 513), E_INVAL);
    for (enum edit_op op = EDIT_LINK; op <= EDIT_SPLIT; op++) {
        struct edit_rec r = one(op, PT2, 0, PT1);

        r.count = 2;
        REFUSES(r, E_INVAL);
        r.count = 0;
        REFUSES(r, E_INVAL);
    }
    REFUSES(map_list(0, 2, 511), E_INVAL);
    REFUSES(map_list(0, 1, 512), E_INVAL);
    REFUSES(map_list(0, 1, NO_FRAME), E_INVAL);
    REFUSES(holds(EDIT_DROP_LIST, 511, 2), E_INVAL);
}

Test(edit, a_client_property_is_rights_mark_and_cache_only, .init = setup)
{
    for (uint32_t prop = 0; prop < 0x10000; prop += prop < 0x800 ? 1 : 0x3f7) {
        struct edit_rec r = map_run(PT1, 0, 1, WORLD_DATA);

        r.prop = (uint16_t)prop;
        if ((prop & ~(uint32_t)PROP_CLIENT) != 0) {
            REFUSES(r, E_INVAL);
            REFUSES(protect(PT1, 0, 1, (uint16_t)prop), E_INVAL);
        } else {
            DOES(r);
            cr_assert_eq(pt_load(PT1, 0), pte_leaf(WORLD_DATA, prop));
        }
    }
}

Test(edit, only_a_node_has_entries, .init = setup)
{
    static const pfn_t not_nodes[] = { 0, WORLD_NONE, WORLD_DATA, WORLD_FRAMES, NO_FRAME };

    for (uint32_t op = 0; op < EDIT_HOLD_RUN; op++)
        for (uint32_t k = 0; k < 5; k++)
            REFUSES(one((enum edit_op)op, not_nodes[k], 0, 0), E_TYPE);
    REFUSES(clear(world_make(FRAME_OBJECT), 0, 1, 0), E_TYPE);
}

Test(edit, the_kernel_half_of_a_root_is_nobodys, .init = setup)
{
    pfn_t child = world_make(FRAME_PT3);

    for (uint32_t index = 256; index < 512; index++) {
        REFUSES(one(EDIT_LINK, PT4, (uint16_t)index, child), E_LEVEL);
        REFUSES(one(EDIT_UNLINK, PT4, (uint16_t)index, child), E_LEVEL);
        REFUSES(clear(PT4, (uint16_t)index, 1, 0), E_LEVEL);
        REFUSES(protect(PT4, (uint16_t)index, 1, 0), E_LEVEL);
        REFUSES(map_run(PT4, (uint16_t)index, 1, WORLD_DATA), E_LEVEL);
    }
    REFUSES(clear(PT4, 255, 2, 0), E_LEVEL);
    DOES(one(EDIT_LINK, PT4, 255, child));
    DOES(clear(PT4, 1, 254, 0));
}

Test(edit, a_call_touches_at_most_512_pages, .init = setup)
{
    uint32_t frame = WORLD_DATA;

    edit_recs[0] = map_run(PT1, 0, 500, frame);
    edit_recs[1] = clear(PT1, 0, 12, 0);
    edit_recs[2] = holds(EDIT_HOLD_RUN, frame, 1);
    cr_assert_eq(edit_run(PT4, 3), E_INVAL);
    cr_assert_eq(edit_answer.done, 2u);
    cr_assert_eq(edit_answer.removed, 12u);
    cr_assert_eq(frame_live[PT1], 488u);
    edit_recs[0] = map_huge(5, 1024);
    edit_recs[1] = clear(PT1, 0, 1, 0);
    cr_assert_eq(edit_run(PT4, 2), E_INVAL);
    cr_assert_eq(edit_answer.done, 1u);
    REFUSES(clear(PT2, 5, 2, 0), E_INVAL);
    DOES(clear(PT2, 5, 1, 0));
    DOES(clear(PT2, 5, 507, 0));
}

Test(edit, too_many_records_are_refused_and_none_is_fine, .init = setup)
{
    cr_assert_eq(edit_run(PT4, EDIT_RECS_MAX + 1), E_INVAL);
    cr_assert_eq(edit_run(PT4, UINT32_MAX), E_INVAL);
    cr_assert_eq(edit_run(PT4, 0), OK);
    for (uint32_t k = 0; k < EDIT_RECS_MAX; k++)
        edit_recs[k] = map_run(PT1, (uint16_t)k, 1, WORLD_DATA);
    cr_assert_eq(edit_run(PT4, EDIT_RECS_MAX), OK);
    cr_assert_eq(edit_answer.done, EDIT_RECS_MAX);
    cr_assert_eq(frame_refs[WORLD_DATA], EDIT_RECS_MAX);
}

/* mapping */

Test(edit, a_run_maps_and_counts_every_frame_once, .init = setup)
{
    for (uint16_t count = 1; count < 40; count++) {
        DOES(map_run(PT1, count, count, WORLD_DATA));
        cr_assert_eq(frame_live[PT1], count);
        for (uint32_t k = 0; k < count; k++) {
            cr_assert_eq(pt_load(PT1, count + k), pte_leaf(WORLD_DATA + k, RW));
            cr_assert_eq(frame_refs[WORLD_DATA + k], 1u);
        }
        DOES(clear(PT1, 0, 512, 0));
        cr_assert_eq(edit_answer.removed, count);
        cr_assert_eq(edit_answer.zeroed, count);
        for (uint32_t k = 0; k < count; k++)
            cr_assert_eq(edit_zero[k], WORLD_DATA + k);
    }
}

Test(edit, only_data_is_mapped, .init = setup)
{
    REFUSES(map_run(PT1, 0, 1, 0), E_TYPE);
    REFUSES(map_run(PT1, 0, 1, WORLD_NONE), E_TYPE);
    REFUSES(map_run(PT1, 0, 1, PT1), E_TYPE);
    REFUSES(map_run(PT1, 0, 1, PT4), E_TYPE);
    REFUSES(map_run(PT1, 0, 1, WORLD_FRAMES), E_TYPE);
    REFUSES(map_run(PT1, 0, 1, NO_FRAME), E_TYPE);
    REFUSES(map_run(PT1, 0, 2, WORLD_FRAMES - 1), E_TYPE);
    REFUSES(map_run(PT1, 0, 512, 0xffffff00), E_TYPE);
    for (uint32_t before = 0; before < 20; before++)
        REFUSES(map_run(PT1, 0, (uint16_t)(before + 1), PT4 - before), E_TYPE);
    DOES(map_run(PT1, 0, 1, WORLD_FRAMES - 1));
}

Test(edit, a_saturated_frame_refuses_the_run_wherever_it_stands, .init = setup)
{
    for (uint32_t at = 0; at < 20; at++) {
        cr_assert_eq(kcorrupt_inject(WORLD_DATA + at, REF_MAX - 1), OK);
        REFUSES(map_run(PT1, 0, 20, WORLD_DATA), E_SATURATED);
        edit_list[0] = WORLD_DATA + at;
        REFUSES(map_list(0, 1, 0), E_SATURATED);
        REFUSES(holds(EDIT_HOLD_RUN, WORLD_DATA, 20), E_SATURATED);
        cr_assert_eq(kcorrupt_inject(WORLD_DATA + at, REF_MAX - 2), OK);
        DOES(map_run(PT1, 0, 20, WORLD_DATA));
        DOES(clear(PT1, 0, 20, 0));
        cr_assert_eq(kcorrupt_inject(WORLD_DATA + at, 0), OK);
    }
}

Test(edit, a_list_maps_in_its_own_order_with_duplicates_counted, .init = setup)
{
    for (uint32_t k = 0; k < 30; k++)
        edit_list[100 + k] = k % 3 == 0 ? WORLD_DATA + 7 : WORLD_DATA + 100 - k;
    DOES(map_list(10, 30, 100));
    for (uint32_t k = 0; k < 30; k++)
        cr_assert_eq(pt_load(PT1, 10 + k), pte_leaf(edit_list[100 + k], RW));
    cr_assert_eq(frame_refs[WORLD_DATA + 7], 10u);
    cr_assert_eq(frame_live[PT1], 30u);
}

Test(edit, duplicates_in_a_list_cannot_pass_the_limit_together, .init = setup)
{
    cr_assert_eq(kcorrupt_inject(WORLD_DATA, REF_MAX - 10), OK);
    for (uint32_t k = 0; k < 10; k++)
        edit_list[k] = WORLD_DATA;
    REFUSES(map_list(0, 10, 0), E_SATURATED);
    DOES(map_list(0, 9, 0));
    cr_assert_eq(frame_refs[WORLD_DATA], REF_MAX - 1);
}

Test(edit, a_list_with_anything_but_data_in_it_is_refused, .init = setup)
{
    const pfn_t bad[] = { 0, WORLD_NONE, PT1, PT4, WORLD_FRAMES, WORLD_DEVICE, NO_FRAME };

    for (uint32_t at = 0; at < 20; at++)
        for (uint32_t k = 0; k < 7; k++) {
            for (uint32_t i = 0; i < 20; i++)
                edit_list[i] = i == at ? bad[k] : WORLD_DATA + i;
            REFUSES(map_list(0, 20, 0), E_TYPE);
        }
}

Test(edit, no_leaf_stands_where_its_size_does_not_fit, .init = setup)
{
    struct edit_rec huge = map_huge(5, 1024);

    REFUSES(map_run(PT2, 5, 1, 1024), E_LEVEL);
    REFUSES(map_run(world_node[3], 5, 1, 1024), E_LEVEL);
    REFUSES(map_run(PT4, 5, 1, 1024), E_LEVEL);
    edit_list[0] = 1024;
    for (uint32_t level = 2; level <= 4; level++) {
        struct edit_rec list = map_list(5, 1, 0);

        list.node = world_node[level];
        REFUSES(list, E_LEVEL);
    }
    huge.node = PT1;
    REFUSES(huge, E_LEVEL);
    huge.node = world_node[3];
    REFUSES(huge, E_LEVEL);
    REFUSES(map_huge(5, 1025), E_LEVEL);
    REFUSES(map_huge(5, 1024 + 256), E_LEVEL);
    huge = map_huge(5, 1024);
    huge.count = 2;
    REFUSES(huge, E_INVAL);
    DOES(map_huge(5, 1024));
}

Test(edit, a_huge_leaf_counts_each_of_its_frames, .init = setup)
{
    DOES(map_huge(5, 1024));
    cr_assert_eq(pt_load(PT2, 5), pte_leaf(1024, RW));
    cr_assert_eq(frame_live[PT2], 2u);
    for (uint32_t k = 0; k < 512; k++)
        cr_assert_eq(frame_refs[1024 + k], 1u);
    DOES(map_huge(6, 1024));
    DOES(clear(PT2, 5, 1, EDIT_OLD));
    cr_assert_eq(edit_answer.removed, 1u);
    cr_assert_eq(edit_answer.zeroed, 0u);
    cr_assert_eq(edit_answer.old, 1u);
    cr_assert_eq(edit_old[0], pte_leaf(1024, RW));
    DOES(clear(PT2, 6, 1, 0));
    cr_assert_eq(edit_answer.zeroed, 512u);
    cr_assert_eq(frame_live[PT2], 1u);
}

Test(edit, one_bad_frame_refuses_a_huge_leaf, .init = setup)
{
    REFUSES(map_huge(5, 1536), E_TYPE);
    REFUSES(map_huge(5, 0), E_TYPE);
    REFUSES(map_huge(5, WORLD_FRAMES), E_TYPE);
    cr_assert_eq(kcorrupt_inject(1024 + 511, REF_MAX - 1), OK);
    REFUSES(map_huge(5, 1024), E_SATURATED);
    REFUSES(map_huge(0, 512), E_BUSY);
}

Test(edit, a_huge_leaf_replaces_a_huge_leaf_with_its_frames, .init = setup)
{
    struct edit_rec r = map_huge(5, 512);

    DOES(map_huge(5, 1024));
    r.flags = EDIT_HUGE | EDIT_KEEP | EDIT_OLD;
    DOES(r);
    cr_assert_eq(edit_answer.removed, 1u);
    cr_assert_eq(edit_old[0], pte_leaf(1024, RW));
    cr_assert_eq(frame_parent[1024 + 300], 1u);
    DOES(map_huge(5, 1024));
    cr_assert_eq(edit_answer.zeroed, 512u);
    cr_assert_eq(frame_live[PT2], 2u);
}

Test(edit, replacing_gives_the_old_frames_back, .init = setup)
{
    DOES(map_run(PT1, 4, 8, WORLD_DATA));
    DOES(map_run(PT1, 0, 16, WORLD_DATA + 100));
    cr_assert_eq(edit_answer.removed, 8u);
    cr_assert_eq(edit_answer.zeroed, 8u);
    cr_assert_eq(frame_live[PT1], 16u);
    DOES(map_run(PT1, 0, 16, WORLD_DATA + 100));
    cr_assert_eq(edit_answer.removed, 16u);
    cr_assert_eq(edit_answer.zeroed, 0u);
    for (uint32_t k = 0; k < 16; k++)
        edit_list[k] = WORLD_DATA;
    DOES(map_list(0, 16, 0));
    cr_assert_eq(edit_answer.zeroed, 16u);
}

Test(edit, keeping_turns_leaves_into_holds, .init = setup)
{
    struct edit_rec r = map_run(PT1, 0, 4, WORLD_DATA + 100);

    DOES(map_run(PT1, 0, 20, WORLD_DATA));
    r.flags = EDIT_KEEP | EDIT_OLD;
    DOES(r);
    cr_assert_eq(edit_answer.removed, 4u);
    cr_assert_eq(edit_answer.old, 4u);
    cr_assert_eq(edit_answer.zeroed, 0u);
    DOES(clear(PT1, 4, 16, EDIT_KEEP | EDIT_OLD));
    cr_assert_eq(edit_answer.removed, 16u);
    cr_assert_eq(edit_answer.old, 16u);
    for (uint32_t k = 0; k < 20; k++) {
        cr_assert_eq(frame_refs[WORLD_DATA + k], 1u);
        cr_assert_eq(frame_parent[WORLD_DATA + k], 1u);
        if (k >= 4)
            cr_assert_eq(edit_old[k - 4], pte_leaf(WORLD_DATA + k, RW));
    }
    DOES(holds(EDIT_DROP_RUN, WORLD_DATA, 20));
    cr_assert_eq(edit_answer.zeroed, 20u);
}

Test(edit, a_leaf_without_rights_is_a_leaf, .init = setup)
{
    struct edit_rec r = map_run(PT1, 3, 1, WORLD_DATA);

    r.prop = 0;
    DOES(r);
    cr_assert_eq(pt_load(PT1, 3) & 1, 0u);
    cr_assert_eq(frame_refs[WORLD_DATA], 1u);
    cr_assert_eq(frame_live[PT1], 1u);
    DOES(clear(PT1, 3, 1, 0));
    cr_assert_eq(edit_answer.removed, 1u);
}

/* devices */

Test(edit, devices_are_mapped_uncached_and_not_counted, .init = setup)
{
    struct edit_rec r = map_run(PT1, 0, 5, WORLD_DEVICE);

    REFUSES(r, E_INVAL);
    for (uint32_t kind = CACHE_WB; kind < CACHE_UC; kind++) {
        r.prop = (uint16_t)(RW | kind << PROP_CACHE_SHIFT);
        REFUSES(r, E_INVAL);
    }
    r.prop = RW | UC;
    DOES(r);
    cr_assert_eq(pt_load(PT1, 4), pte_leaf(WORLD_DEVICE + 4, RW | UC | PROP_AVAIL1));
    DOES(map_run(PT1, 0, 1, WORLD_DATA));
    cr_assert_eq(edit_answer.removed, 1u);
    DOES(clear(PT1, 0, 8, EDIT_KEEP | EDIT_OLD));
    cr_assert_eq(edit_answer.removed, 5u);
    cr_assert_eq(edit_answer.old, 5u);
    cr_assert_eq(edit_answer.zeroed, 0u);
    r.frame = WORLD_DEVICE - 1;
    REFUSES(r, E_TYPE);
    r.frame = WORLD_DEVICE + WORLD_DEVICES - 4;
    REFUSES(r, E_TYPE);
}

Test(edit, a_run_that_leaves_a_device_range_or_memory_is_refused, .init = setup)
{
    struct edit_rec r = map_run(PT1, 0, 2, WORLD_DATA - 1);

    r.prop = UC | PROP_R;
    cr_assert_eq(frame_add_device(WORLD_DATA - 1, 1), OK);
    REFUSES(r, E_TYPE);
    r.count = 1;
    DOES(r);
    DOES(map_run(PT1, 0, 1, WORLD_DATA));
    cr_assert_eq(edit_answer.removed, 1u);
    cr_assert_eq(frame_refs[WORLD_DATA - 1], REF_MAX, "a device frame is never counted");
    REFUSES(holds(EDIT_HOLD_RUN, WORLD_DATA - 1, 1), E_TYPE);
    REFUSES(holds(EDIT_HOLD_RUN, WORLD_DEVICE, 1), E_TYPE);
}

Test(edit, a_device_leaf_stays_uncached, .init = setup)
{
    struct edit_rec r = map_run(PT1, 2, 1, WORLD_DEVICE);

    r.prop = RW | UC;
    DOES(r);
    DOES(map_run(PT1, 3, 1, WORLD_DATA));
    REFUSES(protect(PT1, 0, 8, PROP_R), E_INVAL);
    DOES(protect(PT1, 0, 8, PROP_R | UC));
    cr_assert_eq(pt_load(PT1, 2), pte_leaf(WORLD_DEVICE, PROP_R | UC | PROP_AVAIL1));
    cr_assert_eq(edit_answer.changed, 2u);
}

Test(edit, a_huge_device_leaf_splits_into_device_leaves, .init = setup)
{
    struct edit_rec r = map_huge(5, WORLD_DEVICE + 512);
    pfn_t child = world_make(FRAME_PT1);

    r.prop = PROP_R | UC;
    DOES(r);
    DOES(one(EDIT_SPLIT, PT2, 5, child));
    cr_assert(pte_is_device(pt_load(child, 511)));
    DOES(clear(child, 0, 512, 0));
    cr_assert_eq(edit_answer.removed, 512u);
    cr_assert_eq(edit_answer.zeroed, 0u);
    r.frame = WORLD_DEVICE + 1024;
    REFUSES(r, E_BUSY);
    r.index = 6;
    REFUSES(r, E_TYPE);
}

/* clear, protect */

Test(edit, clearing_skips_holes_at_every_level, .init = setup)
{
    DOES(map_run(PT1, 1, 1, WORLD_DATA));
    DOES(map_run(PT1, 63, 2, WORLD_DATA));
    DOES(clear(PT1, 0, 64, EDIT_OLD));
    cr_assert_eq(edit_answer.removed, 2u);
    cr_assert_eq(edit_answer.old, 2u);
    cr_assert_eq(frame_live[PT1], 1u);
    for (uint32_t level = 2; level <= 4; level++) {
        DOES(clear(world_node[level], 1, 200, 0));
        cr_assert_eq(edit_answer.removed, 0u);
        REFUSES(clear(world_node[level], 0, 200, 0), E_TYPE);
        REFUSES(protect(world_node[level], 0, 200, RW), E_TYPE);
        DOES(protect(world_node[level], 1, 200, RW));
    }
}

Test(edit, protecting_keeps_frame_accessed_and_dirty, .init = setup)
{
    DOES(map_run(PT1, 0, 2, WORLD_DATA));
    memory_frame(PT1)[1] += PTE_ACCESSED + PTE_DIRTY;
    DOES(protect(PT1, 0, 512, PROP_R | PROP_X | PROP_AVAIL2));
    cr_assert_eq(edit_answer.changed, 2u);
    cr_assert_eq(pte_prop(pt_load(PT1, 0)), PROP_R | PROP_X | PROP_AVAIL2);
    cr_assert_eq(pte_prop(pt_load(PT1, 1)),
                 PROP_R | PROP_X | PROP_AVAIL2 | PROP_ACCESSED | PROP_DIRTY);
    cr_assert_eq(pte_frame(pt_load(PT1, 1), 1), WORLD_DATA + 1u);
    DOES(protect(PT1, 0, 512, PROP_R | PROP_X | PROP_AVAIL2));
    cr_assert_eq(edit_answer.changed, 0u);
    DOES(map_huge(5, 1024));
    DOES(protect(PT2, 5, 1, 0));
    cr_assert_eq(pt_load(PT2, 5), pte_leaf(1024, 0));
}

static void processor_writes(pfn_t node, uint64_t index)
{
    memory_frame(node)[index] |= PTE_ACCESSED | PTE_DIRTY;
}

Test(edit, a_bit_that_the_processor_sets_meanwhile_is_not_lost, .init = setup)
{
    DOES(map_run(PT1, 0, 1, WORLD_DATA));
    memory_before_exchange = processor_writes;
    DOES(protect(PT1, 0, 1, PROP_R));
    cr_assert_eq(pte_prop(pt_load(PT1, 0)), PROP_R | PROP_ACCESSED | PROP_DIRTY);
    cr_assert_eq(edit_answer.changed, 1u);
    DOES(map_run(PT1, 1, 1, WORLD_DATA));
    memory_before_exchange = processor_writes;
    DOES(clear(PT1, 1, 1, EDIT_OLD));
    cr_assert_eq(pte_prop(edit_old[0]), RW | PROP_ACCESSED | PROP_DIRTY);
}

/* nodes */

Test(edit, a_link_goes_one_level_down_to_an_unlinked_node, .init = setup)
{
    pfn_t fresh[5];

    for (uint32_t level = 1; level <= 4; level++)
        fresh[level] = world_make((enum frame_type)(FRAME_PT1 + level - 1));
    for (uint32_t up = 1; up <= 4; up++)
        for (uint32_t down = 1; down <= 4; down++) {
            if (up == down + 1)
                continue;
            REFUSES(one(EDIT_LINK, world_node[up], 7, fresh[down]), E_TYPE);
        }
    for (uint32_t level = 2; level <= 4; level++) {
        REFUSES(one(EDIT_LINK, world_node[level], 0, fresh[level - 1]), E_BUSY);
        REFUSES(one(EDIT_LINK, world_node[level], 7, world_node[level - 1]), E_BUSY);
        REFUSES(one(EDIT_LINK, world_node[level], 7, WORLD_DATA), E_TYPE);
        REFUSES(one(EDIT_LINK, world_node[level], 7, 0), E_TYPE);
        REFUSES(one(EDIT_LINK, world_node[level], 7, WORLD_FRAMES), E_TYPE);
        REFUSES(one(EDIT_LINK, world_node[level], 7, NO_FRAME), E_TYPE);
        DOES(one(EDIT_LINK, world_node[level], 7, fresh[level - 1]));
        cr_assert_eq(frame_parent[fresh[level - 1]], world_node[level]);
        cr_assert_eq(frame_index[fresh[level - 1]], 7u);
        cr_assert_eq(frame_live[world_node[level]], 2u);
        cr_assert_eq(pt_load(world_node[level], 7), pte_table(fresh[level - 1]));
    }
    DOES(map_huge(9, 1024));
    REFUSES(one(EDIT_LINK, PT2, 9, world_make(FRAME_PT1)), E_BUSY);
}

Test(edit, unlinking_detaches_a_whole_subtree, .init = setup)
{
    DOES(map_run(PT1, 0, 5, WORLD_DATA));
    DOES(one(EDIT_UNLINK, world_node[3], 0, 0));
    cr_assert_eq(edit_answer.removed, 0u);
    cr_assert_eq(frame_parent[PT2], NO_FRAME);
    cr_assert_eq(frame_parent[PT1], PT2);
    cr_assert_eq(frame_live[world_node[3]], 0u);
    cr_assert_eq(frame_refs[WORLD_DATA], 1u);
    REFUSES(one(EDIT_UNLINK, world_node[3], 0, 0), E_BUSY);
    REFUSES(one(EDIT_UNLINK, PT1, 0, 0), E_BUSY);
    DOES(map_huge(5, 1024));
    REFUSES(one(EDIT_UNLINK, PT2, 5, 0), E_BUSY);
    DOES(clear(PT1, 0, 512, 0));
    cr_assert_eq(edit_answer.zeroed, 5u);
    DOES(one(EDIT_LINK, world_node[3], 3, PT2));
}

Test(edit, a_split_leaf_is_512_equal_leaves_accessed_and_dirty, .init = setup)
{
    pfn_t child = world_make(FRAME_PT1);
    pfn_t other = world_make(FRAME_PT1);
    uint32_t prop = RW | PROP_AVAIL2 | CACHE_WT << PROP_CACHE_SHIFT;
    struct edit_rec r = map_huge(5, 1024);

    r.prop = (uint16_t)prop;
    DOES(r);
    REFUSES(one(EDIT_SPLIT, PT2, 5, PT1), E_BUSY);
    REFUSES(one(EDIT_SPLIT, PT2, 5, WORLD_DATA), E_TYPE);
    REFUSES(one(EDIT_SPLIT, PT2, 5, world_make(FRAME_PT2)), E_TYPE);
    REFUSES(one(EDIT_SPLIT, PT2, 5, NO_FRAME), E_TYPE);
    REFUSES(one(EDIT_SPLIT, PT2, 6, child), E_BUSY);
    REFUSES(one(EDIT_SPLIT, PT2, 0, child), E_BUSY);
    REFUSES(one(EDIT_SPLIT, PT1, 0, child), E_TYPE);
    REFUSES(one(EDIT_SPLIT, world_node[3], 0, world_make(FRAME_PT2)), E_LEVEL);
    DOES(map_run(other, 0, 1, WORLD_DATA));
    REFUSES(one(EDIT_SPLIT, PT2, 5, other), E_BUSY);
    memory_frame(PT2)[5] += PTE_ACCESSED;
    DOES(one(EDIT_SPLIT, PT2, 5, child));
    for (uint32_t i = 0; i < 512; i++) {
        cr_assert_eq(pt_load(child, i), pte_leaf(1024 + i, prop | PROP_ACCESSED | PROP_DIRTY));
        cr_assert_eq(frame_refs[1024 + i], 1u);
    }
    cr_assert_eq(frame_live[child], 512u);
    cr_assert_eq(frame_live[PT2], 2u);
    DOES(clear(child, 0, 512, 0));
    cr_assert_eq(edit_answer.zeroed, 512u);
}

/* holds */

Test(edit, a_hold_is_a_reference_that_a_drop_gives_back, .init = setup)
{
    for (uint16_t count = 1; count < 20; count++) {
        DOES(holds(EDIT_HOLD_RUN, WORLD_DATA, count));
        DOES(holds(EDIT_HOLD_RUN, WORLD_DATA, count));
        cr_assert_eq(frame_refs[WORLD_DATA + count - 1], 2u);
        cr_assert_eq(frame_parent[WORLD_DATA + count - 1], 2u);
        REFUSES(holds(EDIT_DROP_RUN, WORLD_DATA, (uint16_t)(count + 1)), E_STALE);
        DOES(holds(EDIT_DROP_RUN, WORLD_DATA, count));
        cr_assert_eq(edit_answer.zeroed, 0u);
        DOES(holds(EDIT_DROP_RUN, WORLD_DATA, count));
        cr_assert_eq(edit_answer.zeroed, count);
        REFUSES(holds(EDIT_DROP_RUN, WORLD_DATA, count), E_STALE);
    }
}

Test(edit, only_data_is_held_or_dropped, .init = setup)
{
    const pfn_t bad[] = { 0, WORLD_NONE, PT1, PT4, WORLD_FRAMES, NO_FRAME };

    for (uint32_t k = 0; k < 6; k++) {
        REFUSES(holds(EDIT_HOLD_RUN, bad[k], 1), E_TYPE);
        REFUSES(holds(EDIT_DROP_RUN, bad[k], 1), E_TYPE);
        edit_list[0] = bad[k];
        REFUSES(holds(EDIT_DROP_LIST, 0, 1), E_TYPE);
    }
    REFUSES(holds(EDIT_HOLD_RUN, WORLD_FRAMES - 1, 2), E_TYPE);
    REFUSES(holds(EDIT_HOLD_RUN, PT4 - 1, 2), E_TYPE);
    DOES(holds(EDIT_HOLD_RUN, PT4 - 1, 1));
    REFUSES(holds(EDIT_DROP_RUN, PT4 - 1, 2), E_TYPE);
}

Test(edit, a_frame_listed_twice_needs_two_holds, .init = setup)
{
    DOES(holds(EDIT_HOLD_RUN, WORLD_DATA, 10));
    for (uint32_t k = 0; k < 20; k++)
        edit_list[k] = WORLD_DATA + k % 10;
    REFUSES(holds(EDIT_DROP_LIST, 0, 11), E_STALE);
    REFUSES(holds(EDIT_DROP_LIST, 0, 20), E_STALE);
    DOES(holds(EDIT_HOLD_RUN, WORLD_DATA, 10));
    DOES(holds(EDIT_DROP_LIST, 0, 20));
    cr_assert_eq(edit_answer.zeroed, 10u);
}

Test(edit, a_drop_cannot_take_a_leaf_or_a_pin, .init = setup)
{
    DOES(map_run(PT1, 0, 1, WORLD_DATA));
    cr_assert_eq(frame_pin(WORLD_DATA), OK);
    REFUSES(holds(EDIT_DROP_RUN, WORLD_DATA, 1), E_STALE);
    DOES(clear(PT1, 0, 1, 0));
    cr_assert_eq(edit_answer.zeroed, 0u);
    REFUSES(holds(EDIT_DROP_RUN, WORLD_DATA, 1), E_STALE);
}

/* answers of a whole call */

Test(edit, records_before_a_refused_one_stay_done, .init = setup)
{
    edit_recs[0] = map_run(PT1, 0, 2, WORLD_DATA);
    edit_recs[1] = clear(PT1, 1, 1, 0);
    edit_recs[2] = map_run(PT1, 5, 1, PT1);
    edit_recs[3] = clear(PT1, 0, 1, 0);
    cr_assert_eq(edit_run(PT4, 4), E_TYPE);
    cr_assert_eq(edit_answer.done, 2u);
    cr_assert_eq(edit_answer.removed, 1u);
    cr_assert_eq(edit_answer.zeroed, 1u);
    cr_assert_eq(edit_zero[0], WORLD_DATA + 1u);
    cr_assert_eq(frame_live[PT1], 1u);
}

static uint64_t ticket_of(struct edit_rec r)
{
    DOES(r);
    return edit_answer.ticket;
}

Test(edit, what_a_processor_may_have_cached_needs_a_ticket, .init = setup)
{
    pfn_t child = world_make(FRAME_PT1);

    tlb_cpus = 1;
    tlb_root[0] = PT4;
    cr_assert_eq(ticket_of(map_run(PT1, 0, 8, WORLD_DATA)), 0u);
    cr_assert_neq(ticket_of(map_run(PT1, 0, 1, WORLD_DATA)), 0u);
    cr_assert_neq(ticket_of(clear(PT1, 0, 1, 0)), 0u);
    cr_assert_eq(ticket_of(clear(PT1, 0, 1, 0)), 0u);
    cr_assert_neq(ticket_of(protect(PT1, 1, 1, PROP_R)), 0u);
    cr_assert_eq(ticket_of(protect(PT1, 1, 1, PROP_R)), 0u);
    cr_assert_eq(ticket_of(protect(PT1, 1, 1, RW | PROP_X)), 0u);
    cr_assert_eq(ticket_of(protect(PT1, 1, 1, RW | PROP_X | PROP_AVAIL2)), 0u);
    cr_assert_neq(ticket_of(protect(PT1, 1, 1, RW)), 0u);
    cr_assert_neq(ticket_of(protect(PT1, 1, 1, RW | UC)), 0u);
    cr_assert_neq(ticket_of(protect(PT1, 1, 1, PROP_W | UC)), 0u);
    cr_assert_eq(ticket_of(protect(PT1, 1, 1, 0)), 0u);
    cr_assert_eq(ticket_of(one(EDIT_LINK, PT2, 3, child)), 0u);
    cr_assert_neq(ticket_of(one(EDIT_UNLINK, PT2, 3, 0)), 0u);
    cr_assert_eq(ticket_of(map_huge(3, 1024)), 0u);
    cr_assert_eq(ticket_of(one(EDIT_SPLIT, PT2, 3, child)), 0u);
    cr_assert_eq(ticket_of(holds(EDIT_HOLD_RUN, WORLD_DATA, 1)), 0u);
    cr_assert_eq(ticket_of(holds(EDIT_DROP_RUN, WORLD_DATA, 1)), 0u);
    tlb_root[0] = 1;
    cr_assert_eq(ticket_of(clear(PT1, 2, 1, 0)), 0u, "nobody has the space loaded");
}

Test(edit, a_ticket_is_given_also_when_a_later_record_is_refused, .init = setup)
{
    tlb_cpus = 1;
    tlb_root[0] = PT4;
    DOES(map_run(PT1, 0, 8, WORLD_DATA));
    edit_recs[0] = clear(PT1, 0, 1, 0);
    edit_recs[1] = clear(0, 0, 1, 0);
    cr_assert_eq(edit_run(PT4, 2), E_TYPE);
    cr_assert_eq(edit_answer.ticket, tlb_clock);
    cr_assert_neq(edit_answer.ticket, 0u);
}
