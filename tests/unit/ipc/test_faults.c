/* Faults: who is asked, in which order, and what each answer does. */
#include <criterion/criterion.h>

#include "base/pte.h"
#include "memory_arch.h"
#include "world.h"

enum { SLOT_E = 4 };

/* rdi of a received fault: nobody but the kernel can say so. */
#define FAULT_FROM(badge) ((badge) | (uint64_t)IPC_FAULT << 32)

static struct thread *handler, *pager, *t;
static struct endpoint *handler_e, *pager_e;

static void setup(void)
{
    world_reset();
    handler = world_thread(5);
    pager = world_thread(5);
    t = world_thread(4);
    handler_e = world_endpoint();
    pager_e = world_endpoint();
    world_cap(handler, SLOT_E, handler_e, RIGHT_RECV, 0);
    world_cap(pager, SLOT_E, pager_e, RIGHT_RECV, 0);
    world_cap(t, 7, handler_e, RIGHT_SEND, 70);
    cr_assert_eq(thread_set(t->frame, THREAD_HANDLER, 7), OK);
    handler->ctx.rdi = SLOT_E;
    ipc_recv(handler);
    pager->ctx.rdi = SLOT_E;
    ipc_recv(pager);
    world_run(t);
}

TestSuite(faults, .init = setup, .timeout = 5);

static void with_pager(void)
{
    cr_assert_eq(thread_set(t->frame, THREAD_PAGER, pager_e->frame), OK);
    cr_assert_eq(thread_set(t->frame, THREAD_PAGER_BADGE, 90), OK);
}

static struct thread *page_fault(void)
{
    t->ctx.rip = 0x401000;
    t->ctx.rsp = 0x7000;
    fault_raise(FAULT_PAGE, ACCESS_W, REASON_NOTPRESENT, 0x123000, 6);
    return sched_pick();
}

Test(faults, the_threads_own_handler_gets_the_words)
{
    cr_assert_eq(page_fault(), handler);
    cr_assert_eq(handler->ctx.rdi, FAULT_FROM(70));
    cr_assert_eq(handler->ctx.rsi,
                 FAULT_HEAD | FAULT_PAGE | ACCESS_W << 8 | REASON_NOTPRESENT << 16);
    cr_assert_eq(handler->ctx.rdx, 0x123000);
    cr_assert_eq(handler->ctx.r10, 0x401000);
    cr_assert_eq(handler->ctx.r8, 0x7000);
    cr_assert_eq(handler->ctx.r9, 6);
    cr_assert_eq(t->state, THREAD_WAITING);
}

Test(faults, retry_leaves_every_register_as_it_was)
{
    struct context before;

    page_fault();
    before = t->ctx;
    world_reply(handler, SLOT_E, handler->ctx.rax, FAULT_RETRY);
    cr_assert_eq(t->state, THREAD_READY);
    cr_assert_eq(memcmp(&before, &t->ctx, sizeof before), 0);
    cr_assert_eq(t->fault.head, 0);
}

Test(faults, jump_changes_the_instruction_pointer_only)
{
    page_fault();
    handler->ctx.rdx = 0x402000;
    world_reply(handler, SLOT_E, handler->ctx.rax, FAULT_JUMP);
    cr_assert_eq(t->ctx.rip, 0x402000);
    cr_assert_eq(t->ctx.rsp, 0x7000);
    cr_assert_eq(t->state, THREAD_READY);
}

Test(faults, the_spaces_handler_is_asked_first_and_may_refuse_to_the_next)
{
    with_pager();
    cr_assert_eq(page_fault(), pager);
    cr_assert_eq(pager->ctx.rdi, FAULT_FROM(90));
    world_reply(pager, SLOT_E, pager->ctx.rax, FAULT_REFUSE);
    cr_assert_eq(handler->state, THREAD_READY);
    cr_assert_eq(handler->ctx.rdi, FAULT_FROM(70));
    world_reply(handler, SLOT_E, handler->ctx.rax, FAULT_REFUSE);
    cr_assert_eq(t->state, THREAD_DEAD);
    cr_assert_eq(world_deaths, 1);
    cr_assert_eq(t->fault.address, 0x123000, "the report needs it");
}

Test(faults, only_page_faults_go_to_the_spaces_handler)
{
    with_pager();
    fault_raise(FAULT_DIVIDE, ACCESS_X, REASON_OTHER, 0, 0);
    cr_assert_eq(sched_pick(), handler);
}

Test(faults, a_dead_handler_refuses)
{
    with_pager();
    cr_assert_eq(object_destroy(pager_e->frame), OK);
    page_fault();
    cr_assert_eq(t->wait, handler_e);
}

Test(faults, a_handler_that_dies_while_asked_refuses)
{
    with_pager();
    page_fault();
    cr_assert_eq(object_destroy(pager_e->frame), OK);
    cr_assert_eq(t->wait, handler_e);
    cr_assert_eq(object_destroy(handler_e->frame), OK);
    cr_assert_eq(t->state, THREAD_DEAD);
}

Test(faults, without_any_handler_the_thread_ends)
{
    cr_assert_eq(thread_set(t->frame, THREAD_HANDLER, 0), OK);
    fault_raise(FAULT_OPCODE, ACCESS_X, REASON_OTHER, 0, 0);
    cr_assert_eq(t->state, THREAD_DEAD);
    cr_assert_eq(world_deaths, 1);
}

/* A tree of frames 100 (level 4) to 103 (level 1) that maps va 0x123000 with these bits. */
static void tables(uint64_t leaf)
{
    pt_exchange(100, 0, pte_table(101));
    pt_exchange(101, 0, pte_table(102));
    pt_exchange(102, 0, pte_table(103));
    pt_exchange(103, 0x123, leaf);
    t->root = 100;
}

Test(faults, a_fault_that_the_tables_permit_by_now_is_retried)
{
    tables(pte_leaf(5, PROP_R | PROP_W));
    fault_raise(FAULT_PAGE, ACCESS_W, REASON_PROTECTION, 0x123abc, 7);
    cr_assert_eq(t->state, THREAD_READY);
    cr_assert_eq(sched_pick(), t);
}

Test(faults, what_the_tables_do_not_permit_is_not_retried)
{
    tables(pte_leaf(5, PROP_R));
    fault_raise(FAULT_PAGE, ACCESS_W, REASON_PROTECTION, 0x123abc, 7);
    cr_assert_eq(t->state, THREAD_WAITING);
}

Test(faults, a_fetch_needs_the_right_to_execute)
{
    tables(pte_leaf(5, PROP_R | PROP_W));
    fault_raise(FAULT_PAGE, ACCESS_X, REASON_PROTECTION, 0x123abc, 0x15);
    cr_assert_eq(t->state, THREAD_WAITING);
}
