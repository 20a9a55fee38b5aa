/*
 * The conductor: runs the compiled scripts that the boot brought, in order, tells the host on
 * COM1 how they went, and ends the machine. It has the lowest priority: when it runs, every
 * other thread waits, unless there are other CPUs.
 */
#include <log.h>
#include <string.h>
#include <sys.h>

#include "clients/conductor/agents.h"
#include "clients/conductor/core/script.h"
#include "clients/conductor/line.h"
#include "clients/conductor/machine_guest.h"
#include "servers/init/spawn.h"
#include "servers/mm/client/mm_client.h"

enum { TABLE_SLOT = START_SLOT_FREE + 1 };

static struct script script;

static void say_hello(const struct start_page *start, uint32_t scripts)
{
    struct rec_hello hello = {
        .version = RECORD_VERSION,
        .program = PROGRAM_VERSION,
        .checking = start->machine.checking,
        .cpus = start->machine.cpus,
        .scripts = scripts,
        .ticks_per_second = 1000000, /* machine_now counts microseconds */
    };
    machine_emit(REC_HELLO, &hello, sizeof hello);
}

static bool prepare(const struct start_page *start)
{
    const uint8_t *image;
    uint64_t bytes = start->arg[CONDUCTOR_ARG_AGENT_BYTES];

    mm_client_init(start->message);
    spawn_init(start, TABLE_SLOT);
    status_t status = spawn_view(start->arg[CONDUCTOR_ARG_AGENT], bytes, &image);
    if (status == OK)
        status = agents_init(start, image, bytes);
    if (status != OK)
        log_line("conductor: no agents: status %d", status);
    return status == OK;
}

/* Runs script `index` of this boot. Returns: whether it passed or was skipped. */
static bool run_one(const struct start_page *start, uint32_t index)
{
    const uint64_t *arg = &start->arg[CONDUCTOR_ARG_SCRIPT + 2 * index];
    const uint8_t *program;
    status_t status = spawn_view(arg[0], arg[1], &program);

    if (status != OK) {
        log_line("conductor: script %u cannot be read: status %d", index, status);
        return false;
    }
    struct script_verdict verdict = script_run(&script, index, "", program, arg[1]);
    return verdict.verdict != VERDICT_FAIL;
}

int main(const struct start_page *start)
{
    uint32_t scripts = (uint32_t)start->arg[CONDUCTOR_ARG_SCRIPTS];
    struct rec_bye bye = { .scripts = scripts };

    machine_guest_init(start);
    say_hello(start, scripts);
    bool ready = prepare(start);
    for (uint32_t i = 0; i < scripts; i++)
        bye.failed += !ready || !run_one(start, i);
    bye.records = machine_guest_records() + 1;
    machine_emit(REC_BYE, &bye, sizeof bye);
    line_end_machine(ready && bye.failed == 0);
}
