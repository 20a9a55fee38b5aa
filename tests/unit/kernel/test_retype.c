/* Two-step retype: who may leave, who may enter, and when. */
#include <criterion/criterion.h>

#include "kernel/kcheck.h"
#include "kernel/retype.h"
#include "kernel/tlb.h"
#include "memory_arch.h"
#include "world.h"

static status_t begin1(pfn_t f, uint64_t *ticket)
{
    uint64_t before = world_hash();
    status_t status;
    pfn_t where;

    edit_list[0] = f;
    status = retype_begin(1, ticket);
    if (status != OK)
        cr_assert_eq(before, world_hash());
    cr_assert_eq(kcheck(&where), 0u);
    return status;
}

static status_t end1(pfn_t f, enum frame_type type)
{
    uint64_t before = world_hash();
    status_t status;
    pfn_t where;

    edit_list[0] = f;
    status = retype_end(1, type);
    if (status != OK)
        cr_assert_eq(before, world_hash());
    cr_assert_eq(kcheck(&where), 0u);
    return status;
}

Test(retype, in_limbo_a_frame_is_in_no_window_and_has_the_stamp)
{
    uint64_t ticket;

    world_new();
    cr_assert_eq(begin1(WORLD_DATA, &ticket), OK);
    cr_assert_eq(ticket, tlb_clock);
    cr_assert_eq(frame_type[WORLD_DATA], FRAME_LIMBO);
    cr_assert_eq(frame_stamp[WORLD_DATA], ticket);
    cr_assert_eq(frame_refs[WORLD_DATA], REF_MAX);
    cr_assert_eq(win[WORLD_DATA], 0u);
    cr_assert_eq(begin1(WORLD_DATA, &ticket), E_TYPE);
}

Test(retype, every_target_type_is_reached_zeroed)
{
    static const enum frame_type targets[] = { FRAME_DATA, FRAME_PT1, FRAME_PT2,
                                               FRAME_PT3,  FRAME_PT4, FRAME_OBJECT };
    uint64_t ticket;

    world_new();
    for (uint32_t k = 0; k < 6; k++) {
        pfn_t f = WORLD_DATA + k;

        memory_frame(f)[3] = 0x1234567;
        memory_frame(f)[400] = 0x1234567;
        cr_assert_eq(begin1(f, &ticket), OK);
        cr_assert_eq(end1(f, targets[k]), OK);
        cr_assert_eq(frame_type[f], targets[k]);
        cr_assert_eq(memory_frame(f)[3], 0u);
        cr_assert_eq(memory_frame(f)[400], 0u);
        cr_assert_eq(begin1(f, &ticket), OK, "an unused frame leaves any type");
        cr_assert_eq(end1(f, FRAME_DATA), OK);
        cr_assert_eq(frame_refs[f] | frame_parent[f] | frame_live[f], 0u);
    }
}

Test(retype, a_new_root_has_the_templates_upper_half_and_an_empty_lower_one)
{
    pfn_t root;

    world_new();
    root = world_make(FRAME_PT4);
    for (uint32_t i = 0; i < PT_ENTRIES; i++)
        cr_assert_eq(pt_load(root, i), i < 256 ? 0 : pt_load(frame_template, i));
    cr_assert_eq(frame_live[root], 0u);
    cr_assert_eq(frame_parent[root], 0u);
}

Test(retype, a_frame_in_use_does_not_leave)
{
    uint64_t ticket;

    world_new();
    world_tree();
    for (uint32_t level = 1; level <= 4; level++)
        cr_assert_eq(begin1(world_node[level], &ticket), E_BUSY, "linked or not empty");
    cr_assert_eq(frame_pin(WORLD_DATA), OK);
    cr_assert_eq(begin1(WORLD_DATA, &ticket), E_BUSY);
    cr_assert_eq(begin1(0, &ticket), E_TYPE);
    cr_assert_eq(begin1(WORLD_NONE, &ticket), E_TYPE);
    cr_assert_eq(begin1(WORLD_FRAMES, &ticket), E_TYPE);
    cr_assert_eq(begin1(NO_FRAME, &ticket), E_TYPE);
}

Test(retype, a_detached_node_leaves_only_when_it_is_empty)
{
    struct edit_rec unlink = { .op = EDIT_UNLINK, .count = 1 };
    uint64_t ticket;

    world_new();
    world_tree();
    unlink.node = world_node[3];
    cr_assert_eq(world_edit(unlink), OK);
    cr_assert_eq(begin1(world_node[2], &ticket), E_BUSY, "it links a node");
    cr_assert_eq(begin1(world_node[3], &ticket), E_BUSY, "it is linked");
    unlink.node = world_node[2];
    cr_assert_eq(world_edit(unlink), OK);
    cr_assert_eq(begin1(world_node[2], &ticket), OK);
    cr_assert_eq(begin1(world_node[1], &ticket), OK);
}

Test(retype, a_bound_root_the_template_and_a_living_object_stay)
{
    uint64_t ticket;
    pfn_t root, object;

    world_new();
    root = world_make(FRAME_PT4);
    object = world_make(FRAME_OBJECT);
    frame_parent[root] = 1;
    cr_assert_eq(begin1(root, &ticket), E_BUSY);
    frame_parent[root] = 0;
    frame_template = root;
    cr_assert_eq(begin1(root, &ticket), E_BUSY);
    frame_template = 1;
    cr_assert_eq(begin1(root, &ticket), OK);
    frame_live[object] = 1;
    cr_assert_eq(begin1(object, &ticket), E_BUSY);
    frame_live[object] = 0;
    cr_assert_eq(begin1(object, &ticket), OK);
}

Test(retype, a_generation_outlives_its_object)
{
    uint64_t ticket;
    pfn_t object;

    world_new();
    object = world_make(FRAME_OBJECT);
    frame_gen[object] = 41;
    cr_assert_eq(begin1(object, &ticket), OK);
    cr_assert_eq(end1(object, FRAME_DATA), OK);
    cr_assert_eq(frame_gen[object], 41u);
}

Test(retype, nobody_enters_before_every_cpu_has_flushed)
{
    uint64_t ticket;

    world_new();
    tlb_cpus = 2;
    tlb_flushed[0] = tlb_flushed[1] = 0;
    cr_assert_eq(begin1(WORLD_DATA, &ticket), OK);
    cr_assert_eq(end1(WORLD_DATA, FRAME_PT1), E_NOTQUIET);
    tlb_flushed[0] = ticket;
    cr_assert_eq(end1(WORLD_DATA, FRAME_PT1), E_NOTQUIET);
    tlb_flushed[1] = ticket - 1;
    cr_assert_eq(end1(WORLD_DATA, FRAME_PT1), E_NOTQUIET);
    tlb_flushed[1] = ticket;
    cr_assert_eq(end1(WORLD_DATA, FRAME_PT1), OK);
}

Test(retype, a_root_that_a_cpu_still_has_loaded_is_not_quiet)
{
    uint64_t ticket;
    pfn_t root;

    world_new();
    tlb_cpus = 1;
    root = world_make(FRAME_PT4);
    tlb_root[0] = root;
    cr_assert_eq(begin1(root, &ticket), OK);
    tlb_flushed[0] = FLUSHED_FOREVER;
    cr_assert_eq(end1(root, FRAME_DATA), E_NOTQUIET);
    tlb_root[0] = 1;
    cr_assert_eq(end1(root, FRAME_DATA), OK);
}

Test(retype, one_bad_frame_refuses_the_whole_list)
{
    uint64_t before, ticket;
    pfn_t where;

    world_new();
    (void)world_make(FRAME_PT2);
    for (uint32_t k = 0; k < RETYPE_MAX; k++)
        edit_list[k] = k == 40 ? WORLD_NODES : WORLD_DATA + k;
    edit_list[50] = 0;
    before = world_hash();
    cr_assert_eq(retype_begin(RETYPE_MAX, &ticket), E_TYPE);
    cr_assert_eq(before, world_hash(), "the node at place 40 is a PT2 again");
    edit_list[50] = edit_list[3];
    cr_assert_eq(retype_begin(RETYPE_MAX, &ticket), E_TYPE, "a frame twice");
    cr_assert_eq(before, world_hash());
    edit_list[50] = WORLD_DATA + 50;
    cr_assert_eq(retype_begin(RETYPE_MAX, &ticket), OK);
    cr_assert_eq(tlb_clock, ticket, "one stamp for the list");
    edit_list[50] = WORLD_DATA + 100;
    before = world_hash();
    cr_assert_eq(retype_end(RETYPE_MAX, FRAME_PT1), E_TYPE);
    cr_assert_eq(before, world_hash());
    edit_list[50] = edit_list[3];
    cr_assert_eq(retype_end(RETYPE_MAX, FRAME_PT1), OK, "twice the same is harmless");
    cr_assert_eq(kcheck(&where), 0u);
}

Test(retype, malformed_calls_are_refused)
{
    uint64_t ticket = 7;

    world_new();
    cr_assert_eq(retype_begin(0, &ticket), E_INVAL);
    cr_assert_eq(ticket, 0u);
    cr_assert_eq(retype_begin(RETYPE_MAX + 1, &ticket), E_INVAL);
    cr_assert_eq(begin1(WORLD_DATA, &ticket), OK);
    cr_assert_eq(retype_end(0, FRAME_DATA), E_INVAL);
    cr_assert_eq(retype_end(RETYPE_MAX + 1, FRAME_DATA), E_INVAL);
    cr_assert_eq(end1(WORLD_DATA, FRAME_NONE), E_INVAL);
    cr_assert_eq(end1(WORLD_DATA, FRAME_KERNEL), E_INVAL);
    cr_assert_eq(end1(WORLD_DATA, FRAME_LIMBO), E_INVAL);
    cr_assert_eq(end1(WORLD_DATA, (enum frame_type)77), E_INVAL);
    cr_assert_eq(end1(WORLD_DATA + 1, FRAME_DATA), E_TYPE);
    cr_assert_eq(end1(WORLD_FRAMES, FRAME_DATA), E_TYPE);
}
