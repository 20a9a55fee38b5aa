#include "fault.h"

#include "request.h"
#include "touch.h"

uint32_t fault_handler(const struct model *m, uint32_t client)
{
    const struct space *s = m->client[client].active;

    for (uint32_t i = 0; s && s->pager && i < MODEL_CLIENTS; i++) {
        if (m->client[i].alive && m->client[i].id == s->pager)
            return i == client ? MODEL_NOBODY : i; /* nobody handles its own */
    }
    return MODEL_NOBODY;
}

/* The first of the handler's queue, or MODEL_NOBODY. */
static uint32_t oldest(const struct model *m, uint32_t handler)
{
    uint32_t found = MODEL_NOBODY;

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        const struct faulting *f = &m->client[i].faulting;
        if (m->client[i].alive && f->there && !f->taken && f->handler == handler &&
            (found == MODEL_NOBODY || f->order < m->client[found].faulting.order))
            found = i;
    }
    return found;
}

/* Gives the handler the next fault, if it waits for one and there is one. */
static void deliver(struct model *m, uint32_t handler)
{
    struct taking *t = &m->client[handler].taking;
    uint32_t next = oldest(m, handler);

    if (!t->waits || next == MODEL_NOBODY)
        return;
    struct faulting *f = &m->client[next].faulting;
    f->taken = true;
    *t = (struct taking){ .holds = true,
                          .client = next,
                          .id = m->client[next].id,
                          .access = f->access,
                          .reason = f->reason };
    request_answer(m, handler, OK, 1, &f->address);
}

void fault_raise(struct model *m, uint32_t client, uint32_t handler, struct fault what)
{
    m->client[client].faulting = (struct faulting){ .there = true,
                                                    .handler = handler,
                                                    .order = ++m->orders,
                                                    .access = what.access,
                                                    .reason = what.reason,
                                                    .address = what.address };
    deliver(m, handler);
}

/* The client's access is tried once more. */
static void try_again(struct model *m, uint32_t client)
{
    struct client *c = &m->client[client];
    struct model_request touched = c->touch;

    c->faulting.there = false;
    if (touch(m, client, &touched, true))
        c->order = ++m->orders;
}

/* The client's access has failed, whatever is mapped by now. Where it was not at the place
 * touched, a script is told `other`. */
static void fail(struct model *m, uint32_t client)
{
    struct client *c = &m->client[client];
    const struct faulting *f = &c->faulting;
    bool here = f->address / PAGE_BYTES == c->touch.address / PAGE_BYTES;

    c->faulting.there = false;
    outcome_none(&c->answer);
    outcome_fault(&c->answer, f->access, here ? f->reason : REASON_OTHER);
    c->order = ++m->orders;
}

/* RESUME and REFUSE. */
static void answer(struct model *m, uint32_t handler, bool again)
{
    struct taking *t = &m->client[handler].taking;
    struct taking was = *t;
    struct client *c = &m->client[was.client];

    if (!was.holds) {
        request_answer(m, handler, E_INVAL, 0, NULL);
        return;
    }
    t->holds = false;
    if (!c->alive || c->id != was.id || !c->faulting.there) {
        request_answer(m, handler, E_PEER, 0, NULL);
        return;
    }
    if (again)
        try_again(m, was.client);
    else
        fail(m, was.client);
    request_answer(m, handler, OK, 0, NULL);
}

static void tell_why(struct model *m, uint32_t handler)
{
    struct client *c = &m->client[handler];

    if (!c->taking.holds) {
        request_answer(m, handler, E_INVAL, 0, NULL);
        return;
    }
    outcome_none(&c->answer);
    outcome_fault(&c->answer, c->taking.access, c->taking.reason);
    c->order = ++m->orders;
}

bool fault_serve(struct model *m, uint32_t handler, enum model_fault what)
{
    struct taking *t = &m->client[handler].taking;

    switch (what) {
    case MODEL_FAULT_TAKE:
        if (t->holds) {
            request_answer(m, handler, E_BUSY, 0, NULL);
            return true;
        }
        t->waits = true;
        deliver(m, handler);
        return !t->waits;
    case MODEL_FAULT_WHY:
        tell_why(m, handler);
        return true;
    case MODEL_FAULT_RESUME:
    case MODEL_FAULT_REFUSE:
        answer(m, handler, what == MODEL_FAULT_RESUME);
        return true;
    }
    return true;
}

void fault_forget(struct model *m, uint32_t client)
{
    m->client[client].faulting.there = false;
    m->client[client].taking = (struct taking){ 0 };
    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        const struct faulting *f = &m->client[i].faulting;
        if (i != client && m->client[i].alive && f->there && f->handler == client)
            fail(m, i);
    }
}
