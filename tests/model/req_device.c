/* Device memory: mapped uncached, counted by nobody (docs/decisions/0041). */
#include "edit.h"
#include "request.h"
#include "space.h"

/* Only what init starts may hand devices out: no client of a script. */
int32_t request_device(struct request *r)
{
    (void)r;
    return E_ACCESS;
}

int64_t model_device(struct model *m, uint64_t client_id, uint64_t index, uint64_t out[3])
{
    struct client *c = NULL;

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        if (m->client[i].alive && m->client[i].id == client_id)
            c = &m->client[i];
    }
    if (!c)
        return E_PEER;
    if (index != 0)
        return E_INVAL;
    out[0] = handles_new(&c->handles, (struct handle){ .kind = KIND_DEVICE,
                                                       .rights = MM_RIGHT_ALL,
                                                       .first = m->device,
                                                       .count = MODEL_DEVICE_PAGES });
    out[1] = request_identity(m->device);
    out[2] = MODEL_DEVICE_PAGES * PAGE_BYTES;
    return OK;
}

/* The cursor and the device; handles before rights. */
static status_t find(const struct request *r, struct cursor **c, struct handle *d)
{
    struct handle *h;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_CURSOR, &h);

    if (status != OK)
        return status;
    *c = h->cursor;
    status = handles_find(&r->c->handles, r->arg[1], KIND_DEVICE, &h);
    if (status != OK)
        return status;
    *d = *h;
    return !(*c)->mut || request_rights_for(r->arg[4]) & ~h->rights ? E_ACCESS : OK;
}

int32_t request_map_device(struct request *r)
{
    uint64_t offset = r->arg[2], bytes = r->arg[3], prop = r->arg[4];
    struct handle d;
    struct cursor *c;

    if (prop & ~(uint64_t)PROP_CLIENT || !edit_suits_device((uint32_t)prop))
        return E_INVAL;
    status_t status = find(r, &c, &d);
    if (status != OK)
        return status;
    uint64_t size = (uint64_t)d.count * PAGE_BYTES;
    uint64_t part = offset >= size ? 0 : units_min(bytes, size - offset);
    if (part > c->hi - c->cur)
        return E_LEN;
    if (offset % PAGE_BYTES || bytes % PAGE_BYTES)
        return E_ALIGN;
    struct edit_run run = { d.first + (uint32_t)(offset / PAGE_BYTES),
                            (uint32_t)(part / PAGE_BYTES) };
    struct edit_map what = { .va = c->cur, .run = &run, .runs = 1, .prop = (uint32_t)prop };
    struct edit e = { r->m, c->space, &c->batch, c, c->guard };
    status = part ? edit_map(&e, &what) : OK;
    if (status != OK)
        return status;
    c->cur += part;
    if (what.displaced)
        space_dispatch(r->m, c);
    r->words = 2;
    r->word[0] = what.displaced;
    r->word[1] = part;
    return OK;
}
