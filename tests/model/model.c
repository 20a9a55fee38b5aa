#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "request.h"
#include "space.h"
#include "stale.h"
#include "touch.h"

enum { FIRST_ID = 100 };

struct model *model_new(struct model_facts facts)
{
    struct model *m = calloc(1, sizeof *m);

    if (!m)
        abort();
    m->facts = facts;
    m->client_ids = FIRST_ID;
    m->device = frames_new(&m->frames, MODEL_DEVICE_PAGES, 1, 0, false);
    for (uint32_t i = 0; i < MODEL_DEVICE_PAGES; i++) {
        frames_at(&m->frames, m->device + i)->device = true;
        for (uint32_t byte = 0; byte < PAGE_BYTES; byte++)
            frames_blur(&m->frames, m->device + i, byte);
    }
    return m;
}

void model_free(struct model *m)
{
    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        if (m->client[i].alive)
            model_end(m, i);
    }
    stale_quiet(m);
    frames_free(&m->frames);
    free(m);
}

/* --- clients --- */

uint32_t model_begin(struct model *m, uint32_t cpu)
{
    uint32_t i = 0;

    while (i < MODEL_CLIENTS && m->client[i].alive)
        i++;
    if (i == MODEL_CLIENTS)
        return MODEL_NOBODY;
    struct client *c = &m->client[i];
    c->alive = true;
    c->id = m->client_ids++;
    c->cpu = cpu;
    c->handles = (struct handles){ 0 };
    c->own_handle = 0;
    c->active = NULL;
    c->waiting.there = false;
    c->order = 0;
    c->places = 0;
    c->takes = false;
    c->faulting.there = false;
    c->taking = (struct taking){ 0 };
    c->moving.there = false;
    status_t made = space_new(m, true, &c->own);
    assert(made == OK);
    c->own->handles = 1;
    return i;
}

static void close_all(struct model *m, struct client *c, bool cursors)
{
    for (uint32_t i = 0; i < c->handles.count; i++) {
        struct handle *h = &c->handles.at[i];
        if (h->live && (h->kind == KIND_CURSOR) == cursors)
            request_let_go(m, c, h);
    }
}

void model_end(struct model *m, uint32_t client)
{
    struct client *c = &m->client[client];
    struct space *active = c->active;

    assert(c->alive);
    c->waiting.there = false;
    request_stop_copy(m, client, NULL, E_PEER);
    c->order = 0;
    fault_forget(m, client);
    close_all(m, c, true);
    c->active = NULL;
    if (active) {
        stale_deactivated(m, active);
        space_release(m, active);
    }
    close_all(m, c, false);
    c->own->handles--;
    space_release(m, c->own);
    handles_free(&c->handles);
    c->alive = false;
    request_wake(m);
}

uint64_t model_id(const struct model *m, uint32_t client)
{
    return m->client[client].id;
}

/* --- requests --- */

void request_answer(struct model *m, uint32_t client, int64_t status, uint32_t count,
                    const uint64_t *words)
{
    struct client *c = &m->client[client];

    outcome_none(&c->answer);
    outcome_reply(&c->answer, status, count, words);
    c->order = ++m->orders;
}

/* The request has ended with a status, unless it waits. E_FAULT answers a count. */
static void finish(const struct request *r, int32_t status)
{
    bool words = status == OK || status == E_FAULT;

    if (status != REQUEST_WAITS)
        request_answer(r->m, r->client, status, words ? r->words : 0, r->word);
}

/* Carries out the client's stored request. */
static void serve(struct model *m, uint32_t client, bool granted)
{
    static uint64_t word[OUTCOME_WORDS];
    struct client *c = &m->client[client];
    struct request r = { .m = m,
                         .client = client,
                         .c = c,
                         .label = c->label,
                         .granted = granted,
                         .count = c->count,
                         .arg = c->args,
                         .word = word };

    finish(&r, request_serve(&r));
}

/* Bytes through a window, from or to a buffer that is all right. */
static void move(struct model *m, uint32_t client, const struct model_request *request)
{
    static uint64_t word[OUTCOME_WORDS];
    static const uint8_t none;
    struct client *c = &m->client[client];
    struct request r = { .m = m,
                         .client = client,
                         .c = c,
                         .arg = &request->window,
                         .length = request->length,
                         .word = word };

    assert(request->length <= OUTCOME_BYTES);
    if (request->kind == MODEL_READ) {
        r.into = &c->answer.member[0];
        r.into->size = 0;
        int32_t status = request_window_read(&r);
        uint32_t size = r.into->size;
        finish(&r, status);
        r.into->size = size;
    } else {
        r.bytes = request->bytes ? request->bytes : &none;
        finish(&r, request_window_write(&r));
    }
}

void model_step(struct model *m, uint32_t client, const struct model_request *request)
{
    struct client *c = &m->client[client];

    assert(c->alive && !c->waiting.there && !c->faulting.there && !c->taking.waits);
    assert(c->order == 0 && !c->moving.there);
    for (uint32_t i = 0; i < MODEL_CLIENTS; i++)
        touch_settle(m, i);
    if (request->kind == MODEL_TOUCH) {
        if (touch(m, client, request, true))
            c->order = ++m->orders;
        return;
    }
    if (request->kind == MODEL_FAULT) {
        (void)!fault_serve(m, client, request->fault);
        return;
    }
    if (request->kind != MODEL_MM) {
        move(m, client, request);
        return;
    }
    assert(request->count <= MM_ARGS_MAX);
    c->label = request->label;
    c->count = request->count;
    if (request->count)
        memcpy(c->args, request->args, request->count * sizeof *c->args);
    serve(m, client, false);
}

bool model_answer(struct model *m, uint32_t *client, const struct outcome_set **set)
{
    struct client *oldest = NULL;

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        struct client *c = &m->client[i];
        if (c->alive && c->order && (!oldest || c->order < oldest->order))
            oldest = c;
    }
    if (!oldest)
        return false;
    oldest->order = 0;
    *client = (uint32_t)(oldest - m->client);
    *set = &oldest->answer;
    return true;
}

void model_commit(struct model *m, uint32_t client, const struct outcome *seen)
{
    assert(outcome_in(&m->client[client].answer, seen));
    touch_commit(m, client, seen);
}

/* --- waiting --- */

bool model_waits(const struct model *m, uint32_t client)
{
    return m->client[client].alive && m->client[client].waiting.there;
}

bool model_moves(const struct model *m, uint32_t client)
{
    return m->client[client].alive && m->client[client].moving.there;
}

/* The waiting client that came first after `after`. */
static uint32_t next_waiting(const struct model *m, uint64_t after)
{
    uint32_t found = MODEL_NOBODY;

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        const struct waiting *w = &m->client[i].waiting;
        if (m->client[i].alive && w->there && w->order > after &&
            (found == MODEL_NOBODY || w->order < m->client[found].waiting.order))
            found = i;
    }
    return found;
}

static void decide_again(struct model *m, uint32_t client)
{
    struct waiting *w = &m->client[client].waiting;
    uint64_t behind = 0;

    w->behind = 0;
    enum lock_answer answer =
        lock_decide(m, client, w->space, lock_range(w->space, w->lo, w->hi), w->order, &behind);
    w->behind = behind;
    if (answer == LOCK_MUST_WAIT)
        return;
    w->there = false;
    if (answer == LOCK_GRANTED)
        serve(m, client, true);
    else
        request_answer(m, client, E_BUSY, 0, NULL);
}

void request_wake(struct model *m)
{
    uint64_t after = 0;
    uint32_t i;

    while ((i = next_waiting(m, after)) != MODEL_NOBODY) {
        after = m->client[i].waiting.order;
        decide_again(m, i);
    }
}

uint32_t model_reasons(const struct model *m, uint32_t client, struct model_reason *reason,
                       uint32_t most)
{
    const struct waiting *w = &m->client[client].waiting;
    uint32_t count = 0;

    if (!w->there)
        return 0;
    struct lock_range want = lock_range(w->space, w->lo, w->hi);
    for (const struct cursor *c = w->space->cursors; c && count < most; c = c->next) {
        struct lock_range held = { c->lo, c->hi, c->guard };
        if (lock_conflict(w->space, want, held))
            reason[count++] = (struct model_reason){ MM_WAIT_CURSOR, c->client, c->handle };
    }
    for (uint32_t i = 0; i < MODEL_CLIENTS && count < most; i++) {
        if (w->behind >> i & 1 && m->client[i].waiting.there)
            reason[count++] = (struct model_reason){ MM_WAIT_REQUEST, i, 0 };
    }
    return count;
}

void model_quiet(struct model *m)
{
    stale_quiet(m);
}

void model_fail_alloc(struct model *m, uint64_t nth)
{
    m->fail = nth;
}

void model_takes_faults(struct model *m, uint32_t client)
{
    m->client[client].takes = true;
}

int64_t model_saturate(struct model *m, uint64_t client_id, uint64_t frame, uint64_t *handle)
{
    enum { AT_ONCE = 16 };
    struct client *c = NULL;
    struct handle *h;
    uint32_t saturated = 0;

    for (uint32_t i = 0; i < MODEL_CLIENTS; i++) {
        if (m->client[i].alive && m->client[i].id == client_id)
            c = &m->client[i];
    }
    if (!c)
        return E_PEER;
    status_t status = handles_find(&c->handles, frame, KIND_FRAME, &h);
    if (status != OK)
        return status;
    if (h->count != 1)
        return E_INVAL;
    for (uint32_t i = 1; i <= m->frames.count; i++)
        saturated += m->frames.at[i].saturated;
    if (frames_at(&m->frames, h->first)->saturated)
        return E_SATURATED;
    if (saturated == AT_ONCE)
        return E_NOMEM;
    frames_saturate(&m->frames, h->first);
    *handle =
        handles_new(&c->handles, (struct handle){ .kind = KIND_SATURATION, .first = h->first });
    return OK;
}
