/*
 * init: the first program. It starts the others from the boot modules, each through mm's
 * public protocol, then keeps the list of their names. What is missing or malformed is told on
 * the log, and the rest starts.
 */
#include <log.h>
#include <sys.h>

#include "abi/start.h"
#include "servers/init/modules.h"
#include "servers/init/names.h"
#include "servers/init/spawn.h"

enum { TABLE_SLOT = INIT_SLOT_FREE, ENDPOINT_SLOT };

/* Below init's: they run once all are started, so that no two write the log at once. */
enum { PRIORITY_STARTED = PRIORITY_CLIENT - 1 };

static struct spawn child;

/* Every program: the log, and a way to ask init. */
static status_t give_common(void)
{
    struct spawn_gift log = { INIT_SLOT_COM2, START_SLOT_LOG, RIGHT_IO, 0 };
    struct spawn_gift init = { ENDPOINT_SLOT, START_SLOT_INIT, RIGHT_SEND, child.client };
    status_t status = spawn_give(&child, log);

    if (status == OK)
        status = spawn_give(&child, init);
    child.start.log_slot = START_SLOT_LOG;
    return status;
}

/* Those that report results and end the machine. */
static status_t give_machine(void)
{
    static const struct spawn_gift gift[] = {
        { INIT_SLOT_COM1, START_SLOT_COM1, RIGHT_IO, 0 },
        { INIT_SLOT_EXIT, START_SLOT_EXIT, RIGHT_IO, 0 },
        { INIT_SLOT_BOCHS_EXIT, START_SLOT_BOCHS_EXIT, RIGHT_IO, 0 },
        { INIT_SLOT_IRQ4, START_SLOT_IRQ4, RIGHT_IO, 0 },
    };
    status_t status = OK;

    for (uint32_t i = 0; i < sizeof gift / sizeof gift[0] && status == OK; i++)
        status = spawn_give(&child, gift[i]);
    return status;
}

/* The agent's image and the scripts, by handle and size. */
static status_t give_modules(void)
{
    const struct mm_module *m = modules_find("agent");
    const uint32_t rights = MM_RIGHT_MAP | MM_RIGHT_READ | MM_RIGHT_GRANT;
    uint32_t at = 0, scripts = 0;
    status_t status = OK;

    if (m != NULL) {
        spawn_arg(&child, CONDUCTOR_ARG_AGENT_BYTES, m->bytes);
        status = spawn_grant(&child, CONDUCTOR_ARG_AGENT, m->frames, rights);
    }
    while (status == OK && scripts < CONDUCTOR_SCRIPTS_MAX &&
           (m = modules_next("script", &at)) != NULL) {
        uint32_t i = CONDUCTOR_ARG_SCRIPT + 2 * scripts++;

        spawn_arg(&child, i + 1, m->bytes);
        spawn_arg(&child, CONDUCTOR_ARG_SCRIPTS, scripts);
        status = spawn_grant(&child, i, m->frames, rights);
    }
    return status;
}

static status_t build(const struct mm_module *m, uint32_t priority)
{
    struct spawn_image image = { .bytes = m->bytes, .name = m->name, .priority = priority };
    status_t status = spawn_view(m->frames, m->bytes, &image.image);

    if (status == OK)
        status = spawn_begin(&child, &image);
    return status == OK ? give_common() : status;
}

/* Everything that the child shall have, before it runs. driver: one that drives the machine. */
static status_t prepare(const struct mm_module *m, uint32_t priority, bool driver)
{
    status_t status = build(m, priority);

    if (status == OK && driver)
        status = give_machine();
    if (status == OK && driver)
        status = give_modules();
    return status;
}

static void start(const char *name, uint32_t priority, bool driver)
{
    const struct mm_module *m = modules_find(name);
    status_t status;

    if (m == NULL)
        return;
    status = prepare(m, priority, driver);
    if (status == OK)
        status = spawn_start(&child, SLOT_NONE);
    if (status != OK)
        log_line("init: %s cannot be started: status %d", name, status);
    else if (names_set(name, child.client) != OK)
        log_line("init: the list of names is full without %s", name);
    else
        log_line("init: %s is client %u", name, child.client);
}

static void serve_names(void)
{
    struct ipc_msg msg;
    struct ipc_from from = sys_recv(ENDPOINT_SLOT, &msg);

    while (from.token >= 0) {
        msg = names_serve(&msg);
        from = from.token > 0 ? sys_reply_recv(ENDPOINT_SLOT, from.token, 0, &msg)
                              : sys_recv(ENDPOINT_SLOT, &msg);
    }
    log_line("init: no more requests can be received: status %d", (int)from.token);
}

int main(const struct start_page *page)
{
    uint64_t endpoint;
    status_t status;

    mm_client_init(page->message);
    spawn_init(page, TABLE_SLOT);
    status = mm_endpoint_new(ENDPOINT_SLOT, &endpoint);
    if (status != OK) {
        log_line("init: mm gives no endpoint: status %d", status);
        return 1;
    }
    modules_read((uint32_t)page->arg[INIT_ARG_MODULES]);
    if (modules_find("conductor") == NULL)
        log_line("init: no module named conductor: no scripts will run");
    start("hello", PRIORITY_STARTED, false);
    start("windows", PRIORITY_STARTED, false);
    start("conductor", PRIORITY_LOW, true);
    start("bench", PRIORITY_STARTED, true);
    start("machine", PRIORITY_STARTED, true);
    serve_names();
    return 1;
}
