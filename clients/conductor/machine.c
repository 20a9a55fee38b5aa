/* The interpreter's machine in the guest: agents, mm, the clock and COM1. */
#include "clients/conductor/machine_guest.h"

#include <log.h>
#include <string.h>
#include <sys.h>

#include "clients/conductor/agents.h"
#include "clients/conductor/line.h"
#include "clients/conductor/wire.h"
#include "servers/mm/client/mm_ask.h"
#include "servers/mm/client/mm_client.h"

static struct machine_facts facts;
static const char *options; /* the kernel's command line */
static uint32_t records;

void machine_guest_init(const struct start_page *self)
{
    facts = (struct machine_facts){
        .cpus = self->machine.cpus,
        .memory_bytes = (uint64_t)self->machine.frames * PAGE_BYTES,
        .checking = self->machine.checking != 0,
    };
    options = self->machine.options;
}

uint32_t machine_guest_records(void)
{
    return records;
}

const struct machine_facts *machine_facts(void)
{
    return &facts;
}

/* Whether the word that begins at `word` is KEY=VALUE. */
static bool is_option(const char *word, const char *key, const uint8_t *value, uint32_t bytes)
{
    size_t key_bytes = strlen(key);

    if (strncmp(word, key, key_bytes) || word[key_bytes] != '=')
        return false;
    word += key_bytes + 1;
    for (uint32_t i = 0; i < bytes; i++) {
        if (!word[i] || (uint8_t)word[i] != value[i])
            return false;
    }
    return !word[bytes] || word[bytes] == ' ';
}

bool machine_option(const char *key, const uint8_t *value, uint32_t bytes)
{
    for (const char *at = options; *at; at++) {
        if ((at == options || at[-1] == ' ') && is_option(at, key, value, bytes))
            return true;
    }
    return false;
}

status_t machine_client(uint32_t client, uint32_t cpu)
{
    return cpu < facts.cpus ? agents_start(client) : E_INVAL;
}

status_t machine_kill(uint32_t client, struct machine_reply *dead)
{
    *dead = (struct machine_reply){ .end = MACHINE_DEAD };
    agents_kill(client);
    return OK;
}

uint64_t machine_client_id(uint32_t client)
{
    return agents_id(client);
}

void machine_start(uint32_t client, const struct machine_request *request)
{
    agents_command(client, request);
}

enum machine_event machine_wait(uint64_t deadline, uint32_t *client,
                                struct machine_reply *reply)
{
    for (;;) {
        if (agents_take(client, reply))
            return MACHINE_REPLY;
        enum agents_event event = agents_step();
        if (event == AGENTS_QUIET)
            return MACHINE_QUIET;
        if (event == AGENTS_MOVES && machine_now() >= deadline)
            return MACHINE_LATE;
    }
}

/* Which client of the script mm means. */
static uint32_t client_of(uint64_t id)
{
    for (uint32_t i = 0; i < MACHINE_CLIENTS_MAX; i++) {
        if (agents_state(i) != AGENTS_NONE && agents_id(i) == id)
            return i;
    }
    return MACHINE_CLIENTS_MAX;
}

uint32_t machine_waits(uint32_t client, struct machine_wait wait[MACHINE_WAITS_MAX])
{
    struct mm_wait waits[MACHINE_WAITS_MAX];
    uint32_t count = 0;

    if (mm_waits(agents_id(client), waits, MACHINE_WAITS_MAX, &count) != OK)
        return 0;
    if (count > MACHINE_WAITS_MAX)
        count = MACHINE_WAITS_MAX;
    for (uint32_t i = 0; i < count; i++)
        wait[i] = (struct machine_wait){ (enum mm_wait_kind)waits[i].kind,
                                         client_of(waits[i].client), waits[i].cursor };
    return count;
}

int64_t machine_ask(uint32_t label, uint32_t count, const uint64_t *args,
                    uint64_t words[IPC_REG_ARGS])
{
    struct ipc_msg msg = { { 0 } };

    assert(count <= IPC_REG_ARGS);
    for (uint32_t i = 0; i < count; i++)
        msg.w[1 + i] = args[i];
    status_t status = mm_ask((enum mm_label)label, count, &msg);
    memcpy(words, msg.w + 1, IPC_REG_ARGS * sizeof *words);
    if (status < 0)
        log_line("conductor: mm answers %d to its request 0x%x", status, label);
    return status;
}

uint64_t machine_now(void)
{
    uint64_t ticks;

    return sys_clock(&ticks);
}

void machine_emit(enum record_type type, const void *payload, size_t bytes)
{
    static uint8_t frame[WIRE_BYTES_MAX];

    line_send(frame, wire_frame(frame, type, records, payload, bytes));
    records++;
}
