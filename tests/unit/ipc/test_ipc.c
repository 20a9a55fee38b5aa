/* Messages: who waits, who runs next, what arrives, and what a dead peer costs. */
#include <criterion/criterion.h>

#include "world.h"

enum { SLOT_E = 4, BADGE = 77 };

static struct thread *server, *client;
static struct endpoint *e;

static void setup(void)
{
    world_reset();
    server = world_thread(5);
    client = world_thread(4);
    e = world_endpoint();
    world_cap(server, SLOT_E, e, RIGHT_RECV, 0);
    world_cap(client, SLOT_E, e, RIGHT_SEND, BADGE);
    cr_assert_eq(thread_start(client->frame, 0x400000, 0, 0), OK);
    world_run(server);
}

TestSuite(ipc, .init = setup, .timeout = 5);

/* server waits, client calls: server runs with the message. */
static uint64_t meet(void)
{
    cr_assert_eq(world_recv(server, SLOT_E), client);
    client->full = 0;
    client->ctx.r9 = 55;
    cr_assert_eq(world_call(client, SLOT_E, 11), server);
    return server->ctx.rax;
}

Test(ipc, a_call_runs_the_waiting_server_with_words_badge_and_token)
{
    uint64_t token = meet();

    cr_assert_eq(token, client->token);
    cr_assert_eq(server->ctx.rdi, BADGE);
    cr_assert_eq(server->ctx.rsi, 11);
    cr_assert_eq(server->ctx.r9, 55);
    cr_assert_eq(client->state, THREAD_WAITING);
}

Test(ipc, a_reply_gives_status_and_words_and_wakes_the_caller)
{
    uint64_t token = meet();

    cr_assert_eq(world_reply(server, SLOT_E, token, 12), server);
    cr_assert_eq(server->ctx.rax, OK);
    cr_assert_eq(client->state, THREAD_READY);
    cr_assert_eq(client->ctx.rax, OK);
    cr_assert_eq(client->ctx.rsi, 12);
    cr_assert_eq(client->ctx.rdi, 0);
}

Test(ipc, reply_recv_answers_and_waits_again)
{
    uint64_t token = meet();

    cr_assert_eq(world_reply_recv(server, SLOT_E, token, 12), client);
    cr_assert_eq(server->state, THREAD_RECEIVING);
    cr_assert_eq(world_call(client, SLOT_E, 13), server);
    cr_assert_neq(server->ctx.rax, token);
}

Test(ipc, a_token_answers_once)
{
    uint64_t token = meet();

    world_reply(server, SLOT_E, token, 12);
    world_reply(server, SLOT_E, token, 13);
    cr_assert_eq((int64_t)server->ctx.rax, E_PEER);
    cr_assert_eq(client->ctx.rsi, 12);
}

Test(ipc, an_older_token_of_the_same_thread_is_refused)
{
    uint64_t token = meet();

    world_reply_recv(server, SLOT_E, token, 12);
    world_call(client, SLOT_E, 14);
    world_reply(server, SLOT_E, token, 15);
    cr_assert_eq((int64_t)server->ctx.rax, E_PEER);
    cr_assert_eq(client->state, THREAD_WAITING);
}

Test(ipc, hostile_tokens_are_refused)
{
    uint64_t token = meet();
    uint64_t bad[] = { 0, 1, UINT64_MAX, token + 1, token + (1u << 24), e->frame, 0xffffff };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        world_reply(server, SLOT_E, bad[i], 1);
        cr_assert_eq((int64_t)server->ctx.rax, E_PEER, "token %zu", i);
    }
    cr_assert_eq(client->state, THREAD_WAITING);
}

Test(ipc, only_a_receiver_of_the_callers_endpoint_may_answer)
{
    uint64_t token = meet();
    struct endpoint *other = world_endpoint();

    world_cap(server, 5, other, RIGHT_RECV, 0);
    world_reply(server, 5, token, 1);
    cr_assert_eq((int64_t)server->ctx.rax, E_PEER);
    world_cap(server, 6, e, RIGHT_SEND | RIGHT_NOTIFY, 0);
    world_reply(server, 6, token, 1);
    cr_assert_eq((int64_t)server->ctx.rax, E_CAP);
}

Test(ipc, callers_queue_in_order_and_may_be_answered_out_of_order)
{
    struct thread *second = world_thread(4);
    uint64_t first_token;

    world_cap(second, SLOT_E, e, RIGHT_SEND, BADGE + 1);
    meet();
    first_token = server->ctx.rax;
    cr_assert_eq(thread_start(second->frame, 0x400000, 0, 0), OK);
    cr_assert_eq(world_recv(server, SLOT_E), second);
    cr_assert_eq(world_call(second, SLOT_E, 21), server);
    cr_assert_eq(server->ctx.rdi, BADGE + 1);
    world_reply(server, SLOT_E, server->ctx.rax, 22);
    cr_assert_eq(second->state, THREAD_READY);
    cr_assert_eq(client->state, THREAD_WAITING);
    world_reply(server, SLOT_E, first_token, 23);
    cr_assert_eq(client->ctx.rsi, 23);
}

Test(ipc, the_rights_of_the_slot_decide)
{
    client->ctx.rdi = 9; /* empty */
    ipc_call(client);
    cr_assert_eq((int64_t)client->ctx.rax, E_CAP);
    client->ctx.rdi = CAP_SLOTS;
    ipc_call(client);
    cr_assert_eq((int64_t)client->ctx.rax, E_CAP);
    client->ctx.rdi = SLOT_E;
    ipc_recv(client);
    cr_assert_eq((int64_t)client->ctx.rax, E_CAP);
    ipc_notify(client);
    cr_assert_eq((int64_t)client->ctx.rax, E_CAP);
    server->ctx.rdi = SLOT_E;
    ipc_call(server);
    cr_assert_eq((int64_t)server->ctx.rax, E_CAP);
}

Test(ipc, a_second_receiver_is_refused)
{
    struct thread *second = world_thread(5);

    world_cap(second, SLOT_E, e, RIGHT_RECV, 0);
    world_recv(server, SLOT_E);
    second->ctx.rdi = SLOT_E;
    ipc_recv(second);
    cr_assert_eq((int64_t)second->ctx.rax, E_BUSY);
}

Test(ipc, extra_words_travel_between_message_pages)
{
    uint64_t *from = world_message(client), *to = world_message(server);

    for (uint64_t i = 0; i < IPC_EXTRA_MAX; i++)
        from[i] = i + 100;
    world_recv(server, SLOT_E);
    world_call(client, SLOT_E | 3ull << 32, 1);
    cr_assert_eq(server->ctx.rdi >> 32, 3);
    cr_assert_eq(to[2], 102);
    cr_assert_eq(to[3], 0);
    to[0] = 7;
    world_reply(server, SLOT_E | 1ull << 32, server->ctx.rax, 1);
    cr_assert_eq(client->ctx.rdi >> 32, 1);
    cr_assert_eq(from[0], 7);
    cr_assert_eq(from[1], 101);
}

Test(ipc, more_words_than_a_page_or_none_to_take_them_from_are_refused)
{
    const uint64_t extra[] = { 1, IPC_EXTRA_MAX + 1, 0xffffffff };

    for (int i = 0; i < 3; i++) {
        client->ctx.rax = 1;
        client->ctx.rdi = SLOT_E | extra[i] << 32;
        ipc_call(client);
        cr_assert_eq((int64_t)client->ctx.rax, E_INVAL, "%d", i);
        if (i == 0)
            world_message(client);
    }
}

Test(ipc, a_receiver_without_a_page_gets_no_extra_words)
{
    world_message(client);
    world_recv(server, SLOT_E);
    world_call(client, SLOT_E | 3ull << 32, 1);
    cr_assert_eq(server->ctx.rdi, BADGE);
}

Test(ipc, notifications_collect_and_are_received_as_token_zero)
{
    world_cap(client, 5, e, RIGHT_NOTIFY, 0);
    for (uint64_t bit = 1; bit <= 4; bit *= 2) {
        client->ctx.rdi = 5;
        client->ctx.rsi = bit;
        ipc_notify(client);
        cr_assert_eq(client->ctx.rax, OK);
    }
    cr_assert_eq(world_recv(server, SLOT_E), server);
    cr_assert_eq(server->ctx.rax, 0);
    cr_assert_eq(server->ctx.rdi, 0);
    cr_assert_eq(server->ctx.rsi, 7);
    cr_assert_eq(e->bits, 0);
}

Test(ipc, a_notification_wakes_a_waiting_receiver_and_never_blocks)
{
    world_cap(client, 5, e, RIGHT_NOTIFY, 0);
    world_recv(server, SLOT_E);
    client->ctx.rdi = 5;
    client->ctx.rsi = 8;
    ipc_notify(client);
    cr_assert_eq(client->state, THREAD_READY);
    cr_assert_eq(sched_pick(), server);
    cr_assert_eq(server->ctx.rsi, 8);
    cr_assert_null(e->queue[0].waiter);
}

Test(ipc, a_reply_to_a_dead_caller_is_an_error_not_a_hang)
{
    uint64_t token = meet();

    cr_assert_eq(object_destroy(client->frame), OK);
    world_reply(server, SLOT_E, token, 1);
    cr_assert_eq((int64_t)server->ctx.rax, E_PEER);
}

Test(ipc, a_new_thread_in_an_old_frame_never_answers_to_an_old_token)
{
    uint64_t token = meet(), gen;
    pfn_t f = client->frame;

    for (int i = 0; i < 10; i++) {
        world_reply_recv(server, SLOT_E, token, 1);
        world_call(client, SLOT_E, 1);
        token = server->ctx.rax;
    }
    cr_assert_eq(object_destroy(f), OK);
    cr_assert_eq(object_init(f, OBJ_THREAD, &gen), OK);
    cr_assert_gt(client->token, token);
    cr_assert_eq(client->token & 0xffffff, f);
}

Test(ipc, ending_an_endpoint_wakes_everybody_who_waits_there)
{
    struct thread *queued = world_thread(4);
    uint64_t token = meet();

    (void)token;
    world_cap(queued, SLOT_E, e, RIGHT_SEND, 5);
    queued->ctx.rdi = SLOT_E;
    ipc_call(queued);
    cr_assert_eq(queued->state, THREAD_SENDING);
    cr_assert_eq(object_destroy(e->frame), OK);
    cr_assert_eq((int64_t)client->ctx.rax, E_PEER);
    cr_assert_eq((int64_t)queued->ctx.rax, E_PEER);
    cr_assert_eq(client->state, THREAD_READY);
    cr_assert_eq(queued->state, THREAD_READY);
    client->ctx.rdi = SLOT_E;
    ipc_call(client);
    cr_assert_eq((int64_t)client->ctx.rax, E_CAP);
}

Test(ipc, ending_an_endpoint_wakes_its_receiver)
{
    world_recv(server, SLOT_E);
    cr_assert_eq(object_destroy(e->frame), OK);
    cr_assert_eq(server->state, THREAD_READY);
    cr_assert_eq((int64_t)server->ctx.rax, E_PEER);
}

Test(ipc, ending_an_endpoint_takes_bounded_steps)
{
    for (int i = 0; i < 100; i++) {
        struct thread *t = world_thread(4);

        world_cap(t, SLOT_E, e, RIGHT_SEND, 1);
        t->ctx.rdi = SLOT_E;
        ipc_call(t);
    }
    cr_assert_eq(object_destroy(e->frame), E_NOTQUIET);
    client->ctx.rdi = SLOT_E;
    ipc_call(client);
    cr_assert_eq((int64_t)client->ctx.rax, E_CAP, "from the first step on nobody can call it");
    cr_assert_eq(object_destroy(e->frame), OK);
    cr_assert_null(e->queue[0].callers.head);
}

Test(ipc, a_caller_that_dies_in_the_queue_leaves_it)
{
    client->ctx.rdi = SLOT_E;
    ipc_call(client);
    cr_assert_eq(client->state, THREAD_SENDING);
    cr_assert_eq(object_destroy(client->frame), OK);
    cr_assert_null(e->queue[0].callers.head);
    cr_assert_null(e->queue[0].callers.tail);
    cr_assert_eq(world_deaths, 1);
}

Test(ipc, ending_an_endpoint_leaves_alone_who_only_once_waited_there)
{
    uint64_t token = meet();

    world_reply(server, SLOT_E, token, 12);
    client->wait = e; /* the fast path of reply_recv does not clear it */
    client->ctx.rax = 7;
    cr_assert_eq(object_destroy(e->frame), OK);
    cr_assert_eq(client->ctx.rax, 7);
    cr_assert_eq(client->state, THREAD_READY);
}

/* Receive from e, but no longer than until the next tick. */
static struct thread *recv_till_tick(struct thread *t)
{
    return world_recv(t, SLOT_E | (uint64_t)SYS_RECV_TICK << 32);
}

Test(ipc, whoever_receives_till_the_tick_goes_on_at_the_tick)
{
    cr_assert_eq(recv_till_tick(server), client);
    ipc_tick();
    cr_assert_eq(sched_pick(), server);
    cr_assert_eq((int64_t)server->ctx.rax, E_NOTQUIET);
    cr_assert_eq(server->ctx.rdi, 0);
    cr_assert_null(e->queue[0].till_tick);
    cr_assert_eq(cpu_this()->till_tick.head, NULL);
}

Test(ipc, nobody_waits_for_a_tick_with_nobody_else_to_run)
{
    sched_remove(client);
    cr_assert_eq(recv_till_tick(server), server);
    cr_assert_eq((int64_t)server->ctx.rax, E_NOTQUIET);
}

Test(ipc, a_message_ends_the_wait_for_a_tick_and_the_next_wait_is_another)
{
    cr_assert_eq(recv_till_tick(server), client);
    client->full = 0;
    cr_assert_eq(world_call(client, SLOT_E, 11), server);
    cr_assert_eq(server->ctx.rax, client->token);
    cr_assert_eq(world_reply_recv(server, SLOT_E, client->token, 12), client);
    ipc_tick();
    cr_assert_eq(server->state, THREAD_RECEIVING);
    cr_assert_eq(e->queue[0].waiter, server);
    ipc_notify_endpoint(e, 4);
    cr_assert_eq(server->ctx.rsi, 4);
}

Test(ipc, many_may_wait_for_the_tick_each_goes_on_some_may_have_to_wait_for_the_next)
{
    enum { WAITERS = 18, AT_ONCE = 16 };
    struct thread *t[WAITERS];

    for (uint32_t i = 0; i < WAITERS; i++) {
        t[i] = world_thread(6);
        world_cap(t[i], SLOT_E, world_endpoint(), RIGHT_RECV, 0);
        world_run(t[i]);
        t[i]->ctx.rdi = SLOT_E | (uint64_t)SYS_RECV_TICK << 32;
        ipc_recv(t[i]);
        cr_assert_eq(t[i]->state, THREAD_RECEIVING, "%u", i);
    }
    cr_assert_eq(object_destroy(t[3]->frame), OK); /* one leaves before */
    ipc_tick();
    for (uint32_t i = 0; i < WAITERS; i++)
        cr_assert_eq(t[i]->state,
                     i == 3            ? THREAD_DEAD
                     : i < AT_ONCE + 1 ? THREAD_READY
                                       : THREAD_RECEIVING,
                     "%u", i);
    ipc_tick();
    cr_assert_eq(t[WAITERS - 1]->state, THREAD_READY);
}

Test(ipc, there_is_one_receiver_however_it_waits)
{
    struct thread *second = world_thread(6);

    world_cap(second, SLOT_E, e, RIGHT_RECV, 0);
    recv_till_tick(server);
    cr_assert_eq(thread_start(second->frame, 0x400000, 0, 0), OK);
    world_run(second);
    cr_assert_eq(world_recv(second, SLOT_E), second);
    cr_assert_eq((int64_t)second->ctx.rax, E_BUSY);
    ipc_notify_endpoint(e, 2);
    cr_assert_eq(server->ctx.rsi, 2);
    cr_assert_eq(cpu_this()->till_tick.head, NULL);
}
