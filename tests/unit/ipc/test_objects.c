/* Objects, capability slots, scheduling: names that go stale, rights that only shrink. */
#include <criterion/criterion.h>

#include "memory_arch.h"
#include "world.h"

static void setup(void)
{
    world_reset();
}

TestSuite(objects, .init = setup, .timeout = 5);

Test(objects, a_frame_of_another_type_holds_no_object)
{
    uint64_t gen;

    cr_assert_eq(object_init(MESSAGE_FRAMES, OBJ_THREAD, &gen), E_TYPE);
    cr_assert_eq(object_init(WORLD_FRAMES, OBJ_THREAD, &gen), E_TYPE);
    cr_assert_eq(object_init(NO_FRAME, OBJ_THREAD, &gen), E_TYPE);
    cr_assert_eq(object_init(FIRST_OBJECT, OBJ_NONE, &gen), E_INVAL);
    cr_assert_eq(object_init(FIRST_OBJECT, (enum obj_kind)99, &gen), E_INVAL);
    cr_assert_eq(object_destroy(MESSAGE_FRAMES), E_TYPE);
    cr_assert_eq(object_destroy(FIRST_OBJECT), E_TYPE);
}

Test(objects, a_second_object_in_one_frame_is_refused)
{
    pfn_t f = world_object(OBJ_ENDPOINT);
    uint64_t gen;

    cr_assert_eq(object_init(f, OBJ_ENDPOINT, &gen), E_TYPE);
}

Test(objects, the_generation_only_grows)
{
    pfn_t f = world_object(OBJ_ENDPOINT);
    uint64_t first = frame_gen[f], gen;

    cr_assert_eq(object_destroy(f), OK);
    cr_assert_eq(object_init(f, OBJ_THREAD, &gen), OK);
    cr_assert_gt(gen, first);
    cr_assert_eq(object_destroy(f), OK);
    first = gen;
    cr_assert_eq(object_init(f, OBJ_ENDPOINT, &gen), OK);
    cr_assert_gt(gen, first);
}

Test(objects, a_slot_goes_stale_with_its_object)
{
    struct thread *t = world_thread(4);
    pfn_t f = world_object(OBJ_ENDPOINT);
    uint64_t gen;

    cr_assert_eq(cap_put(t->table, 4, f, RIGHT_SEND, 1), OK);
    cr_assert_not_null(cap_get(t, 4, CAP_ENDPOINT, RIGHT_SEND));
    cr_assert_null(cap_get(t, 4, CAP_ENDPOINT, RIGHT_SEND | RIGHT_RECV));
    cr_assert_null(cap_get(t, 4, CAP_THREAD, 0));
    cr_assert_eq(object_destroy(f), OK);
    cr_assert_null(cap_get(t, 4, CAP_ENDPOINT, RIGHT_SEND));
    cr_assert_eq(object_init(f, OBJ_ENDPOINT, &gen), OK);
    cr_assert_null(cap_get(t, 4, CAP_ENDPOINT, RIGHT_SEND), "another object in the same frame");
}

Test(objects, copies_lose_rights_and_keep_their_badge)
{
    struct thread *t = world_thread(4), *child = world_thread(4);
    pfn_t f = world_object(OBJ_ENDPOINT);

    cr_assert_eq(cap_put(t->table, 4, f, RIGHT_SEND | RIGHT_RECV, 0), OK);
    cr_assert_eq(cap_put(t->table, 5, child->table, RIGHT_WRITE, 0), OK);
    cr_assert_eq(cap_copy(t, 4, 5, 6, RIGHT_SEND, 9), OK);
    cr_assert_eq(child->caps[6].badge, 9);
    cr_assert_null(cap_get(child, 6, CAP_ENDPOINT, RIGHT_RECV));
    cr_assert_eq(cap_copy(child, 6, 0, 7, RIGHT_ALL, 0), OK);
    cr_assert_null(cap_get(child, 7, CAP_ENDPOINT, RIGHT_RECV), "rights never come back");
    cr_assert_eq(cap_copy(child, 6, 0, 7, RIGHT_ALL, 10), E_CAP, "a badge stays");
    cr_assert_eq(child->caps[7].badge, 9);
}

Test(objects, a_table_takes_copies_only_through_the_right_to_write)
{
    struct thread *t = world_thread(4), *child = world_thread(4);
    pfn_t f = world_object(OBJ_ENDPOINT);

    cr_assert_eq(cap_put(t->table, 4, f, RIGHT_SEND, 0), OK);
    cr_assert_eq(cap_put(t->table, 5, child->table, RIGHT_STATE, 0), OK);
    cr_assert_eq(cap_copy(t, 4, 5, 6, RIGHT_SEND, 0), E_CAP);
    cr_assert_eq(cap_copy(t, 4, 9, 6, RIGHT_SEND, 0), E_CAP);
    cr_assert_eq(cap_copy(t, 9, 0, 6, RIGHT_SEND, 0), E_CAP);
    cr_assert_eq(cap_copy(t, CAP_SLOTS, 0, 6, RIGHT_SEND, 0), E_CAP);
    cr_assert_eq(cap_copy(t, UINT64_MAX, 0, 6, RIGHT_SEND, 0), E_CAP);
    cr_assert_eq(cap_copy(t, 4, 0, CAP_SLOTS, RIGHT_SEND, 0), E_INVAL);
    cr_assert_eq(cap_copy(t, 4, 0, 0, RIGHT_SEND, 0), E_INVAL);
    cr_assert_eq(cap_put(t->table, 0, f, RIGHT_SEND, 0), E_INVAL);
    cr_assert_eq(cap_put(t->table, CAP_SLOTS, f, RIGHT_SEND, 0), E_INVAL);
    cr_assert_eq(cap_put(t->table, 4, child->table, RIGHT_ALL, 0), E_BUSY, "in use");
}

Test(objects, the_memory_capability_is_neither_copied_nor_dropped)
{
    struct thread *t = world_thread(4);

    cap_put_device(t->table, SLOT_MM, CAP_MEMORY, 0);
    cr_assert_eq(cap_copy(t, SLOT_MM, 0, 5, RIGHT_ALL, 0), E_CAP);
    cr_assert_eq(cap_drop(t, SLOT_MM), E_CAP);
    cr_assert_not_null(cap_get(t, SLOT_MM, CAP_MEMORY, 0));
}

Test(objects, a_table_lives_as_long_as_its_threads)
{
    struct thread *t = world_thread(4);
    pfn_t table = t->table;

    cr_assert_eq(object_destroy(table), E_BUSY);
    cr_assert_eq(object_destroy(t->frame), OK);
    cr_assert_eq(object_destroy(table), OK);
}

Test(objects, the_running_thread_cannot_be_destroyed)
{
    struct thread *t = world_thread(4);

    cr_assert_eq(thread_start(t->frame, 0x400000, 0, 0), OK);
    world_run(t);
    cr_assert_eq(object_destroy(t->frame), E_BUSY);
}

Test(objects, a_message_page_is_pinned_while_it_serves)
{
    struct thread *t = world_thread(4);

    cr_assert_eq(thread_set(t->frame, THREAD_MESSAGE, MESSAGE_FRAMES), OK);
    cr_assert_eq(frame_refs[MESSAGE_FRAMES], 1);
    cr_assert_eq(thread_set(t->frame, THREAD_MESSAGE, MESSAGE_FRAMES + 1), OK);
    cr_assert_eq(frame_refs[MESSAGE_FRAMES], 0);
    cr_assert_neq(thread_set(t->frame, THREAD_MESSAGE, 1), OK, "a kernel frame");
    cr_assert_eq(thread_set(t->frame, THREAD_MESSAGE, UINT64_MAX), E_TYPE);
    cr_assert_eq(object_destroy(t->frame), OK);
    cr_assert_eq(frame_refs[MESSAGE_FRAMES + 1], 0);
}

Test(objects, binding_counts_the_threads_of_a_root)
{
    struct thread *t = world_thread(4);
    uint64_t ticket;

    frame_init(300, 1, FRAME_PT4);
    cr_assert_eq(thread_bind(t->frame, 300, &ticket), OK);
    cr_assert_eq(frame_parent[300], 1);
    cr_assert_eq(thread_bind(t->frame, 300, &ticket), OK);
    cr_assert_eq(frame_parent[300], 1);
    cr_assert_eq(thread_bind(t->frame, 301, &ticket), E_TYPE);
    cr_assert_eq(thread_bind(t->frame, UINT64_MAX, &ticket), E_TYPE);
    cr_assert_eq(thread_bind(t->frame, NO_FRAME, &ticket), OK);
    cr_assert_eq(frame_parent[300], 0);
    cr_assert_gt(frame_stamp[300], 0, "the last unbind stamps the root");
}

Test(objects, a_thread_that_is_bound_after_its_end_lets_its_root_go_when_it_is_destroyed)
{
    struct thread *t = world_thread(4);
    uint64_t ticket;

    frame_init(300, 1, FRAME_PT4);
    thread_end(t);
    cr_assert_eq(thread_bind(t->frame, 300, &ticket), OK);
    cr_assert_eq(object_destroy(t->frame), OK);
    cr_assert_eq(frame_parent[300], 0);
}

Test(objects, numbers_beyond_32_bits_name_nothing)
{
    struct thread *t = world_thread(4);
    uint64_t ticket, gen, beyond = 1ull << 32;

    cr_assert_eq(thread_set(beyond + t->frame, THREAD_LIMIT, 1), E_TYPE);
    cr_assert_eq(thread_bind(beyond + t->frame, NO_FRAME, &ticket), E_TYPE);
    cr_assert_eq(thread_start(beyond + t->frame, 0, 0, 0), E_TYPE);
    cr_assert_eq(object_init(beyond + FIRST_OBJECT + 50, OBJ_THREAD, &gen), E_TYPE);
    cr_assert_eq(object_destroy(beyond + t->frame), E_TYPE);
    cr_assert_eq(cap_put(beyond + t->table, 9, t->frame, 0, 0), E_TYPE);
    cr_assert_eq(cap_put(t->table, 9, beyond + t->frame, 0, 0), E_TYPE);
    cr_assert_eq(frame_pin(beyond + MESSAGE_FRAMES), E_TYPE);
}

Test(objects, higher_priorities_run_first_and_equals_take_turns)
{
    struct thread *low = world_thread(1), *a = world_thread(4), *b = world_thread(4);

    cr_assert_eq(thread_start(low->frame, 0, 0, 0), OK);
    cr_assert_eq(thread_start(a->frame, 0, 0, 0), OK);
    cr_assert_eq(thread_start(b->frame, 0, 0, 0), OK);
    cr_assert_eq(thread_start(b->frame, 0, 0, 0), E_BUSY);
    cr_assert_eq(sched_pick(), a);
    cr_assert_eq(sched_pick(), a, "it goes on until its time is up");
    sched_rotate();
    cr_assert_eq(sched_pick(), b);
    sched_rotate();
    cr_assert_eq(sched_pick(), a);
    cr_assert_not(sched_quiet());
    thread_end(b);
    thread_end(a);
    cr_assert_eq(sched_pick(), low);
    sched_rotate();
    cr_assert_eq(sched_pick(), low);
    cr_assert(sched_quiet());
}

Test(objects, unknown_fields_and_values_are_refused)
{
    struct thread *t = world_thread(4);

    cr_assert_eq(thread_set(t->frame, 99, 0), E_INVAL);
    cr_assert_eq(thread_set(t->frame, THREAD_PRIORITY, PRIORITY_MAX + 1), E_INVAL);
    cr_assert_eq(thread_set(t->frame, THREAD_TABLE, t->frame), E_TYPE);
    cr_assert_eq(thread_set(t->frame, THREAD_TABLE, t->table), E_BUSY);
    cr_assert_eq(thread_set(t->frame, THREAD_PAGER, t->table), E_TYPE);
    cr_assert_eq(thread_set(t->table, THREAD_PRIORITY, 1), E_TYPE);
}
