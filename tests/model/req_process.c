/* Requests about processes: as far as a script can ask for them by raw messages. */
#include "abi/syscall.h"
#include "request.h"
#include "space.h"

static bool slot_ok(uint64_t slot)
{
    return slot >= SLOT_FREE && slot < CAP_SLOTS;
}

int32_t request_proc_new(struct request *r)
{
    if (!slot_ok(r->arg[0]))
        return E_INVAL;
    uint32_t child = model_begin(r->m, r->c->cpu);
    if (child == MODEL_NOBODY)
        return E_NOMEM;
    struct client *c = &r->m->client[child];
    c->own->handles++;
    r->words = 3;
    r->word[1] = handles_new(
        &r->c->handles,
        (struct handle){ .kind = KIND_SPACE, .rights = MM_RIGHT_ALL, .space = c->own });
    r->word[0] = handles_new(
        &r->c->handles, (struct handle){ .kind = KIND_PROC, .client = child, .id = c->id });
    r->word[2] = c->id;
    return OK;
}

/* The live process that argument 0 names. */
static status_t find(const struct request *r, uint32_t *client)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_PROC, &h);

    if (status != OK)
        return status;
    *client = h->client;
    return r->m->client[h->client].alive && r->m->client[h->client].id == h->id ? OK : E_PEER;
}

int32_t request_proc_kill(struct request *r)
{
    uint32_t victim;
    status_t status = find(r, &victim);

    if (status == OK)
        model_end(r->m, victim);
    return status == E_PEER ? OK : status;
}

int32_t request_thread_new(struct request *r)
{
    uint32_t client;

    if (r->arg[2] > PRIORITY_CLIENT + 1 || r->arg[3] >= CAP_SLOTS ||
        (r->arg[1] != 0 && !slot_ok(r->arg[1])) || r->arg[4] > MM_THREAD_PROBE)
        return E_INVAL;
    status_t status = find(r, &client);
    if (status == OK)
        r->word[r->words++] =
            handles_new(&r->c->handles, (struct handle){ .kind = KIND_THREAD });
    return status;
}

int32_t request_thread_start(struct request *r)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_THREAD, &h);

    if (status == OK && r->arg[4] != 0) {
        status = handles_find(&r->c->handles, r->arg[4], KIND_FRAME, &h);
        if (status == OK && ~h->rights & (MM_RIGHT_READ | MM_RIGHT_WRITE))
            status = E_ACCESS;
    }
    return status;
}

int32_t request_endpoint_new(struct request *r)
{
    if (!slot_ok(r->arg[0]))
        return E_INVAL;
    r->word[r->words++] = handles_new(&r->c->handles, (struct handle){ .kind = KIND_ENDPOINT });
    return OK;
}

/* Modules are init's. */
int32_t request_module(struct request *r)
{
    (void)r;
    return E_ACCESS;
}
