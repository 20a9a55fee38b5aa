#include "tests/guest/machine/children.h"

#include <sys.h>

#include "servers/init/spawn.h"

/* As the machine test's: they take turns. */
enum { PRIORITY_CHILD = PRIORITY_CLIENT - 1 };

/* What every child finds; one that faults has a handler besides. */
static const struct spawn_gift gifts[] = {
    { START_SLOT_IRQ4, START_SLOT_IRQ4, RIGHT_IO, 0 },
    { SLOT_REPORT, CHILD_SLOT_REPORT, RIGHT_SEND, 1 },
    { SLOT_PEER, CHILD_SLOT_PEER, RIGHT_SEND | RIGHT_RECV, 0 },
    { SLOT_FAULTS, CHILD_SLOT_OWN, RIGHT_SEND, 1 },
};

static struct spawn_image image = { .name = "child", .priority = PRIORITY_CHILD };
static struct spawn child;

status_t children_init(const struct start_page *start)
{
    status_t st = OK;
    uint64_t endpoint;

    spawn_init(start, SLOT_TABLE);
    image.bytes = start->arg[CONDUCTOR_ARG_AGENT_BYTES];
    for (uint32_t slot = SLOT_LINE; slot <= SLOT_FAULTS && st == OK; slot++)
        st = mm_endpoint_new(slot, &endpoint);
    if (st == OK)
        st = spawn_view(start->arg[CONDUCTOR_ARG_AGENT], image.bytes, &image.image);
    return st;
}

status_t children_start(enum child_role role)
{
    uint32_t count = sizeof gifts / sizeof gifts[0] - (role != CHILD_FAULTS);
    status_t st = spawn_begin(&child, &image);

    for (uint32_t i = 0; i < count && st == OK; i++)
        st = spawn_give(&child, gifts[i]);
    if (st != OK)
        return st;
    spawn_arg(&child, CHILD_ARG_ROLE, role);
    child.handler = role == CHILD_FAULTS ? CHILD_SLOT_OWN : SLOT_NONE;
    return spawn_start(&child, SLOT_THREAD);
}

void children_await(enum thread_state state)
{
    struct sys_thread now = { .state = THREAD_STOPPED };

    while (now.state != state) {
        sys_yield();

        status_t st = sys_thread_state(SLOT_THREAD, &now);

        assert(st == OK);
    }
}

void children_kill(void)
{
    spawn_kill(&child);
}

uint64_t children_now(uint32_t slot)
{
    struct ipc_msg msg;
    struct ipc_from from;
    status_t st = sys_notify(slot, CHILDREN_NOTHING);

    assert(st == OK);
    from = sys_recv(slot, &msg);
    return from.token == 0 ? msg.w[0] : (uint64_t)from.token;
}
