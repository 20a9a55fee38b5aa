/* For each row: break one word, and the checker names that row. */
#include <criterion/criterion.h>

#include "base/pte.h"
#include "kernel/kcheck.h"
#include "kernel/kcorrupt.h"
#include "kernel/tlb.h"
#include "memory_arch.h"
#include "world.h"

/* A tree with a page, a hold, an unlinked node and a 2 MiB leaf in it. */
static void busy_world(void)
{
    world_new();
    world_tree();
    (void)world_make(FRAME_PT3);
    cr_assert_eq(world_edit((struct edit_rec){ .node = world_node[1],
                                               .index = 9,
                                               .count = 4,
                                               .op = EDIT_MAP_RUN,
                                               .prop = PROP_R | PROP_W,
                                               .frame = WORLD_DATA + 5 }),
                 OK);
    cr_assert_eq(world_edit((struct edit_rec){ .node = world_node[2],
                                               .index = 9,
                                               .count = 1,
                                               .op = EDIT_MAP_RUN,
                                               .flags = EDIT_HUGE,
                                               .prop = PROP_R,
                                               .frame = 1024 }),
                 OK);
}

static void names(uint32_t row)
{
    pfn_t where;

    cr_assert_eq(kcheck(&where), row, "row %u expected, %u found at %u", row, kcheck(&where),
                 where);
}

Test(kcheck, each_row_is_named_when_one_word_of_it_is_broken)
{
    static const uint32_t rows[] = { 1, 2, 3, 4, 5, 9, 10, 12, 15, 16 };

    for (uint32_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
        busy_world();
        cr_assert_eq(kcorrupt(rows[k]), OK);
        names(rows[k]);
        cr_assert_eq(kcorrupt(0), OK);
        names(0);
        cr_assert_eq(kcorrupt(0), E_INVAL);
    }
}

Test(kcheck, a_large_leaf_over_an_uncounted_frame_is_row_11)
{
    world_new();
    world_tree();
    cr_assert_eq(kcorrupt(11), OK);
    names(11);
    cr_assert_eq(kcorrupt(0), OK);
    names(0);
}

Test(kcheck, rows_that_the_kernel_cannot_see_are_refused)
{
    world_new();
    cr_assert_eq(kcorrupt(0), E_INVAL, "nothing is broken yet");
    cr_assert_eq(kcorrupt(7), E_INVAL);
    cr_assert_eq(kcorrupt(17), E_INVAL);
    cr_assert_eq(kcorrupt(2), E_BUSY, "there is no node to break");
}

Test(kcheck, other_ways_to_break_a_table_are_seen_too)
{
    busy_world();
    win[world_node[1]] += PTE_WRITE;
    names(12);

    busy_world();
    memory_frame(world_node[4])[400] = 5;
    names(2);

    busy_world();
    memory_frame(world_node[4])[L4_WINDOW] = 5;
    names(0);
    memory_frame(world_make(FRAME_PT4))[L4_WINDOW] = 5;
    names(2);

    busy_world();
    frame_refs[WORLD_DATA + 5] = 0;
    names(15);

    busy_world();
    frame_parent[WORLD_DATA + 5] = 1;
    names(10);

    busy_world();
    memory_frame(world_node[3])[5] = pte_leaf(0x40000, PROP_R);
    names(1);

    busy_world();
    memory_frame(world_node[1])[5] = pte_leaf(WORLD_DATA, PROP_R) + PTE_GLOBAL;
    names(4);

    busy_world();
    memory_frame(world_node[2])[0] -= PTE_USER;
    names(4);

    busy_world();
    memory_frame(world_node[2])[0] += PTE_ACCESSED;
    names(0);

    busy_world();
    memory_frame(world_node[2])[0] = 0;
    names(5);

    busy_world();
    memory_frame(world_node[1])[5] = pte_leaf(WORLD_DEVICE, PROP_R | PROP_AVAIL1);
    names(12);

    busy_world();
    memory_frame(world_node[1])[5] = pte_leaf(WORLD_FRAMES, PROP_R);
    names(4);
}

Test(kcheck, injected_counts_still_add_up)
{
    busy_world();
    cr_assert_eq(kcorrupt_inject(WORLD_DATA + 5, REF_MAX - 1), OK);
    cr_assert_eq(frame_refs[WORLD_DATA + 5], REF_MAX - 1);
    names(0);
    cr_assert_eq(
        world_edit((struct edit_rec){
            .node = world_node[1], .count = 1, .op = EDIT_MAP_RUN, .frame = WORLD_DATA + 5 }),
        E_SATURATED);
    cr_assert_eq(kcorrupt_inject(WORLD_DATA + 5, REF_MAX - 2), OK);
    cr_assert_eq(
        world_edit((struct edit_rec){
            .node = world_node[1], .count = 1, .op = EDIT_MAP_RUN, .frame = WORLD_DATA + 5 }),
        OK);
    cr_assert_eq(kcorrupt_inject(WORLD_DATA + 5, 1), E_INVAL, "two leaves map it");
    cr_assert_eq(kcorrupt_inject(WORLD_DATA + 5, REF_MAX), E_INVAL);
    cr_assert_eq(kcorrupt_inject(world_node[1], 1), E_TYPE);
    cr_assert_eq(kcorrupt_inject(NO_FRAME, 1), E_TYPE);
    names(0);
}
