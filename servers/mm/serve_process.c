/* Processes, threads, endpoints and boot modules. */
#include "core/process.h"

#include <string.h>

#include "core/edit_batch.h"
#include "core/start.h"
#include "serve.h"

static bool slot_ok(uint64_t slot)
{
    return slot >= SLOT_FREE && slot < CAP_SLOTS;
}

/* The caller's handles on a new process, and its table in the caller's slot. */
static status_t hand_over(struct request *r, struct client *child)
{
    uint32_t space = (uint32_t)(child->own - vm_space_at(0));
    status_t st = handle_new(&r->client->handles, KIND_SPACE, space,
                             handle_meta(0, MM_RIGHT_ALL), &r->out[1]);

    if (st != OK)
        return st;
    child->own->handles++;
    st = handle_new(&r->client->handles, KIND_PROC, child->id, handle_meta(0, 0), &r->out[0]);
    if (st == OK)
        st = port_cap_put(r->client->table, (uint32_t)r->arg[0], child->table, RIGHT_WRITE, 0);
    return st;
}

static void close_number(struct client *c, uint64_t number)
{
    struct handle_entry *e;

    if (number != 0 && handle_find(&c->handles, number, KIND_NONE, &e) == OK)
        handle_close(&c->handles, e);
}

int32_t serve_PROC_NEW(struct request *r)
{
    struct client *child;
    status_t st;

    if (!slot_ok(r->arg[0]))
        return E_INVAL;
    st = process_new(&child);
    if (st != OK)
        return st;
    r->out[0] = r->out[1] = 0;
    st = hand_over(r, child);
    if (st != OK) {
        child->own->handles -= r->out[1] != 0;
        close_number(r->client, r->out[0]);
        close_number(r->client, r->out[1]);
        serve_end_client(child);
        return st;
    }
    child->trusted = r->client->init;
    r->out[2] = child->id;
    r->results = 3;
    return OK;
}

/* The live process that argument 0 names. */
static status_t find(const struct request *r, struct client **out)
{
    struct handle_entry *e;
    status_t st = handle_find(&r->client->handles, r->arg[0], KIND_PROC, &e);

    if (st != OK)
        return st;
    *out = client_find(e->value);
    return *out != NULL ? OK : E_PEER;
}

int32_t serve_PROC_KILL(struct request *r)
{
    struct client *victim;
    status_t st = find(r, &victim);

    if (st == OK)
        serve_end_client(victim);
    return st == E_PEER ? OK : st; /* it has ended already */
}

int32_t serve_THREAD_NEW(struct request *r)
{
    struct client *c;
    uint32_t thread;
    struct process_thread how = { .priority = (uint32_t)r->arg[2],
                                  .handler = (uint32_t)r->arg[3] };

    if (r->count < 5 || r->arg[2] > PRIORITY_CLIENT + 1 || r->arg[3] >= CAP_SLOTS)
        return E_INVAL;
    if ((r->arg[1] != 0 && !slot_ok(r->arg[1])) || serve_arg(r, 4) > MM_THREAD_PROBE)
        return E_INVAL;
    how.probe = (serve_arg(r, 4) & MM_THREAD_PROBE) != 0;

    status_t st = find(r, &c);

    if (st == OK)
        st = process_thread_new(c, how, &thread);
    if (st != OK)
        return st;
    st = handle_new(&r->client->handles, KIND_THREAD, thread, handle_meta(0, 0), &r->out[0]);
    if (st == OK && r->arg[1] != 0)
        st = port_cap_put(r->client->table, (uint32_t)r->arg[1],
                          process_thread_find(thread)->object, RIGHT_STATE, 0);
    if (st != OK) {
        close_number(r->client, r->out[0]);
        process_thread_drop(thread);
        return st;
    }
    r->results = 1;
    return OK;
}

/* The frame of a message page handle. */
static status_t message_frame(const struct request *r, uint64_t number, pfn_t *out)
{
    struct handle_entry *e;
    status_t st;

    *out = NO_FRAME;
    if (number == 0)
        return OK;
    st = handle_find(&r->client->handles, number, KIND_FRAME, &e);
    if (st != OK)
        return st;
    if ((~handle_rights(e) & (MM_RIGHT_READ | MM_RIGHT_WRITE)) != 0)
        return E_ACCESS;
    *out = e->value;
    return OK;
}

int32_t serve_THREAD_START(struct request *r)
{
    struct process_start how = { .ip = r->arg[1], .sp = r->arg[2], .argument = r->arg[3] };
    struct handle_entry *e;
    struct thread *t;
    status_t st = handle_find(&r->client->handles, r->arg[0], KIND_THREAD, &e);

    if (st == OK)
        st = message_frame(r, serve_arg(r, 4), &how.message);
    if (st != OK)
        return st;
    t = process_thread_find(e->value);
    return t != NULL ? process_thread_start(t, how) : E_PEER;
}

int32_t serve_ENDPOINT_NEW(struct request *r)
{
    uint32_t endpoint;
    status_t st;

    if (!slot_ok(r->arg[0]))
        return E_INVAL;
    st = process_endpoint_new(r->client, &endpoint);
    if (st != OK)
        return st;
    st =
        handle_new(&r->client->handles, KIND_ENDPOINT, endpoint, handle_meta(0, 0), &r->out[0]);
    if (st == OK)
        st = port_cap_put(r->client->table, (uint32_t)r->arg[0],
                          process_endpoint(endpoint)->object,
                          RIGHT_SEND | RIGHT_RECV | RIGHT_NOTIFY, 0);
    if (st != OK) {
        close_number(r->client, r->out[0]);
        process_endpoint_free(endpoint);
        return st;
    }
    r->results = 1;
    return OK;
}

/* A handle on a module's frames; 0 for an empty module, which has none. */
static status_t module_handle(struct client *c, const struct boot_module *m, uint64_t *number)
{
    status_t st;

    *number = 0;
    if (m->frames == 0)
        return OK;
    if (!start_is_data(m))
        return E_ACCESS;
    st = edit_batch_hold_run(m->first, m->frames);
    if (st != OK)
        return st;
    st = handle_new(&c->handles, KIND_FRAME, m->first,
                    handle_meta(m->frames, MM_RIGHT_ALL & ~(uint32_t)MM_RIGHT_WRITE), number);
    if (st != OK)
        edit_batch_drop_run(m->first, m->frames);
    return st;
}

int32_t serve_MODULE(struct request *r)
{
    const struct boot_record *boot = start_record();
    const struct boot_module *m;
    status_t st;

    if (!r->client->init)
        return E_ACCESS;
    if (boot == NULL || r->arg[0] >= boot->modules)
        return E_INVAL;
    m = &boot->module[r->arg[0]];
    st = module_handle(r->client, m, &r->out[0]);
    if (st != OK)
        return st;
    r->out[1] = m->bytes;
    memcpy(&r->out[2], m->name, 16);
    memcpy(r->page, m->name + 16, 16);
    r->results = 6;
    return OK;
}
