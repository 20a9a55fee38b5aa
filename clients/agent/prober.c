/* The asker's side of the probe: commands out, values and faults back. */
#include "clients/agent/prober.h"

#include <sys.h>

#include "abi/boot.h"
#include "abi/mm.h"
#include "clients/agent/probe.h"

static_assert(SYS_CALL == 1 && SYS_EXIT == 7, "probe.S has these as digits");
static_assert(PROBE_BASE == 0xffff968000000000u, "probe.S has it as digits");
static_assert(PROBE_FAULT_SLOT < CAP_SLOTS, "in the table");

/* Our endpoint in our table, and the badges of the two ways to it. */
enum { ENDPOINT_SLOT = 102, BADGE_CALL = 1, BADGE_FAULT = 2 };

/* A probe that code under test has left in a strange state may fault this often on its way
   back before we give it up. */
enum { RETURN_FAULTS_MAX = 4 };

static int64_t ready; /* token of the probe's call while it waits for a command; else 0 */

/* Waits until the probe asks for a command, sending it back to its entry when it faults. */
static status_t await_ready(void)
{
    for (int faults = 0; faults <= RETURN_FAULTS_MAX; faults++) {
        struct ipc_msg msg;
        struct ipc_from from = sys_recv(ENDPOINT_SLOT, &msg);
        if (from.token <= 0)
            return from.token < 0 ? (status_t)from.token : E_PEER;
        if (from.badge == BADGE_CALL) {
            ready = from.token;
            return OK;
        }
        struct ipc_msg jump = { { FAULT_JUMP, PROBE_BASE + PROBE_ENTRY } };
        status_t sent = sys_reply(ENDPOINT_SLOT, from.token, 0, &jump);
        if (sent != OK)
            return sent;
    }
    return E_PEER;
}

status_t prober_init(void)
{
    struct ipc_msg msg = { { IPC_HEAD(MM_ENDPOINT_NEW, 1), ENDPOINT_SLOT } };
    uint32_t extra;
    status_t status = sys_call(SLOT_MM, 0, &msg, &extra);

    if (status == OK)
        status = (status_t)msg.w[0];
    if (status == OK)
        status = sys_cap_copy(ENDPOINT_SLOT, 0, PROBE_SLOT, RIGHT_SEND, BADGE_CALL);
    if (status == OK)
        status = sys_cap_copy(ENDPOINT_SLOT, 0, PROBE_FAULT_SLOT, RIGHT_SEND, BADGE_FAULT);
    return status;
}

static uint64_t routine(const struct prober_touch *touch)
{
    static const uint64_t load[] = {
        [1] = PROBE_LOAD8, [2] = PROBE_LOAD16, [4] = PROBE_LOAD32, [8] = PROBE_LOAD64
    };
    static const uint64_t store[] = {
        [1] = PROBE_STORE8, [2] = PROBE_STORE16, [4] = PROBE_STORE32, [8] = PROBE_STORE64
    };
    uint32_t width = touch->width & 15;

    if (touch->access == ACCESS_X)
        return PROBE_BASE + PROBE_EXEC;
    assert(width == 1 || width == 2 || width == 4 || width == 8);
    return PROBE_BASE + (touch->access == ACCESS_W ? store[width] : load[width]);
}

static struct prober_outcome fault(enum fault_access access, enum fault_reason reason)
{
    return (struct prober_outcome){ .faulted = true, .access = access, .reason = reason };
}

/* Is a byte of it behind the user half? Processors differ in which page they look at first. */
static bool leaves_user_half(const struct prober_touch *touch)
{
    return touch->address < USER_END && touch->width > USER_END - touch->address;
}

/*
 * What a fault message means for a script. A page fault is told as it was if it hit the page
 * that was to be touched, or if executed code loaded or stored; anything else (an address that
 * is not canonical, an undefined instruction, running into the next page, running too long)
 * is `other`.
 */
static struct prober_outcome explain(const struct prober_touch *touch,
                                     const struct ipc_msg *msg)
{
    enum fault_access access = fault_access(msg->w[0]);
    bool same_page = msg->w[1] / PAGE_BYTES == touch->address / PAGE_BYTES;

    if (fault_kind(msg->w[0]) != FAULT_PAGE || leaves_user_half(touch))
        return fault(touch->access, REASON_OTHER);
    if (same_page || (touch->access == ACCESS_X && access != ACCESS_X))
        return fault(access, fault_reason(msg->w[0]));
    return fault(touch->access, REASON_OTHER);
}

struct prober_outcome prober_touch(const struct prober_touch *touch)
{
    struct prober_outcome lost = { .broken = true };
    struct ipc_msg msg = { { routine(touch), touch->address, touch->value } };

    if (touch->address >= L4_BASE(L4_USER_END))
        return fault(touch->access, REASON_PROTECTION);
    if (ready == 0 && await_ready() != OK)
        return lost;
    int64_t token = ready;
    ready = 0;
    struct ipc_from from = sys_reply_recv(ENDPOINT_SLOT, token, 0, &msg);
    if (from.token <= 0)
        return lost;
    if (from.badge == BADGE_CALL) {
        ready = from.token;
        uint64_t value = touch->access == ACCESS_R ? msg.w[0] : 0;
        return (struct prober_outcome){ .value = value };
    }

    struct prober_outcome out = explain(touch, &msg);
    struct ipc_msg jump = { { FAULT_JUMP, PROBE_BASE + PROBE_ENTRY } };
    if (sys_reply(ENDPOINT_SLOT, from.token, 0, &jump) != OK || await_ready() != OK)
        return lost;
    return out;
}
