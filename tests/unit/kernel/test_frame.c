/* The frame table: first types, pins, devices, and the flush clock. */
#include <criterion/criterion.h>

#include "base/pte.h"
#include "kernel/kcheck.h"
#include "kernel/tlb.h"
#include "memory_arch.h"
#include "world.h"

Test(frame, a_fresh_table_satisfies_every_invariant)
{
    pfn_t where;

    world_new();
    cr_assert_eq(kcheck(&where), 0u);
    cr_assert_eq(where, NO_FRAME);
}

Test(frame, the_window_shows_data_writable_nodes_readable_and_nothing_else)
{
    world_new();
    for (uint32_t type = FRAME_NONE; type <= FRAME_LIMBO; type++) {
        uint64_t e;

        frame_init(600, 1, (enum frame_type)type);
        e = win[600];
        if (type == FRAME_DATA)
            cr_assert_eq(e, 0x8000000000000067u | 600u << 12);
        else if (type >= FRAME_PT1 && type <= FRAME_PT4)
            cr_assert_eq(e, 0x8000000000000065u | 600u << 12);
        else
            cr_assert_eq(e, 0u);
    }
}

Test(frame, only_data_counts_and_all_else_stands_at_the_limit)
{
    world_new();
    for (uint32_t type = FRAME_NONE; type <= FRAME_LIMBO; type++) {
        frame_init(600, 1, (enum frame_type)type);
        cr_assert_eq(frame_refs[600], type == FRAME_DATA ? 0 : REF_MAX);
        cr_assert_eq(frame_parent[600],
                     type == FRAME_DATA || type == FRAME_PT4 ? 0 : NO_FRAME);
    }
}

Test(frame, a_pin_is_a_reference_that_only_data_takes)
{
    pfn_t where;

    world_new();
    cr_assert_eq(frame_pin(WORLD_DATA), OK);
    cr_assert_eq(frame_refs[WORLD_DATA], 1u);
    cr_assert_eq(kcheck(&where), 0u);
    cr_assert_eq(frame_pin(0), E_TYPE);
    cr_assert_eq(frame_pin(WORLD_NONE), E_TYPE);
    cr_assert_eq(frame_pin(WORLD_FRAMES), E_TYPE);
    cr_assert_eq(frame_pin(NO_FRAME), E_TYPE);
    cr_assert_eq(frame_pin(world_make(FRAME_PT1)), E_TYPE);
    frame_unpin(WORLD_DATA);
    cr_assert_eq(frame_refs[WORLD_DATA], 0u);
    frame_refs[WORLD_DATA] = REF_MAX - 1;
    cr_assert_eq(frame_pin(WORLD_DATA), E_SATURATED);
    frame_refs[WORLD_DATA] = REF_MAX - 2;
    cr_assert_eq(frame_pin(WORLD_DATA), OK);
    cr_assert_eq(frame_refs[WORLD_DATA], REF_MAX - 1);
}

Test(frame, device_ranges_are_known_exactly)
{
    world_new();
    cr_assert(!frame_is_device(WORLD_DEVICE - 1));
    cr_assert(frame_is_device(WORLD_DEVICE));
    cr_assert(frame_is_device(WORLD_DEVICE + WORLD_DEVICES - 1));
    cr_assert(!frame_is_device(WORLD_DEVICE + WORLD_DEVICES));
    cr_assert(!frame_is_device(NO_FRAME));
}

Test(frame, device_ranges_that_could_harm_are_refused)
{
    world_new();
    cr_assert_eq(frame_add_device(0x2000, 0), E_INVAL);
    cr_assert_eq(frame_add_device(NO_FRAME - 1, 2), E_INVAL);
    cr_assert_eq(frame_add_device(WORLD_DEVICE - 1, 2), E_INVAL);
    cr_assert_eq(frame_add_device(WORLD_DEVICE + WORLD_DEVICES - 1, 2), E_INVAL);
    cr_assert_eq(frame_add_device(0xfee00, 1), E_INVAL);
    cr_assert_eq(frame_add_device(0xfebff, 2), E_INVAL);
    cr_assert_eq(frame_add_device(0xfebff, 1), OK);
    cr_assert_eq(frame_add_device(0xfefff, 1), E_INVAL);
    cr_assert_eq(frame_add_device(0xff000, 1), OK);
    cr_assert_eq(frame_add_device(0, 1), E_TYPE);
    cr_assert_eq(frame_add_device(WORLD_DATA - 1, 2), E_TYPE);
    cr_assert_eq(frame_add_device(WORLD_NONE, 1), OK);
}

Test(frame, there_is_room_for_sixteen_device_ranges)
{
    world_new();
    for (uint32_t k = 1; k < 16; k++)
        cr_assert_eq(frame_add_device(0x10000 * k, 1), OK);
    cr_assert_eq(frame_add_device(0x10000 * 20, 1), E_NOMEM);
}

Test(tlb, a_stamp_is_done_when_every_cpu_has_flushed_since)
{
    uint64_t ticket;

    memory_reset(16);
    tlb_cpus = 2;
    ticket = tlb_stamp();
    cr_assert_eq(ticket, 1u);
    cr_assert(tlb_done(ticket));
    tlb_flushed[0] = tlb_flushed[1] = 0;
    cr_assert(!tlb_done(ticket));
    tlb_flushed[0] = tlb_clock;
    cr_assert(!tlb_done(ticket));
    tlb_flushed[1] = FLUSHED_FOREVER;
    cr_assert(tlb_done(ticket));
    cr_assert(!tlb_done(tlb_stamp()));
    cr_assert(tlb_done(0));
}

Test(tlb, a_ticket_is_given_only_for_a_root_that_is_loaded)
{
    memory_reset(16);
    tlb_cpus = 2;
    cr_assert_eq(tlb_ticket(5), 0u);
    tlb_root[1] = 5;
    cr_assert_eq(tlb_ticket(5), 1u);
    cr_assert_eq(tlb_ticket(6), 0u);
    cr_assert_eq(tlb_clock, 1u);
    tlb_root[1] = NO_FRAME;
    tlb_root[2] = 5;
    cr_assert_eq(tlb_ticket(5), 0u, "a CPU that does not run counts for nothing");
}
