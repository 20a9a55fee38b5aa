/* Windows of the model: who excludes whom, and exact counts (contract 1.6, 3.3). */
#include <criterion/criterion.h>
#include <string.h>

#include "ask.h"

static uint64_t s;

/* Pages 1 and 2 are there, page 3 may be read only, page 4 is a hole. */
static void begin(void)
{
    world_begin();
    s = new_space(0);
    cr_assert_eq(ask(0, MM_MAP1, s, P, RW, new_frame(0, 'a'), new_frame(0, 'b')), OK);
    cr_assert_eq(ask(0, MM_MAP1, s, 3 * P, PROP_R, new_frame(0, 'c')), OK);
}

TestSuite(windows, .init = begin, .fini = world_end);

static uint64_t window(uint64_t start, uint64_t bytes, bool writer)
{
    cr_assert_eq(ask(0, MM_WINDOW_NEW, s, start, bytes, writer), OK);
    return out[0];
}

static int64_t move(uint64_t w, uint32_t length, const char *bytes)
{
    model_step(world, 0,
               &(struct model_request){ .kind = bytes ? MODEL_WRITE : MODEL_READ,
                                        .window = w,
                                        .length = length,
                                        .bytes = (const uint8_t *)bytes });
    return taken(0);
}

/* Did the last read bring these bytes? */
static bool read_was(const char *bytes)
{
    const struct outcome *o = &answer->member[0];

    return o->size == strlen(bytes) && !memcmp(o->bytes, bytes, o->size);
}

static uint64_t rest(uint64_t w)
{
    cr_assert_eq(ask(0, MM_WINDOW_REMAIN, w), OK);
    return out[0];
}

Test(windows, bytes_go_over_the_edge_of_a_page_and_the_window_moves_on)
{
    uint64_t w = window(2 * P - 2, 6, true), r = window(2 * P - 3, 8, false);

    cr_assert_eq(move(w, 4, "WXYZ"), OK);
    cr_assert_eq(out[0], 4);
    cr_assert_eq(rest(w), 2);
    cr_assert_eq(move(w, 4, "more"), OK);
    cr_assert_eq(out[0], 2, "clipped to the window");
    cr_assert_eq(move(r, 100, NULL), OK);
    cr_assert(read_was("aWXYZmob"));
}

Test(windows, a_copy_stops_at_the_first_byte_that_may_not_be_used)
{
    uint64_t w = window(3 * P - 2, 8, true), r = window(4 * P - 3, 8, false);

    cr_assert_eq(move(w, 8, "12345678"), E_FAULT);
    cr_assert_eq(out[0], 2, "page 3 is not for writing");
    cr_assert_eq(rest(w), 6);
    cr_assert_eq(move(r, 8, NULL), E_FAULT);
    cr_assert_eq(out[0], 3, "page 4 is a hole");
    cr_assert_eq(rest(r), 5);
}

Test(windows, a_page_without_access_is_no_page)
{
    uint64_t r = window(2 * P, 4, false), w = window(2 * P, 4, true);

    cr_assert_eq(ask(0, MM_PROTECT1, s, 2 * P, P, 0), OK);
    cr_assert_eq(move(r, 4, NULL), E_FAULT);
    cr_assert_eq(out[0], 0);
    cr_assert_eq(ask(0, MM_PROTECT1, s, 2 * P, P, PROP_R), OK);
    cr_assert_eq(move(r, 4, NULL), OK);
    cr_assert_eq(move(w, 4, "1234"), E_FAULT);
}

Test(windows, a_value_is_whole_or_not_at_all)
{
    uint64_t w = window(3 * P - 2, 8, true), r = window(3 * P - 2, 4, false);

    cr_assert_eq(ask(0, MM_WINDOW_WRITE_VAL, w, 4, 0x11223344), E_FAULT);
    cr_assert_eq(out[0], 0);
    cr_assert_eq(rest(w), 8);
    cr_assert_eq(ask(0, MM_WINDOW_READ_VAL, r, 4), OK);
    cr_assert_eq(out[0], 0x63636262, "nothing of it was written");
    cr_assert_eq(ask(0, MM_WINDOW_READ_VAL, r, 4), E_INVAL, "no byte is left");
    cr_assert_eq(ask(0, MM_WINDOW_READ_VAL, r, 3), E_INVAL);
}

Test(windows, compare_and_swap_tells_what_it_found_and_stays)
{
    uint64_t w = window(P, 8, true);

    cr_assert_eq(ask(0, MM_WINDOW_CAS, w, 1, 2), OK);
    cr_assert_eq(out[0], 0x61616161);
    cr_assert_eq(out[1], 0);
    cr_assert_eq(ask(0, MM_WINDOW_CAS, w, 0x61616161, 7), OK);
    cr_assert_eq(out[1], 1);
    cr_assert_eq(ask(0, MM_WINDOW_LOAD, w), OK);
    cr_assert_eq(out[0], 7);
    cr_assert_eq(rest(w), 8);
    cr_assert_eq(ask(0, MM_WINDOW_SKIP, w, 1), OK);
    cr_assert_eq(ask(0, MM_WINDOW_LOAD, w), E_ALIGN);
}

Test(windows, writers_exclude_readers_share_and_touching_is_no_conflict)
{
    uint64_t w = window(P, 16, true), beside = window(P + 16, 16, true);
    uint64_t r1 = window(P + 15, 4, false), r2 = window(P + 15, 8, false);
    uint64_t empty = window(P + 4, 0, true);

    cr_assert_eq(ask(0, MM_WINDOW_ACTIVATE, w), OK);
    cr_assert_eq(ask(0, MM_WINDOW_ACTIVATE, beside), OK);
    cr_assert_eq(ask(0, MM_WINDOW_ACTIVATE, empty), OK);
    cr_assert_eq(ask(0, MM_WINDOW_ACTIVATE, r1), E_BUSY);
    cr_assert_eq(move(r1, 1, NULL), E_BUSY);
    cr_assert_eq(ask(0, MM_WINDOW_DISPOSE, w), OK);
    cr_assert_eq(ask(0, MM_WINDOW_DISPOSE, beside), OK);
    cr_assert_eq(ask(0, MM_WINDOW_ACTIVATE, r1), OK);
    cr_assert_eq(ask(0, MM_WINDOW_ACTIVATE, r2), OK);
    cr_assert_eq(move(w, 4, "1234"), E_BUSY);
    cr_assert_eq(ask(0, MM_WINDOW_LIMIT, w, 15), OK);
    cr_assert_eq(move(w, 4, "1234"), OK, "it ends where they begin");
}

Test(windows, unmap_does_not_ask_a_window_and_a_new_mapping_is_seen)
{
    uint64_t r = window(P, 4, false);

    cr_assert_eq(ask(0, MM_WINDOW_ACTIVATE, r), OK);
    cr_assert_eq(ask(0, MM_UNMAP1, s, P, P), OK);
    cr_assert_eq(move(r, 4, NULL), E_FAULT);
    cr_assert_eq(out[0], 0);
    cr_assert_eq(ask(0, MM_MAP1, s, P, PROP_R, new_frame(0, 'z')), OK);
    cr_assert_eq(move(r, 4, NULL), OK);
    cr_assert(read_was("zzzz"));
    cr_assert_eq(ask(0, MM_CLOSE, s), E_BUSY, "a window is in it");
}

Test(windows, a_long_copy_goes_on_when_nobody_asks_and_excludes_meanwhile)
{
    cr_assert_eq(ask(0, MM_GRANT, s, model_id(world, 1), MM_RIGHT_ALL), OK);
    uint64_t theirs = out[0];
    cr_assert_eq(ask(1, MM_WINDOW_NEW, theirs, HP, 4, 0), OK);
    uint64_t r = out[0];
    cr_assert_eq(ask(0, MM_FRAME_ALLOC, PT_ENTRIES, 'q', 0), OK);
    uint64_t run = out[0];
    for (uint64_t i = 1; i <= 8; i++)
        cr_assert_eq(ask(0, MM_MAP1, s, i * HP, RW, run), OK);
    uint64_t w = window(HP, 8 * HP, true);

    post(0, MM_WINDOW_ZERO, w, 8 * HP);
    cr_assert(model_moves(world, 0));
    cr_assert_eq(ask(1, MM_WINDOW_READ_VAL, r, 4), E_BUSY);
    while (model_idle(world))
        ;
    cr_assert_eq(taken(0), OK);
    cr_assert_eq(out[0], 8 * HP);
    cr_assert_eq(ask(1, MM_WINDOW_READ_VAL, r, 4), OK);
    cr_assert_eq(out[0], 0);
}
