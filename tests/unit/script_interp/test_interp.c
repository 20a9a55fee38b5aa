/* The interpreter on the toy machine of fake.c, with programs written by assembler.c. */
#include <criterion/criterion.h>
#include <string.h>

#include "assembler.h"
#include "clients/conductor/core/draw.h"
#include "clients/conductor/core/lanes.h"
#include "clients/conductor/core/script.h"
#include "fake.h"

static struct assembler as;
static struct script script;

enum { MAIN, A, B };
enum { S = 0, F = 1, C = 2, D = 3, I = 4, N = 6 }; /* slots by use */

static void begin(void)
{
    asm_init(&as);
    fake_reset();
}

static struct script_verdict run(void)
{
    size_t bytes = asm_finish(&as);
    struct script_verdict verdict = script_run(&script, 0, "test", as.file, bytes);

    cr_assert_eq(fake.live_handles, 0, "%u handles are left", fake.live_handles);
    cr_assert_eq(fake.live_clients, 0, "%u clients are left", fake.live_clients);
    cr_assert_eq(fake_count(REC_SCRIPT_BEGIN), 1);
    cr_assert_eq(fake_count(REC_PLAN), 1);
    cr_assert_eq(fake_count(REC_SCRIPT_END), 1);
    cr_assert_eq(fake.record[fake.records - 1].type, REC_SCRIPT_END);
    cr_assert_eq(fake_count(REC_POINT), verdict.points);
    return verdict;
}

static void declare(int client)
{
    asm_number(&as, 0);
    asm_op(&as, PROG_DECLARE, 0, (uint32_t)client, 0);
}

static void space(int client, int slot)
{
    asm_request(&as, SCRIPT_SPACE, client, 0, slot, -1, false);
}

static void frames(int client, int slot, uint64_t count)
{
    asm_number(&as, count);
    asm_number(&as, 0xaa);
    asm_request(&as, SCRIPT_FRAME, client, 2, slot, -1, false);
}

/* Pushes the operands of a cursor over [start, end) of the space in slot S. */
static void cursor_operands(uint64_t start, uint64_t end)
{
    asm_load(&as, S);
    asm_number(&as, start);
    asm_number(&as, end);
    asm_number(&as, MM_CURSOR_MUT);
}

static void cursor(int client, int slot, int tag, bool expects)
{
    cursor_operands(0x1000, 0x5000);
    if (expects)
        asm_expect(&as, OUT_OK);
    asm_request(&as, SCRIPT_CURSOR_MUT, client, 4, slot, tag, expects);
}

static void close_slot(int client, int slot)
{
    asm_load(&as, slot);
    asm_ok(&as, SCRIPT_CLOSE, client, 1, -1);
}

Test(interp, an_empty_script_passes)
{
    begin();
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_PASS);
    cr_assert_eq(v.points, 0);
}

Test(interp, a_met_expectation_is_a_point_that_passes)
{
    begin();
    space(MAIN, S);
    asm_load(&as, S);
    asm_ok(&as, SCRIPT_CLOSE, MAIN, 1, -1);
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_PASS);
    cr_assert_eq(v.points, 1);
    cr_assert_eq(fake_point(REC_POINT, 0)->verdict, VERDICT_PASS);
    cr_assert_eq(fake_point(REC_POINT, 0)->actual.kind, OUT_OK);
}

Test(interp, a_missed_expectation_fails_and_tells_what_was_expected)
{
    begin();
    space(MAIN, S);
    asm_load(&as, S);
    asm_expect_error(&as, E_RANGE);
    asm_expect_error(&as, E_STALE);
    asm_request(&as, SCRIPT_CLOSE, MAIN, 1, -1, -1, true);
    space(MAIN, D);
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_FAIL);
    const struct rec_point *p = fake_point(REC_POINT, 0);
    cr_assert_eq(p->why, WHY_MISMATCH);
    cr_assert_eq(p->expects, 2);
    const struct rec_outcome *want = (const void *)(p + 1);
    cr_assert_eq(want[0].status, E_RANGE);
    cr_assert_eq(want[1].status, E_STALE);
    cr_assert_eq(fake_messages(MAIN, MM_SPACE_NEW), 2, "the script goes on");
}

Test(interp, a_request_without_expectation_must_succeed)
{
    begin();
    asm_number(&as, 0);
    asm_request(&as, SCRIPT_CLOSE, MAIN, 1, -1, -1, false);
    space(MAIN, S);
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_FAIL);
    cr_assert_eq(fake_point(REC_FAIL, 0)->why, WHY_FAILED);
    cr_assert_eq(fake_point(REC_FAIL, 0)->actual.status, E_HANDLE);
    cr_assert_eq(fake_messages(MAIN, MM_SPACE_NEW), 0, "nothing runs behind it");
}

Test(interp, a_closed_name_is_stale_and_an_unbound_one_was_never_valid)
{
    begin();
    space(MAIN, S);
    close_slot(MAIN, S);
    asm_load(&as, S);
    asm_expect_error(&as, E_STALE);
    asm_request(&as, SCRIPT_CLOSE, MAIN, 1, -1, -1, true);
    asm_load(&as, D);
    asm_expect_error(&as, E_HANDLE);
    asm_request(&as, SCRIPT_CLOSE, MAIN, 1, -1, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
}

Test(interp, a_name_that_is_nothing_does_not_deactivate)
{
    begin();
    asm_load(&as, D);
    asm_expect_error(&as, E_HANDLE);
    asm_request(&as, SCRIPT_ACTIVATE, MAIN, 1, -1, -1, true);
    asm_op(&as, PROG_NONE, 0, 0, 0);
    asm_ok(&as, SCRIPT_ACTIVATE, MAIN, 1, -1);
    cr_assert_eq(run().verdict, VERDICT_PASS);
}

Test(interp, fail_alloc_is_asked_by_the_conductor_itself)
{
    begin();
    asm_number(&as, 3);
    asm_ok(&as, SCRIPT_FAIL_ALLOC, MAIN, 1, -1);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake_messages(MAIN, MM_FAIL_ALLOC), 0);
}

Test(interp, a_client_made_anew_is_granted_anew)
{
    begin();
    declare(A);
    space(MAIN, S);
    cursor(A, C, -1, true);
    asm_op(&as, PROG_CLIENT, 0, 0, A);
    asm_ok(&as, SCRIPT_KILL, MAIN, 1, -1);
    declare(A);
    cursor(A, C, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake_messages(MAIN, MM_GRANT), 2);
}

Test(interp, a_space_of_main_is_granted_at_the_first_use_only)
{
    begin();
    declare(A);
    space(MAIN, S);
    cursor(A, C, -1, true);
    close_slot(A, C);
    cursor(A, C, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake_messages(MAIN, MM_GRANT), 1);
}

Test(interp, what_another_client_made_is_not_granted)
{
    begin();
    declare(A);
    space(A, S);
    asm_load(&as, S);
    asm_expect_error(&as, E_HANDLE);
    asm_request(&as, SCRIPT_CLOSE, MAIN, 1, -1, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
}

Test(interp, closing_a_name_of_main_closes_its_copies_first)
{
    begin();
    declare(A);
    space(MAIN, S);
    asm_load(&as, S);
    asm_ok(&as, SCRIPT_ACTIVATE, A, 1, -1);
    close_slot(MAIN, S);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake.message[fake.messages - 2].client, A);
    cr_assert_eq(fake.message[fake.messages - 2].label, MM_CLOSE);
    cr_assert_eq(fake.message[fake.messages - 1].client, MAIN);
    cr_assert_eq(fake.message[fake.messages - 1].label, MM_CLOSE);
}

Test(interp, a_group_closes_what_was_made_in_it_newest_first)
{
    begin();
    uint32_t site = asm_site(&as, (struct program_site){ .kind = SITE_GROUP });
    space(MAIN, S);
    asm_op(&as, PROG_GROUP, 0, 0, site);
    frames(MAIN, F, 2);
    cursor(MAIN, C, -1, true);
    asm_op(&as, PROG_ENDGROUP, 0, 0, site);
    space(MAIN, D);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake_count(REC_GROUP_END), 1);
    const struct fake_message *m = &fake.message[3];
    cr_assert_eq(m[0].args[0] >> 20 & 15, KIND_CURSOR);
    cr_assert_eq(m[1].args[0] & 0xfffff, 3, "the second frame");
    cr_assert_eq(m[2].args[0] & 0xfffff, 2, "the first frame");
    cr_assert_eq(m[3].label, MM_SPACE_NEW);
}

Test(interp, a_space_that_is_active_is_deactivated_before_its_group_closes_it)
{
    begin();
    declare(A);
    space(MAIN, S);
    asm_load(&as, S);
    asm_ok(&as, SCRIPT_ACTIVATE, A, 1, -1);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake_messages(A, MM_ACTIVATE), 2);
    cr_assert_eq(fake.message[fake.messages - 3].args[0], 0, "activate none, then two closes");
}

Test(interp, many_frames_travel_in_pieces)
{
    begin();
    frames(MAIN, F, 600);
    asm_number(&as, 599);
    asm_op(&as, PROG_LOADX, 0, 0, F);
    asm_ok(&as, SCRIPT_CLOSE, MAIN, 1, -1);
    asm_number(&as, 600);
    asm_op(&as, PROG_LOADX, 0, 0, F);
    asm_expect_error(&as, E_HANDLE);
    asm_request(&as, SCRIPT_CLOSE, MAIN, 1, -1, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake_messages(MAIN, MM_FRAME_ALLOC), 3);
}

Test(interp, many_frames_are_all_or_nothing)
{
    begin();
    fake.refuse_alloc = 2;
    asm_number(&as, 300);
    asm_number(&as, 0);
    asm_expect_error(&as, E_NOMEM);
    asm_request(&as, SCRIPT_FRAME, MAIN, 2, F, -1, true);
    asm_load(&as, F);
    asm_expect_error(&as, E_HANDLE);
    asm_request(&as, SCRIPT_CLOSE, MAIN, 1, -1, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake_messages(MAIN, MM_CLOSE), 257);
}

Test(interp, an_array_is_one_map_request_and_many_closes)
{
    begin();
    space(MAIN, S);
    frames(MAIN, F, 3);
    cursor(MAIN, C, -1, true);
    asm_load(&as, C);
    asm_load(&as, F);
    asm_number(&as, PROP_R | PROP_W);
    asm_ok(&as, SCRIPT_MAP, MAIN, 3, -1);
    asm_load(&as, F);
    asm_ok(&as, SCRIPT_CLOSE, MAIN, 1, -1);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    const struct fake_message *map = &fake.message[3];
    cr_assert_eq(map->label, MM_MAP);
    cr_assert_eq(map->count, 5);
    cr_assert_eq(map->args[1], PROP_R | PROP_W);
    cr_assert_eq(fake_messages(MAIN, MM_CLOSE), 5);
}

Test(interp, a_query_names_the_frame_by_its_identity)
{
    begin();
    space(MAIN, S);
    frames(MAIN, F, 3);
    cursor(MAIN, C, -1, true);
    asm_load(&as, C);
    asm_number(&as, 0x1000);
    asm_number(&as, 0x1000);
    asm_number(&as, 0);
    asm_op(&as, PROG_LOADX, 0, 0, F);
    asm_op(&as, PROG_EXPECT, OUT_MAPPED, OUT_ANY_PROP, 0);
    asm_request(&as, SCRIPT_QUERY, MAIN, 1, N, -1, true);
    asm_load(&as, N);
    asm_number(&as, 0x1000);
    asm_op(&as, PROG_CHECK, CHECK_COMPARE, BINARY_EQ,
           asm_site(&as, (struct program_site){ .kind = SITE_CHECK }));
    cr_assert_eq(run().verdict, VERDICT_PASS);
    const struct rec_outcome *actual = &fake_point(REC_POINT, 1)->actual;
    cr_assert_eq(actual->name, F);
    cr_assert_eq(actual->index, 0);
    cr_assert_eq(actual->prop, PROP_R | PROP_W);
}

static void blocked_by(enum program_op op, uint32_t what)
{
    asm_op(&as, op, 0, 0, what);
    asm_op(&as, PROG_BLOCKED, 0, 0,
           asm_site(&as, (struct program_site){ .kind = SITE_BLOCKED,
                                                .client = PROGRAM_NONE16,
                                                .tag = 5,
                                                .operands = 1 }));
}

static void await_tag(bool expects)
{
    asm_op(
        &as, PROG_AWAIT, 0, 0,
        asm_site(&as, (struct program_site){ .kind = SITE_AWAIT,
                                             .flags = expects ? SITE_EXPECTS | SITE_POINT : 0,
                                             .tag = 5 }));
}

Test(interp, a_blocked_request_waits_for_the_cursor_and_its_client)
{
    begin();
    declare(A);
    declare(B);
    space(MAIN, S);
    cursor(A, C, -1, true);
    cursor(B, D, 5, false);
    blocked_by(PROG_LOAD, C);
    blocked_by(PROG_CLIENT, A);
    close_slot(A, C);
    asm_expect(&as, OUT_OK);
    await_tag(true);
    close_slot(B, D);
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_PASS);
    cr_assert_eq(v.points, 6);
}

Test(interp, blocked_fails_with_what_is_waited_for_instead)
{
    begin();
    declare(A);
    declare(B);
    space(MAIN, S);
    cursor(A, C, -1, true);
    cursor(B, D, 5, false);
    blocked_by(PROG_CLIENT, MAIN);
    close_slot(A, C);
    blocked_by(PROG_CLIENT, A);
    struct script_verdict v = run();
    cr_assert_eq(v.failed, 2);
    cr_assert_eq(fake_point(REC_POINT, 1)->why, WHY_OTHER);
    cr_assert_eq(fake_point(REC_POINT, 1)->actual.kind, OUT_WAITS);
    cr_assert_eq(fake_point(REC_POINT, 1)->actual.name, C);
    cr_assert_eq(fake_point(REC_POINT, 3)->why, WHY_DONE);
    cr_assert_eq(fake_point(REC_POINT, 3)->actual.kind, OUT_OK);
}

Test(interp, a_request_that_nothing_can_free_is_stuck_without_a_timer)
{
    begin();
    declare(A);
    space(MAIN, S);
    cursor(MAIN, C, -1, true);
    cursor(A, D, -1, true);
    close_slot(MAIN, C);
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_FAIL);
    cr_assert_eq(fake_point(REC_POINT, 1)->why, WHY_STUCK);
    cr_assert_eq(fake_point(REC_POINT, 2)->verdict, VERDICT_PASS, "the script goes on");
    cr_assert_lt(fake.now, 1000);
}

Test(interp, only_a_later_statement_of_the_same_client_could_free_it)
{
    begin();
    declare(A);
    declare(B);
    space(MAIN, S);
    cursor(A, C, -1, true);
    cursor(B, D, 5, false);
    space(B, N);
    cr_assert_eq(run().verdict, VERDICT_FAIL);
    cr_assert_eq(fake_point(REC_FAIL, 0)->why, WHY_SELF);
}

Test(interp, an_async_request_that_never_completes_fails_at_the_end_of_its_group)
{
    begin();
    declare(A);
    space(MAIN, S);
    cursor(MAIN, C, -1, true);
    cursor(A, D, 5, true);
    struct script_verdict v = run();
    cr_assert_eq(v.failed, 1);
    cr_assert_eq(fake_point(REC_POINT, 1)->why, WHY_STUCK);
    cr_assert_eq(fake_count(REC_FAIL), 0);
}

Test(interp, a_killed_client_has_no_outcome)
{
    begin();
    declare(A);
    space(MAIN, S);
    cursor(MAIN, C, -1, true);
    cursor(A, D, 5, false);
    asm_op(&as, PROG_CLIENT, 0, 0, A);
    asm_ok(&as, SCRIPT_KILL, MAIN, 1, -1);
    asm_expect(&as, OUT_OK);
    await_tag(true);
    asm_expect(&as, OUT_ANY);
    await_tag(true);
    struct script_verdict v = run();
    cr_assert_eq(v.failed, 1);
    cr_assert_eq(fake_point(REC_POINT, 2)->why, WHY_DEAD);
    cr_assert_eq(fake_point(REC_POINT, 3)->verdict, VERDICT_PASS);
}

Test(interp, a_client_that_dies_by_itself_is_reported)
{
    begin();
    fake.die = true;
    asm_ok(&as, SCRIPT_SPACE, MAIN, 0, S);
    asm_ok(&as, SCRIPT_SPACE, MAIN, 0, S);
    struct script_verdict v = run();
    cr_assert_eq(v.failed, 2);
    cr_assert_eq(fake_point(REC_POINT, 1)->why, WHY_DEAD);
}

Test(interp, touches_load_store_and_fault)
{
    begin();
    asm_number(&as, 8);
    asm_number(&as, 4);
    asm_number(&as, 77);
    asm_ok(&as, SCRIPT_TOUCH_W, MAIN, 3, -1);
    asm_number(&as, 8);
    asm_number(&as, 4);
    asm_number(&as, 77);
    asm_op(&as, PROG_EXPECT, OUT_NUMBER, 0, 0);
    asm_request(&as, SCRIPT_TOUCH_R, MAIN, 2, -1, -1, true);
    asm_number(&as, 0x1234000);
    asm_op(&as, PROG_EXPECT, OUT_FAULT, 0, ACCESS_X | REASON_NOTPRESENT << 8);
    asm_request(&as, SCRIPT_TOUCH_X, MAIN, 1, -1, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
}

Test(interp, a_handler_takes_faults_one_by_one)
{
    begin();
    asm_expect_error(&as, E_INVAL);
    asm_request(&as, SCRIPT_RESUME, MAIN, 0, -1, -1, true);
    asm_number(&as, 0x7123);
    asm_op(&as, PROG_EXPECT, OUT_NUMBER, 0, 0);
    asm_request(&as, SCRIPT_TAKE_FAULT, MAIN, 0, -1, -1, true);
    asm_expect_error(&as, E_BUSY);
    asm_request(&as, SCRIPT_TAKE_FAULT, MAIN, 0, -1, -1, true);
    asm_op(&as, PROG_EXPECT, OUT_FAULT, 0, ACCESS_W | REASON_PROTECTION << 8);
    asm_request(&as, SCRIPT_FAULT_WHY, MAIN, 0, -1, -1, true);
    asm_ok(&as, SCRIPT_REFUSE, MAIN, 0, -1);
    cr_assert_eq(run().verdict, VERDICT_PASS);
}

Test(interp, clients_that_may_be_missing_are_words_that_may_be_missing)
{
    begin();
    declare(A);
    space(MAIN, S);
    asm_load(&as, S);
    asm_op(&as, PROG_CLIENT, 0, 0, A);
    asm_expect_error(&as, E_INVAL); /* the toy does not know the request */
    asm_request(&as, SCRIPT_REVOKE, MAIN, 2, -1, -1, true);
    asm_load(&as, S);
    asm_op(&as, PROG_NONE, 0, 0, 0);
    asm_expect_error(&as, E_INVAL);
    asm_request(&as, SCRIPT_REVOKE, MAIN, 2, -1, -1, true);
    asm_load(&as, S);
    asm_op(&as, PROG_NONE, 0, 0, 0);
    asm_expect_error(&as, E_INVAL);
    asm_request(&as, SCRIPT_PAGER, MAIN, 2, -1, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake.message[1].label, MM_REVOKE);
    cr_assert_eq(fake.message[1].count, 2);
    cr_assert_eq(fake.message[1].args[1], machine_client_id(A));
    cr_assert_eq(fake.message[2].label, MM_REVOKE);
    cr_assert_eq(fake.message[2].count, 1);
    cr_assert_eq(fake.message[3].label, MM_PAGER);
    cr_assert_eq(fake.message[3].count, 1);
}

Test(interp, a_saturation_is_the_client_s_and_ends_with_its_group)
{
    begin();
    declare(A);
    frames(MAIN, F, 1);
    asm_op(&as, PROG_HOLD, 0, 0, 0);
    asm_load(&as, F);
    asm_ok(&as, SCRIPT_SATURATE, A, 1, -1);
    asm_op(&as, PROG_ENDHOLD, 0, 0, 0);
    space(MAIN, S);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    const struct fake_message *m = &fake.message[2]; /* behind frame and grant */
    cr_assert_eq(m->label, MM_CLOSE);
    cr_assert_eq(m->client, A);
    cr_assert_eq(m->args[0] >> 20 & 15, KIND_SATURATION);
    cr_assert_eq(m[1].label, MM_SPACE_NEW);
}

Test(interp, a_raw_request_that_would_wait_is_made_to_try_and_its_handle_is_closed)
{
    begin();
    space(MAIN, S);
    asm_number(&as, MM_CURSOR_OPEN);
    asm_load(&as, S);
    asm_op(&as, PROG_NUMBER, 0, 0, MAIN);
    asm_number(&as, 0);
    asm_number(&as, 0x1000);
    asm_number(&as, 0);
    asm_ok(&as, SCRIPT_RAW, MAIN, 5, -1);
    asm_number(&as, UINT64_MAX);
    asm_expect_error(&as, E_INVAL);
    asm_request(&as, SCRIPT_RAW, MAIN, 1, -1, -1, true);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake.message[1].label, MM_CURSOR_OPEN | MM_TRY);
    cr_assert_eq(fake.message[1].args[3], 0);
    cr_assert_eq(fake.message[2].label, UINT32_MAX);
}

Test(interp, loops_tell_their_iterations)
{
    begin();
    asm_number(&as, 3);
    asm_op(&as, PROG_REPEAT, 0, I, 4);
    asm_number(&as, 0);
    asm_op(&as, PROG_CHECK, CHECK_TRUE, 0,
           asm_site(&as, (struct program_site){ .kind = SITE_CHECK }));
    asm_op(&as, PROG_NEXT, 0, I, (uint32_t)-2);
    struct script_verdict v = run();
    cr_assert_eq(v.failed, 3);
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert_eq(fake_point(REC_POINT, i)->loop[0], i);
        cr_assert_eq(fake_point(REC_POINT, i)->loop[1], RECORD_NONE);
    }
}

Test(interp, a_loop_without_end_runs_into_the_time_limit)
{
    begin();
    as.header.timeout_us = 500;
    asm_op(&as, PROG_JUMP, 0, 0, 0);
    cr_assert_eq(run().verdict, VERDICT_FAIL);
    cr_assert_eq(fake_point(REC_FAIL, 0)->why, WHY_TIMEOUT);
}

Test(interp, needs_skips_the_whole_script)
{
    begin();
    asm_op(&as, PROG_ENV, ENV_CPUS, 0, 0);
    asm_number(&as, 4);
    asm_op(&as, PROG_TWO, BINARY_GE, 0, 0);
    asm_op(&as, PROG_NEEDS, 0, 0, asm_site(&as, (struct program_site){ .kind = SITE_NEEDS }));
    space(MAIN, S);
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_SKIP);
    cr_assert_eq(v.skipped, 1);
    cr_assert_eq(fake.messages, 0);
}

Test(interp, todo_points_may_fail)
{
    begin();
    asm_number(&as, 0);
    asm_op(&as, PROG_CHECK, CHECK_TRUE, 0,
           asm_site(&as, (struct program_site){ .kind = SITE_CHECK, .flags = SITE_IN_TODO }));
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_PASS);
    cr_assert_eq(fake_point(REC_POINT, 0)->verdict, VERDICT_FAIL);
    cr_assert_eq(fake_point(REC_POINT, 0)->flags, 1);
}

Test(interp, leaks_are_counted_from_the_start_of_the_script)
{
    begin();
    space(MAIN, S);
    asm_op(&as, PROG_LEAKS, 0, 0, 0);
    asm_number(&as, 0);
    asm_op(&as, PROG_CHECK, CHECK_LEAK, BINARY_EQ,
           asm_site(&as, (struct program_site){ .kind = SITE_CHECK }));
    cr_assert_eq(run().failed, 1);
    cr_assert_eq(fake_point(REC_POINT, 0)->why, WHY_LEAK);
    cr_assert_eq(fake_point(REC_POINT, 0)->left, 1);
}

Test(interp, division_by_zero_ends_the_script)
{
    begin();
    uint32_t site = asm_site(&as, (struct program_site){ .kind = SITE_CHECK });
    asm_number(&as, 1);
    asm_number(&as, 0);
    asm_op(&as, PROG_TWO, BINARY_MOD, 0, site);
    cr_assert_eq(run().verdict, VERDICT_FAIL);
    cr_assert_eq(fake_point(REC_FAIL, 0)->why, WHY_DIVIDE);
}

Test(interp, thousands_of_handles_do_not_fill_the_table)
{
    begin();
    asm_number(&as, 40000);
    asm_op(&as, PROG_REPEAT, 0, I, 0);
    uint32_t body = asm_op(&as, PROG_LOAD, 0, 0, N); /* something harmless */
    asm_op(&as, PROG_STORE, 0, 0, N);
    space(MAIN, S);
    asm_load(&as, S);
    asm_request(&as, SCRIPT_CLOSE, MAIN, 1, -1, -1, false);
    uint32_t next = asm_op(&as, PROG_NEXT, 0, I, 0);
    as.code[next].c = body - next;
    cr_assert_eq(run().verdict, VERDICT_PASS);
}

/* --- par and interleave --- */

/* Lanes of A and B, each a cursor over the same range, a query and a close. */
static uint32_t lanes(enum program_op op, uint32_t steps)
{
    uint32_t site = asm_site(&as, (struct program_site){ .kind = SITE_PAR });
    uint32_t at = asm_op(&as, op, 2, 0, site);
    uint32_t lane[2] = { asm_op(&as, PROG_LANE, steps, A, 0),
                         asm_op(&as, PROG_LANE, steps, B, 0) };
    uint32_t past = asm_op(&as, PROG_JUMP, 0, 0, 0);

    for (int i = 0; i < 2; i++) {
        int slot = i ? D : C;
        asm_land(&as, lane[i]);
        cursor(i ? B : A, slot, -1, true);
        if (op == PROG_INTERLEAVE)
            asm_op(&as, PROG_STEP, 0, 0, 0);
        close_slot(i ? B : A, slot);
        asm_op(&as, PROG_ENDLANE, 0, 0, 0);
    }
    asm_land(&as, past);
    return at;
}

Test(interp, par_sends_the_first_requests_of_all_before_a_reply_is_taken)
{
    begin();
    declare(A);
    declare(B);
    space(MAIN, S);
    lanes(PROG_PAR, 0);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    uint32_t opens = 0;
    for (uint32_t i = 0; i < fake.messages; i++) {
        opens += fake.message[i].label == MM_CURSOR_OPEN;
        if (fake.message[i].label == MM_CLOSE)
            cr_assert_eq(opens, 2);
    }
}

Test(interp, par_lanes_that_free_nobody_are_stuck)
{
    begin();
    declare(A);
    declare(B);
    space(MAIN, S);
    cursor(MAIN, N, -1, true);
    lanes(PROG_PAR, 0);
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_FAIL);
    cr_assert_eq(fake_point(REC_POINT, 1)->why, WHY_STUCK);
    cr_assert_eq(fake_point(REC_POINT, 2)->why, WHY_STUCK);
}

Test(interp, a_barrier_opens_when_all_have_arrived)
{
    begin();
    declare(A);
    declare(B);
    uint32_t site = asm_site(&as, (struct program_site){ .kind = SITE_PAR });
    asm_op(&as, PROG_PAR, 2, 0, site);
    uint32_t lane[2] = { asm_op(&as, PROG_LANE, 0, A, 0), asm_op(&as, PROG_LANE, 0, B, 0) };
    uint32_t past = asm_op(&as, PROG_JUMP, 0, 0, 0);
    asm_land(&as, lane[0]);
    space(A, S);
    asm_op(&as, PROG_BARRIER, 2, 0, 0);
    frames(A, F, 1);
    asm_op(&as, PROG_ENDLANE, 0, 0, 0);
    asm_land(&as, lane[1]);
    for (int i = 0; i < 3; i++)
        space(B, C);
    asm_op(&as, PROG_BARRIER, 2, 0, 0);
    asm_op(&as, PROG_ENDLANE, 0, 0, 0);
    asm_land(&as, past);
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake.message[4].label, MM_FRAME_ALLOC, "behind four spaces");
}

Test(interp, interleave_runs_every_distinct_schedule_in_order)
{
    begin();
    declare(A);
    declare(B);
    space(MAIN, S);
    asm_number(&as, 100);
    lanes(PROG_INTERLEAVE, 2);
    struct script_verdict v = run();
    cr_assert_eq(v.verdict, VERDICT_PASS);
    /* A1 A2 B1 B2; A1 B1(blocked) A2 B2; and their mirrors: a blocked step is no choice, so
       of six merges four distinct schedules are left. Four points each. */
    cr_assert_eq(v.points, 16);
    cr_assert_eq(fake_point(REC_POINT, 0)->order, 0);
    cr_assert_eq(fake_point(REC_POINT, 0)->client, A);
    cr_assert_eq(fake_point(REC_POINT, 15)->order, 3);
    cr_assert_eq(fake_point(REC_POINT, 12)->client, B);
    cr_assert_eq(fake_count(REC_LEFT_OUT), 0);
}

Test(interp, interleave_says_how_many_orders_it_left_out)
{
    begin();
    declare(A);
    declare(B);
    space(MAIN, S);
    asm_number(&as, 2);
    lanes(PROG_INTERLEAVE, 2);
    cr_assert_eq(run().points, 8);
    for (uint32_t i = 0; i < fake.records; i++) {
        if (fake.record[i].type == REC_LEFT_OUT) {
            const struct rec_left *left = (const void *)fake.record[i].payload;
            cr_assert_eq(left->done, 2);
            cr_assert_eq(left->left, 4);
        }
    }
    cr_assert_eq(fake_count(REC_LEFT_OUT), 1);
}

Test(interp, merges_are_counted_without_overflow)
{
    cr_assert_eq(lanes_merges((uint32_t[]){ 2, 2 }, 2), 6);
    cr_assert_eq(lanes_merges((uint32_t[]){ 3, 2, 1 }, 3), 60);
    cr_assert_eq(lanes_merges((uint32_t[]){ 0, 5 }, 2), 1);
    cr_assert_eq(lanes_merges((uint32_t[]){ 30, 30 }, 2), 118264581564861424u);
    cr_assert_eq(lanes_merges((uint32_t[]){ 255, 255 }, 2), UINT64_MAX);
}

Test(interp, the_same_seed_draws_the_same_numbers)
{
    uint64_t state = 0;

    cr_assert_eq(draw_next(&state), 0xe220a8397b1dcdafu);
    cr_assert_eq(draw_range(&state, 5, 5), 5);
    for (int i = 0; i < 100; i++) {
        uint64_t n = draw_range(&state, 10, 13);
        cr_assert(n >= 10 && n < 13);
    }
}

Test(interp, choose_follows_the_weights)
{
    begin();
    asm_number(&as, 300);
    asm_op(&as, PROG_REPEAT, 0, I, 0);
    uint32_t body = asm_op(&as, PROG_PUSH, 0, 0, 0);
    asm_number(&as, 1);
    asm_op(&as, PROG_CHOOSE, 2, 0, 0);
    uint32_t jump[3];
    for (int i = 0; i < 3; i++)
        jump[i] = asm_op(&as, PROG_JUMP, 0, 0, 0);
    asm_land(&as, jump[0]);
    asm_land(&as, jump[2]);
    space(MAIN, -1);
    asm_land(&as, jump[1]);
    uint32_t next = asm_op(&as, PROG_NEXT, 0, I, 0);
    as.code[next].c = body - next;
    cr_assert_eq(run().verdict, VERDICT_PASS);
    cr_assert_eq(fake_messages(MAIN, MM_SPACE_NEW), 0, "weight 0 is never drawn");
}
