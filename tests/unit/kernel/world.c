/* See world.h. */
#include "world.h"

#include <criterion/criterion.h>

#include "kernel/kcheck.h"
#include "kernel/retype.h"
#include "kernel/tlb.h"
#include "memory_arch.h"

pfn_t world_node[5];

static pfn_t next_node;

void world_new(void)
{
    memory_reset(WORLD_FRAMES);
    frame_init(WORLD_DATA, WORLD_FRAMES - WORLD_DATA, FRAME_DATA);
    if (!frame_is_device(WORLD_DEVICE))
        cr_assert_eq(frame_add_device(WORLD_DEVICE, WORLD_DEVICES), OK);
    next_node = WORLD_NODES;
}

pfn_t world_make(enum frame_type type)
{
    uint64_t ticket;
    pfn_t f = next_node++;

    edit_list[0] = f;
    cr_assert_eq(retype_begin(1, &ticket), OK);
    edit_list[0] = f;
    cr_assert_eq(retype_end(1, type), OK);
    return f;
}

void world_tree(void)
{
    for (uint32_t level = 4; level > 0; level--)
        world_node[level] = world_make((enum frame_type)(FRAME_PT1 + level - 1));
    for (uint32_t level = 4; level > 1; level--)
        cr_assert_eq(world_edit((struct edit_rec){ .node = world_node[level],
                                                   .count = 1,
                                                   .op = EDIT_LINK,
                                                   .frame = world_node[level - 1] }),
                     OK);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    return (hash ^ word) * 0x9e3779b97f4a7c15u + (hash >> 29);
}

static uint64_t mix_entries(uint64_t hash, pfn_t f)
{
    for (uint32_t i = 0; i < PT_ENTRIES; i++)
        hash = mix(hash, pt_load(f, i));
    return hash;
}

uint64_t world_hash(void)
{
    uint64_t hash = tlb_clock;

    for (pfn_t f = 0; f < frame_count; f++) {
        hash = mix(hash, frame_type[f] | (uint64_t)frame_refs[f] << 32);
        hash = mix(hash, frame_parent[f] | (uint64_t)frame_index[f] << 32);
        hash = mix(hash, frame_live[f] ^ frame_stamp[f] << 16);
        hash = mix(hash, win[f] ^ frame_gen[f]);
        if (frame_type[f] >= FRAME_PT1 && frame_type[f] <= FRAME_PT4)
            hash = mix_entries(hash, f);
    }
    return hash;
}

status_t world_edit(struct edit_rec r)
{
    uint64_t before = world_hash();
    status_t status;
    pfn_t where;
    uint32_t row;

    edit_recs[0] = r;
    status = edit_run(world_node[4], 1);
    cr_assert_eq(edit_answer.done, status == OK ? 1u : 0u);
    if (status != OK)
        cr_assert_eq(before, world_hash(), "a refused record changed something (op %u)", r.op);
    row = kcheck(&where);
    cr_assert_eq(row, 0u, "row %u fails at frame %u after op %u", row, where, r.op);
    return status;
}
