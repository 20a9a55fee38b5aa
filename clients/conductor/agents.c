/* Agents in the guest: processes, their calls, and the probe of each. */
#include "clients/conductor/agents.h"

#include <log.h>
#include <string.h>
#include <sys.h>

#include "abi/boot.h"
#include "clients/agent/agent.h"
#include "clients/agent/probe.h"
#include "servers/init/spawn.h"
#include "servers/mm/client/mm_client.h"

/* Our capability table behind the slots that every program has. */
enum {
    ENDPOINT_SLOT = START_SLOT_FREE,
    TABLE_SLOT, /* spawn's */
    ASKER_SLOT = 16,
    PROBE_THREAD_SLOT = ASKER_SLOT + MACHINE_CLIENTS_MAX,
};
static_assert((int)AGENT_FAULT_TAKE == (int)MACHINE_FAULT_TAKE &&
                  (int)AGENT_FAULT_WHY == (int)MACHINE_FAULT_WHY &&
                  (int)AGENT_FAULT_RESUME == (int)MACHINE_FAULT_RESUME &&
                  (int)AGENT_FAULT_REFUSE == (int)MACHINE_FAULT_REFUSE,
              "sent as they are");
static_assert((int)PROBE_THREAD_SLOT + MACHINE_CLIENTS_MAX <= CAP_SLOTS, "in the table");

struct agent {
    enum agents_state state;
    struct spawn spawn;
    int64_t token;  /* of its call, while AGENTS_IDLE or AGENTS_ANSWERED */
    uint64_t order; /* of its answer */
    struct machine_reply reply;
    uint64_t words[MACHINE_WORDS_MAX];
};

static struct agent agents[MACHINE_CLIENTS_MAX];
static const struct start_page *own;
static struct spawn_image image;
static uint64_t orders;

status_t agents_init(const struct start_page *self, const uint8_t *bytes_at, uint64_t bytes)
{
    uint64_t endpoint;

    own = self;
    image = (struct spawn_image){ bytes_at, bytes, "agent", PRIORITY_CLIENT };
    return mm_endpoint_new(ENDPOINT_SLOT, &endpoint);
}

enum agents_state agents_state(uint32_t client)
{
    return agents[client].state;
}

uint32_t agents_id(uint32_t client)
{
    return agents[client].spawn.client;
}

/* --- answers --- */

static void answered(struct agent *a)
{
    a->state = AGENTS_ANSWERED;
    a->order = ++orders;
}

/* The words of an answer: what the next request to mm would overwrite is copied. */
static void keep_words(struct agent *a, const struct ipc_msg *msg, uint32_t extra)
{
    memcpy(a->words, msg->w + 1, IPC_REG_ARGS * sizeof *a->words);
    memcpy(a->words + IPC_REG_ARGS, own->message, extra * sizeof *a->words);
    a->reply.words = a->words;
    a->reply.bytes = (const uint8_t *)(a->words + IPC_REG_ARGS);
    a->reply.count = (uint32_t)(msg->w[0] >> 8 & 0xffffff);
    if (a->reply.count > IPC_REG_ARGS + extra)
        a->reply.count = IPC_REG_ARGS + extra;
}

static void accept(struct agent *a, const struct ipc_from *from, const struct ipc_msg *msg)
{
    a->token = from->token;
    a->reply = (struct machine_reply){ .end = MACHINE_REPLIED };
    switch ((enum agent_result)(msg->w[0] & 0xff)) {
    case AGENT_READY:
        a->state = AGENTS_IDLE;
        return;
    case AGENT_REPLIED:
        a->reply.status = (int32_t)(msg->w[0] >> 32);
        keep_words(a, msg, from->extra);
        break;
    case AGENT_FAULTED:
        a->reply.end = MACHINE_FAULTED;
        a->reply.access = (enum fault_access)(msg->w[0] >> 8 & 0xff);
        a->reply.reason = (enum fault_reason)(msg->w[0] >> 16 & 0xff);
        break;
    case AGENT_BROKEN:
    case AGENT_RESULTS:
        a->reply.status = (int32_t)(msg->w[0] >> 32);
        break;
    }
    answered(a);
}

static void receive(void)
{
    struct ipc_msg msg;
    struct ipc_from from = sys_recv(ENDPOINT_SLOT, &msg);

    if (from.token > 0 && from.badge >= 1 && from.badge <= MACHINE_CLIENTS_MAX)
        accept(&agents[from.badge - 1], &from, &msg);
}

/* Whether an agent that owes an answer is calling us, or has ended. */
static bool look(uint32_t client, bool *calls)
{
    struct agent *a = &agents[client];
    struct sys_thread thread;

    if (a->state != AGENTS_BUSY)
        return false;
    status_t status = sys_thread_state(ASKER_SLOT + client, &thread);
    if (status == OK && thread.state == THREAD_SENDING) {
        *calls = true;
    } else if (status != OK || thread.state == THREAD_DEAD) {
        a->reply = (struct machine_reply){ .end = MACHINE_DEAD };
        a->token = 0;
        answered(a);
        return true;
    }
    return false;
}

enum agents_event agents_step(void)
{
    bool calls = false;
    enum quiet quiet = sys_quiet();

    /* When nothing moves, mm is receiving: whoever is sending then is sending to us. */
    if (quiet == QUIET_NOT) {
        sys_yield();
        return AGENTS_MOVES;
    }
    for (uint32_t i = 0; i < MACHINE_CLIENTS_MAX; i++) {
        if (look(i, &calls))
            return AGENTS_GOT;
    }
    if (!calls)
        return quiet == QUIET ? AGENTS_QUIET : AGENTS_MOVES;
    receive();
    return AGENTS_GOT;
}

bool agents_take(uint32_t *client, struct machine_reply *reply)
{
    struct agent *oldest = NULL;

    for (uint32_t i = 0; i < MACHINE_CLIENTS_MAX; i++) {
        struct agent *a = &agents[i];
        if (a->state == AGENTS_ANSWERED && (!oldest || a->order < oldest->order))
            oldest = a;
    }
    if (!oldest)
        return false;
    *client = (uint32_t)(oldest - agents);
    *reply = oldest->reply;
    oldest->state = AGENTS_IDLE;
    if (reply->end == MACHINE_DEAD)
        agents_kill(*client);
    return true;
}

/* --- commands --- */

/* Puts a request of mm where mm will want its words. Returns: words in the message page. */
static uint32_t put_request(struct ipc_msg *msg, const struct machine_request *r)
{
    uint32_t count = r->count < MM_ARGS_MAX ? r->count : MM_ARGS_MAX;
    uint32_t regs = count < IPC_REG_ARGS ? count : IPC_REG_ARGS;

    msg->w[0] = AGENT_MM | (uint64_t)r->label << 8 | (uint64_t)count << 40;
    for (uint32_t i = 0; i < regs; i++)
        msg->w[1 + i] = r->args[i];
    if (count > IPC_REG_ARGS)
        memcpy(own->message, r->args + IPC_REG_ARGS, (count - IPC_REG_ARGS) * sizeof *r->args);
    return count - regs;
}

/* Puts a read or a write of a window, with the bytes to write. Returns: words in the message
 * page. */
static uint32_t put_move(struct ipc_msg *msg, const struct machine_request *r)
{
    bool write = r->kind == MACHINE_WRITE;

    assert(r->length <= MACHINE_BYTES_MAX);
    msg->w[0] = (uint64_t)(write ? AGENT_WRITE : AGENT_READ) | (uint64_t)r->length << 8;
    msg->w[1] = r->window;
    if (!write)
        return 0;
    memcpy(own->message, r->bytes, r->length);
    return (r->length + 7) / 8;
}

void agents_command(uint32_t client, const struct machine_request *r)
{
    struct agent *a = &agents[client];
    struct ipc_msg msg = { { 0 } };
    uint32_t extra = 0;

    assert(a->state == AGENTS_IDLE);
    if (r->kind == MACHINE_MM) {
        extra = put_request(&msg, r);
    } else if (r->kind == MACHINE_FAULT) {
        msg.w[0] = AGENT_FAULT | (uint64_t)r->fault << 8;
    } else if (r->kind != MACHINE_TOUCH) {
        extra = put_move(&msg, r);
    } else {
        msg.w[0] = AGENT_TOUCH | (uint64_t)r->access << 8 | (uint64_t)r->width << 16;
        msg.w[1] = r->address;
        msg.w[2] = r->value;
    }
    int64_t token = a->token;
    a->token = 0;
    a->state = AGENTS_BUSY;
    /* A failed reply means that it has ended: agents_step will see that. */
    (void)!sys_reply(ENDPOINT_SLOT, token, extra, &msg);
}

/* --- processes --- */

static void drop_slots(uint32_t client)
{
    (void)!sys_cap_drop(ASKER_SLOT + client);
    (void)!sys_cap_drop(PROBE_THREAD_SLOT + client);
}

void agents_kill(uint32_t client)
{
    struct agent *a = &agents[client];

    if (a->state == AGENTS_NONE)
        return;
    spawn_kill(&a->spawn);
    drop_slots(client);
    a->state = AGENTS_NONE;
    a->spawn.client = 0;
}

static status_t start_process(uint32_t client)
{
    struct spawn *child = &agents[client].spawn;
    struct spawn_gift ours = { ENDPOINT_SLOT, AGENT_SLOT_CONDUCTOR, RIGHT_SEND, client + 1 };
    struct spawn_gift log = { START_SLOT_LOG, START_SLOT_LOG, RIGHT_IO, 0 };
    status_t status = spawn_begin(child, &image);

    if (status != OK)
        return status;
    child->start.log_slot = START_SLOT_LOG;
    status = spawn_give(child, ours);
    if (status == OK)
        status = spawn_give(child, log);
    return status == OK ? spawn_start(child, ASKER_SLOT + client) : status;
}

/* Waits for the first call of a new agent. */
static status_t await_call(struct agent *a)
{
    while (a->state == AGENTS_BUSY) {
        if (agents_step() == AGENTS_QUIET)
            return E_PEER;
    }
    if (a->state == AGENTS_IDLE)
        return OK;
    return a->reply.end == MACHINE_REPLIED && a->reply.status < 0 ? (status_t)a->reply.status
                                                                  : E_PEER;
}

/* The agent has made its endpoint; its second thread can start. */
static status_t start_probe(uint32_t client)
{
    struct mm_thread_how how = { .slot = PROBE_THREAD_SLOT + client,
                                 .priority = PRIORITY_CLIENT,
                                 .handler = PROBE_FAULT_SLOT,
                                 .flags = MM_THREAD_PROBE };
    struct mm_thread_start start = { .ip = PROBE_BASE + PROBE_ENTRY };
    uint64_t thread;
    status_t status = mm_thread_new(agents[client].spawn.process, &how, &thread);

    if (status != OK)
        return status;
    status = mm_thread_start(thread, &start);
    status_t closed = mm_close(thread);
    return status != OK ? status : closed;
}

status_t agents_start(uint32_t client)
{
    struct agent *a = &agents[client];

    assert(a->state == AGENTS_NONE);
    status_t status = start_process(client);
    if (status != OK) {
        log_line("conductor: client %u has no process: status %d", client, status);
        return status;
    }
    a->state = AGENTS_BUSY;
    status = await_call(a);
    if (status == OK)
        status = start_probe(client);
    if (status != OK) {
        log_line("conductor: client %u cannot start: status %d", client, status);
        agents_kill(client);
    }
    return status;
}
