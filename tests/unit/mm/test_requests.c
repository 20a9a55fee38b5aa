/* Malformed and hostile requests: mm answers, nothing breaks, nothing leaks. */
#include <string.h>

#include "core/check.h"
#include "core/frame_pool.h"
#include "world.h"

static uint64_t seed = 42;
static uint64_t rnd(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

static const struct {
    uint32_t label, least, most;
} known[] = {
#define MM_OP(name, label, least, most, args, results) { label, least, most },
#include "abi/mm.def"
#undef MM_OP
};
enum { KNOWN = sizeof known / sizeof known[0] };

Test(requests, unknown_labels_and_wrong_counts_are_invalid)
{
    uint64_t words[MM_ARGS_MAX + 1] = { 0 };

    world_start(WORLD_FRAMES, 1);
    for (uint64_t label = 0; label < 300; label++) {
        bool is = false;

        for (uint32_t i = 0; i < KNOWN; i++)
            is |= known[i].label == label;
        words[0] = label;
        if (!is)
            cr_assert_eq(world_ask(0, 2, words), E_INVAL);
    }
    for (uint32_t i = 0; i < KNOWN; i++) {
        words[0] = known[i].label;
        if (known[i].least > 0)
            cr_assert_eq(world_ask(0, known[i].least - 1, words), E_INVAL);
        if (known[i].most < MM_ARGS_MAX)
            cr_assert_eq(world_ask(0, known[i].most + 1, words), E_INVAL);
    }
    world_end();
}

/* A word that is likely to be a limit of something. */
static uint64_t any_word(const uint64_t *handles, uint32_t n)
{
    switch (rnd(8)) {
    case 0:
        return rnd(5);
    case 1:
        return rnd(40) * P;
    case 2:
        return 0 - rnd(3) * P;
    case 3:
        return USER_END - rnd(4) * P;
    case 4:
        return 1ull << rnd(64);
    case 5:
        return (1ull << rnd(64)) - 1;
    default:
        return handles[rnd(n)];
    }
}

static bool makes_handle(uint32_t label)
{
    return label == MM_SPACE_NEW || label == MM_FRAME_ALLOC || label == MM_CURSOR_OPEN ||
           label == MM_GRANT || label == MM_SELF || label == MM_ENDPOINT_NEW;
}

/* A word for argument k of a label: mostly one that could be meant. */
static uint64_t word_for(uint32_t label, uint32_t k, const uint64_t *handles)
{
    if (rnd(6) == 0)
        return any_word(handles, 32);
    if (label == MM_FRAME_ALLOC)
        return k == 0 ? 1 + rnd(40) : 0;
    if (k == 0)
        return handles[rnd(32)];
    if (label == MM_CURSOR_OPEN && k < 3)
        return k == 1 ? rnd(4) * HP : (1 + rnd(8)) * HP;
    if (label == MM_CURSOR_OPEN)
        return MM_CURSOR_MUT | MM_CURSOR_TRY;
    if (label == MM_MAP)
        return k == 1 ? RW : handles[rnd(32)];
    if (label == MM_MAP1)
        return k == 1 ? rnd(700) * P : k == 2 ? R : handles[rnd(32)];
    if (label == MM_GRANT)
        return k == 1 ? world_client((uint32_t)rnd(WORLD_CLIENTS)) : MM_RIGHT_ALL;
    return rnd(600) * P;
}

static void storm(void)
{
    static uint64_t handles[WORLD_CLIENTS][32];
    uint64_t words[MM_ARGS_MAX + 1];
    bool waits[WORLD_CLIENTS] = { false };

    world_start(WORLD_FRAMES, 1);
    memset(handles, 0, sizeof handles);
    for (uint32_t step = 0; step < 500; step++) {
        uint32_t i = (uint32_t)rnd(WORLD_CLIENTS), op = (uint32_t)rnd(KNOWN);
        uint32_t label = known[op].label, more = known[op].most - known[op].least;
        uint32_t count = known[op].least + (more > 0 ? (uint32_t)rnd(more < 9 ? more : 9) : 0);

        if (waits[i] || label == MM_CORRUPT || label == MM_FAIL_ALLOC)
            continue;
        words[0] = label;
        for (uint32_t k = 0; k < count; k++)
            words[1 + k] = word_for(label, k, handles[i]);
        int32_t status = world_ask(i, count, words);

        waits[i] = status == SERVE_LATER;
        if (status == OK && makes_handle(label)) {
            uint32_t to = i;

            for (uint32_t k = 0; label == MM_GRANT && k < WORLD_CLIENTS; k++)
                to = words[2] == world_client(k) ? k : to;
            handles[to][rnd(32)] = world_out[0];
        }
        for (struct port_host_reply r = port_host_next_reply(); r.token != 0;
             r = port_host_next_reply())
            for (uint32_t k = 0; k < WORLD_CLIENTS; k++)
                waits[k] = waits[k] && world_client(k) != r.token;
    }
    world_end();
}

Test(requests, any_words_from_any_client_are_answered, .timeout = 110)
{
    for (uint32_t i = 0; i < 25; i++)
        storm();
}

Test(requests, each_row_that_mm_checks_can_be_broken_and_is_named)
{
    static const uint64_t rows[] = { 5, 7, 8, 9, 13, 15, 16, 17 };

    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct check_result found;

        world_start(WORLD_FRAMES, 1);
        uint64_t space = ok(0, MM_SPACE_NEW);

        ok(0, MM_QUERY1, space, 3 * HP);
        ok(0, MM_CURSOR_OPEN, space, 0, 2 * HP, MM_CURSOR_MUT);
        ok(0, MM_CURSOR_OPEN, space, 3 * HP, 3 * HP + P, 0);
        ok(0, MM_FRAME_ALLOC, 4, 0, 0);
        ok(0, MM_WINDOW_ACTIVATE, ok(0, MM_WINDOW_NEW, space, 0, P, MM_WINDOW_WRITER));
        ok(0, MM_WINDOW_ACTIVATE, ok(0, MM_WINDOW_NEW, space, P, 1, 0));
        cr_assert_eq(check_corrupt(rows[i]), OK);
        cr_assert_eq(check_all(&found), OK);
        cr_assert_eq(found.row, rows[i]);
        cr_assert_eq(check_corrupt(0), OK);
        cr_assert_eq(check_all(&found), OK);
        cr_assert_eq(found.row, 0);
        cr_assert_eq(check_corrupt(0), E_INVAL);
    }
    cr_assert_eq(check_corrupt(99), E_INVAL);
}

Test(requests, a_lost_frame_is_named)
{
    struct check_result found;
    pfn_t lost;

    world_start(WORLD_FRAMES, 1);
    cr_assert_eq(frame_pool_take(1, FRAME_USE_OTHER, &lost), OK);
    cr_assert_eq(check_all(&found), OK);
    cr_assert_eq(found.row, 9);
    cr_assert_eq(found.detail, lost);
    frame_pool_put(lost);
    cr_assert_eq(check_all(&found), OK);
    cr_assert_eq(found.row, 0);
    world_end();
}

Test(requests, a_hole_costs_the_same_whatever_its_size)
{
    world_start(WORLD_FRAMES, 1);
    uint64_t space = ok(0, MM_SPACE_NEW);

    ok(0, MM_UNMAP1, space, 0, USER_END);
    cr_assert_eq(world_stat(COUNTER_nodes), 0);
    ok(0, MM_UNMAP1, space, 512 * GP, 512 * GP);
    cr_assert_eq(world_stat(COUNTER_nodes), 1);
    uint64_t all = ok(0, MM_CURSOR_OPEN, space, 0, USER_END, 0);

    cr_assert_eq(ok(0, MM_FIND_NEXT, all, USER_END), 0);
    cr_assert_eq(world_out[1], USER_END);
    world_end();
}

Test(requests, only_a_trusted_client_may_break_things)
{
    world_start(WORLD_FRAMES, 1);
    must(E_ACCESS, 1, MM_FAIL_ALLOC, 1);
    must(E_ACCESS, 1, MM_CORRUPT, 1);
}
