/*
 * Death in every state that a thread can be in. Each time: its thread is gone at once, what it
 * had sent has gone with it, a late answer finds nobody, and both checkers find nothing wrong.
 * Again and again, because what is left behind each time would sooner or later fill memory or
 * a table.
 */
#include <stdio.h>
#include <sys.h>

#include "servers/mm/client/mm_client.h"
#include "tests/guest/machine/children.h"
#include "tests/guest/machine/parts.h"
#include "tests/guest/machine/report.h"

enum { ROUNDS = 40, TURNS = 3 };

static const struct death {
    enum child_role role;
    enum thread_state state;
    uint32_t slot; /* where it is to be received from before it dies, or SLOT_NONE */
    const char *what;
} deaths[] = {
    { CHILD_RUNS, THREAD_READY, SLOT_NONE, "it runs" },
    { CHILD_ASKS, THREAD_READY, SLOT_NONE, "it asks mm again and again" },
    { CHILD_RECEIVES, THREAD_RECEIVING, SLOT_NONE, "it receives" },
    { CHILD_CALLS, THREAD_SENDING, SLOT_NONE, "nobody has received its call" },
    { CHILD_CALLS, THREAD_SENDING, SLOT_PEER, "its call is not answered yet" },
    { CHILD_FAULTS, THREAD_SENDING, SLOT_NONE, "nobody has received its fault" },
    { CHILD_FAULTS, THREAD_SENDING, SLOT_FAULTS, "its fault is not answered yet" },
};
enum { DEATHS = sizeof deaths / sizeof deaths[0] };

/* What is wrong after a death, one bit each; 0: nothing. */
enum wrong {
    WRONG_START = 1,   /* it could not be started */
    WRONG_THREAD = 2,  /* its thread is still there */
    WRONG_MESSAGE = 4, /* something of it can still be received */
    WRONG_ANSWER = 8,  /* it could still be answered */
    WRONG_ROW = 16,    /* a row of the invariants does not hold */
};

static bool invariants_hold(void)
{
    uint64_t row, detail;

    return mm_check(&row, &detail) == OK && row == 0;
}

/* Nothing is left to be received where a child may have sent to. */
static bool nothing_left(void)
{
    return children_now(SLOT_REPORT) == CHILDREN_NOTHING &&
           children_now(SLOT_PEER) == CHILDREN_NOTHING &&
           children_now(SLOT_FAULTS) == CHILDREN_NOTHING;
}

static uint32_t die(const struct death *d)
{
    struct ipc_msg msg = { { 0 } };
    struct ipc_from from = { 0 };
    struct sys_thread thread;
    uint32_t wrong = 0;

    if (children_start(d->role) != OK)
        return WRONG_START;
    for (uint32_t i = 0; i < TURNS; i++) /* it is to get somewhere */
        sys_yield();
    children_await(d->state);
    if (d->slot != SLOT_NONE)
        from = sys_recv(d->slot, &msg);
    children_kill();
    if (sys_thread_state(SLOT_THREAD, &thread) != E_CAP)
        wrong |= WRONG_THREAD;
    if (!nothing_left())
        wrong |= WRONG_MESSAGE;
    if (d->slot != SLOT_NONE && sys_reply(d->slot, from.token, 0, &msg) != E_PEER)
        wrong |= WRONG_ANSWER;
    return wrong;
}

/* Each death once more, then the checkers. */
static uint32_t die_in_every_state(void)
{
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < DEATHS; i++)
        wrong |= die(&deaths[i]);
    return invariants_hold() ? wrong : wrong | WRONG_ROW;
}

/* Who waits for an endpoint that is closed gets E_PEER. received: the call was received. */
static uint64_t orphan(bool received)
{
    struct ipc_msg msg;
    uint64_t endpoint;
    status_t st = sys_cap_drop(SLOT_PEER);

    if (st == OK)
        st = mm_endpoint_new(SLOT_PEER, &endpoint);
    if (st == OK)
        st = children_start(CHILD_CALLS);
    if (st != OK)
        return (uint64_t)(int64_t)st;
    children_await(THREAD_SENDING);
    if (received)
        (void)sys_recv(SLOT_PEER, &msg);
    st = mm_close(endpoint);
    (void)sys_recv(SLOT_REPORT, &msg);
    children_kill();
    return st == OK ? msg.w[0] : (uint64_t)(int64_t)st;
}

void deaths_test(void)
{
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < DEATHS; i++) {
        char text[80];

        snprintf(text, sizeof text, "killed while %s: nothing is left", deaths[i].what);
        report(text, 0, die(&deaths[i]));
        snprintf(text, sizeof text, "all rows hold after it was killed while %s",
                 deaths[i].what);
        report(text, true, invariants_hold());
    }
    for (uint32_t i = 0; i < ROUNDS && wrong == 0; i++)
        wrong = die_in_every_state();
    report("the same again and again", 0, wrong);
    report("a call in the queue of an endpoint that is closed", (uint64_t)(int64_t)E_PEER,
           orphan(false));
    report("a call that was received there", (uint64_t)(int64_t)E_PEER, orphan(true));
    report("all rows hold at the end", true, invariants_hold());
}
