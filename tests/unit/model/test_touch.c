/* Touches in the model: old translations that a CPU may still have, faults, handlers. */
#include <criterion/criterion.h>

#include "ask.h"

enum { VA = 0x7000 };

static uint64_t s, theirs;

/* Client 0 on CPU 0 and client 2 on CPU 1 are in the space. */
static void begin(void)
{
    world_begin();
    s = new_space(0);
    cr_assert_eq(ask(0, MM_GRANT, s, model_id(world, 2), MM_RIGHT_ALL), OK);
    theirs = out[0];
    cr_assert_eq(ask(0, MM_ACTIVATE, s), OK);
    cr_assert_eq(ask(2, MM_ACTIVATE, theirs), OK);
    cr_assert_eq(ask(0, MM_MAP1, s, VA, RW, new_frame(0, 0x11)), OK);
}

TestSuite(touch, .init = begin, .fini = world_end);

static bool may_be_fault(enum fault_reason reason)
{
    for (uint32_t i = 0; i < answer->count; i++) {
        const struct outcome *o = &answer->member[i];
        if (o->end == OUTCOME_FAULT && o->reason == reason)
            return true;
    }
    return false;
}

static bool may_be_value(uint64_t value)
{
    for (uint32_t i = 0; i < answer->count; i++) {
        const struct outcome *o = &answer->member[i];
        if (o->end == OUTCOME_REPLY && o->words[0] == value)
            return true;
    }
    return false;
}

Test(touch, an_unmapped_page_may_be_seen_by_another_cpu_until_sync)
{
    uint64_t c = new_cursor(0, s, VA, VA + P);

    cr_assert_eq(ask(0, MM_UNMAP, c, P), OK);
    load(0, VA, 1);
    cr_assert(is_fault(ACCESS_R, REASON_NOTPRESENT), "this CPU was flushed by the dispatch");
    load(2, VA, 1);
    cr_assert_eq(answer->count, 2);
    cr_assert(may_be_value(0x11) && may_be_fault(REASON_NOTPRESENT));
    cr_assert_eq(ask(0, MM_SYNC, c), OK);
    load(2, VA, 1);
    cr_assert(is_fault(ACCESS_R, REASON_NOTPRESENT));
}

Test(touch, a_one_shot_is_coherent_when_answered)
{
    cr_assert_eq(ask(0, MM_UNMAP1, s, VA, P), OK);
    load(2, VA, 1);
    cr_assert(is_fault(ACCESS_R, REASON_NOTPRESENT));
}

Test(touch, quiet_means_flushed)
{
    uint64_t c = new_cursor(0, s, VA, VA + P);

    cr_assert_eq(ask(0, MM_UNMAP, c, P), OK);
    model_quiet(world);
    load(2, VA, 1);
    cr_assert(is_fault(ACCESS_R, REASON_NOTPRESENT));
}

Test(touch, a_downgrade_holds_after_dispatch_not_before)
{
    uint64_t c = new_cursor(0, s, VA, VA + P);

    cr_assert_eq(ask(0, MM_PROTECT_NEXT, c, P, PROP_R), OK);
    store(0, VA, 1, 5);
    cr_assert_eq(answer->count, 2);
    cr_assert(may_be_fault(REASON_PROTECTION));
    model_commit(world, 0, &answer->member[answer->member[0].end == OUTCOME_REPLY ? 0 : 1]);
    load(0, VA, 1);
    cr_assert(is_value(5), "it was said to have gone through");
    cr_assert_eq(ask(0, MM_CLOSE, c), OK);
    store(0, VA, 1, 6);
    cr_assert(is_fault(ACCESS_W, REASON_PROTECTION));
}

Test(touch, a_store_that_went_to_one_of_two_frames_makes_both_unknown)
{
    uint64_t c = new_cursor(0, s, VA, VA + P), g = new_frame(0, 0x22);

    cr_assert_eq(ask(0, MM_MAP, c, RW, g), OK);
    store(2, VA, 1, 9);
    cr_assert_eq(answer->count, 1, "it succeeds, wherever");
    cr_assert_eq(ask(0, MM_CLOSE, c), OK);
    load(0, VA, 1);
    cr_assert(answer->any);
    load(0, VA + 1, 1);
    cr_assert(is_value(0x22));
}

Test(touch, who_leaves_the_space_keeps_nothing_of_it)
{
    uint64_t c = new_cursor(0, s, VA, VA + P);

    cr_assert_eq(ask(0, MM_UNMAP, c, P), OK);
    cr_assert_eq(ask(2, MM_ACTIVATE, 0), OK);
    cr_assert_eq(ask(2, MM_ACTIVATE, theirs), OK);
    load(2, VA, 1);
    cr_assert(is_fault(ACCESS_R, REASON_NOTPRESENT));
}

Test(touch, over_the_edge_of_a_page)
{
    cr_assert_eq(ask(0, MM_MAP1, s, VA + P, PROP_R, new_frame(0, 0x33)), OK);
    load(0, VA + P - 2, 4);
    cr_assert(is_value(0x33331111));
    store(0, VA + P - 2, 4, 0);
    cr_assert(is_fault(ACCESS_W, REASON_OTHER));
    load(0, VA - 2, 4);
    cr_assert(is_fault(ACCESS_R, REASON_NOTPRESENT));
    load(0, USER_END - 2, 4);
    cr_assert(is_fault(ACCESS_R, REASON_OTHER));
}

Test(touch, code_returns_faults_or_nobody_knows)
{
    cr_assert_eq(ask(0, MM_MAP1, s, 0x1000, PROP_R | PROP_X, new_frame(0, 0xc3)), OK);
    cr_assert_eq(ask(0, MM_MAP1, s, 0x3000, PROP_R | PROP_X, new_frame(0, 0x90)), OK);
    cr_assert_eq(ask(0, MM_MAP1, s, 0x5000, PROP_R | PROP_X, new_frame(0, 0x0f)), OK);
    call(0, 0x1000);
    cr_assert(is_value(0));
    call(0, 0x3000);
    cr_assert(is_fault(ACCESS_X, REASON_OTHER), "it runs into a hole");
    call(0, VA);
    cr_assert(is_fault(ACCESS_X, REASON_PROTECTION));
    call(0, 0x5000);
    cr_assert(answer->any);
}

Test(touch, a_handler_maps_and_resumes_or_its_end_refuses)
{
    uint32_t whose;

    model_takes_faults(world, 1);
    cr_assert_eq(ask(0, MM_PAGER, s, model_id(world, 1)), OK);
    model_step(world, 0,
               &(struct model_request){
                   .kind = MODEL_TOUCH, .access = ACCESS_R, .width = 1, .address = 0x9004 });
    cr_assert_not(model_answer(world, &whose, &answer), "it waits for the handler");
    model_step(world, 1,
               &(struct model_request){ .kind = MODEL_FAULT, .fault = MODEL_FAULT_TAKE });
    cr_assert_eq(taken(1), OK);
    cr_assert_eq(out[0], 0x9004);
    cr_assert_eq(ask(2, MM_MAP1, theirs, 0x9000, PROP_R, new_frame(2, 0x44)), OK);
    model_step(world, 1,
               &(struct model_request){ .kind = MODEL_FAULT, .fault = MODEL_FAULT_RESUME });
    cr_assert_eq(taken(0), OK);
    cr_assert_eq(out[0], 0x44);
    cr_assert_eq(taken(1), OK);
    model_step(world, 0,
               &(struct model_request){
                   .kind = MODEL_TOUCH, .access = ACCESS_W, .width = 1, .address = 0x9004 });
    model_end(world, 1);
    cr_assert(model_answer(world, &whose, &answer));
    cr_assert_eq(whose, 0);
    cr_assert(is_fault(ACCESS_W, REASON_PROTECTION));
}
