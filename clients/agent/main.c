/*
 * The agent: one client of a script. Its first thread, the asker, pulls commands from the
 * conductor, sends requests to mm, has the probe touch memory, and takes faults of others
 * (pager.h). The probe is its second thread, which lives in the space that the script activates
 * (probe.h).
 */
#include <sys.h>

#include "abi/mm.h"
#include "abi/start.h"
#include "clients/agent/agent.h"
#include "clients/agent/pager.h"
#include "clients/agent/prober.h"

/* Sends the message of a command to mm and makes its answer the next result. */
static void ask_mm(struct ipc_msg *msg, uint32_t *extra)
{
    uint32_t label = (uint32_t)(msg->w[0] >> 8);
    uint32_t count = (uint32_t)(msg->w[0] >> 40);

    msg->w[0] = IPC_HEAD(label, count);
    *extra = count > IPC_REG_ARGS ? count - IPC_REG_ARGS : 0;
    status_t sent = sys_call(SLOT_MM, *extra, msg, extra);
    if (sent != OK) {
        *extra = 0;
        msg->w[0] = AGENT_BROKEN | (uint64_t)(uint32_t)sent << 32;
        return;
    }
    uint32_t words = IPC_REG_ARGS + *extra;
    msg->w[0] = AGENT_REPLIED | words << 8 | (uint64_t)(uint32_t)msg->w[0] << 32;
}

/*
 * Moves bytes between a window and this program's memory: the message page, which is where
 * the conductor's bytes arrive and its own are taken from.
 */
static void move(struct ipc_msg *msg, uint32_t *extra, enum mm_label label)
{
    struct ipc_msg ask = { { IPC_HEAD(label, 3), msg->w[1], START_MESSAGE_VA,
                             (uint32_t)(msg->w[0] >> 8) } };
    status_t status = sys_call(SLOT_MM, 0, &ask, extra);

    *extra = 0;
    if (status == OK)
        status = (status_t)ask.w[0];
    if (label == MM_WINDOW_READ && status == OK)
        *extra = (uint32_t)((ask.w[1] + 7) / 8);
    *msg = (struct ipc_msg){ { 0, ask.w[1] } };
    msg->w[0] = AGENT_REPLIED | (uint64_t)(IPC_REG_ARGS + *extra) << 8 |
                (uint64_t)(uint32_t)status << 32;
}

static uint64_t faulted(enum fault_access access, enum fault_reason reason)
{
    return AGENT_FAULTED | (uint64_t)access << 8 | (uint64_t)reason << 16;
}

/* Does as a handler what the command says. */
static void handle_fault(struct ipc_msg *msg, uint32_t *extra)
{
    enum agent_fault what = (enum agent_fault)(msg->w[0] >> 8 & 0xff);
    enum fault_access access;
    enum fault_reason reason;
    status_t status = E_INVAL;

    *extra = 0;
    *msg = (struct ipc_msg){ 0 };
    switch (what) {
    case AGENT_FAULT_TAKE:
        status = pager_take(&msg->w[1]);
        break;
    case AGENT_FAULT_WHY:
        status = pager_why(&access, &reason);
        break;
    case AGENT_FAULT_RESUME:
        status = pager_answer(FAULT_RETRY);
        break;
    case AGENT_FAULT_REFUSE:
        status = pager_answer(FAULT_REFUSE);
        break;
    }
    msg->w[0] = AGENT_REPLIED | 1u << 8 | (uint64_t)(uint32_t)status << 32;
    if (what == AGENT_FAULT_WHY && status == OK)
        msg->w[0] = faulted(access, reason);
}

/* Has the probe touch what the command says. */
static void touch(struct ipc_msg *msg, uint32_t *extra)
{
    struct prober_touch ask = {
        .access = (enum fault_access)(msg->w[0] >> 8 & 0xff),
        .width = (uint32_t)(msg->w[0] >> 16 & 0xff),
        .address = msg->w[1],
        .value = msg->w[2],
    };
    struct prober_outcome out = prober_touch(&ask);

    *extra = 0;
    *msg = (struct ipc_msg){ 0 };
    if (out.broken) {
        msg->w[0] = AGENT_BROKEN | (uint64_t)(uint32_t)E_PEER << 32;
    } else if (out.faulted) {
        msg->w[0] = faulted(out.access, out.reason);
    } else {
        msg->w[0] = AGENT_REPLIED | 1u << 8;
        msg->w[1] = out.value;
    }
}

int main(const struct start_page *start)
{
    struct ipc_msg msg = { { AGENT_READY } };
    uint32_t extra = 0;

    (void)start;
    status_t made = prober_init();
    if (made == OK)
        made = pager_init();
    if (made != OK)
        msg.w[0] = AGENT_BROKEN | (uint64_t)(uint32_t)made << 32;
    for (;;) {
        if (sys_call(AGENT_SLOT_CONDUCTOR, extra, &msg, &extra) != OK)
            return 1; /* the conductor is gone: there is nobody to work for */
        switch ((enum agent_command)(msg.w[0] & 0xff)) {
        case AGENT_TOUCH:
            touch(&msg, &extra);
            break;
        case AGENT_READ:
            move(&msg, &extra, MM_WINDOW_READ);
            break;
        case AGENT_WRITE:
            move(&msg, &extra, MM_WINDOW_WRITE);
            break;
        case AGENT_FAULT:
            handle_fault(&msg, &extra);
            break;
        case AGENT_MM:
        case AGENT_COMMANDS:
            ask_mm(&msg, &extra);
            break;
        }
    }
}
