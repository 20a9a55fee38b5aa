#include "touch.h"

#include <string.h>

#include "code.h"
#include "fault.h"
#include "request.h"

#define KERNEL_HALF 0xffff800000000000u

void touch_look(const struct model *m, uint32_t client, uint64_t va, struct touch_view *view)
{
    const struct client *c = &m->client[client];
    const struct space *s = c->active;
    const struct mapping *map = mapset_at(&s->maps, va);

    view->count = 1;
    view->at[0].frame = map ? map->frame + (uint32_t)((va - map->va) / PAGE_BYTES) : 0;
    view->at[0].prop = map ? map->prop : 0;
    for (uint32_t i = 0; i < s->stales && view->count < TOUCH_VIEWS; i++) {
        const struct stale *e = &s->stale[i];
        if (!(e->cpus >> c->cpu & 1) || va - e->old.va >= e->old.size)
            continue;
        view->at[view->count].frame = e->old.frame + (uint32_t)((va - e->old.va) / PAGE_BYTES);
        view->at[view->count++].prop = e->old.prop;
    }
}

bool touch_allowed(uint32_t frame, uint32_t prop, enum fault_access access,
                   enum fault_reason *reason)
{
    static const uint32_t need[] = {
        [ACCESS_R] = PROP_R, [ACCESS_W] = PROP_W, [ACCESS_X] = PROP_X
    };

    *reason = REASON_PROTECTION;
    if (frame == 0 || !(prop & PROP_R))
        *reason = REASON_NOTPRESENT;
    return frame != 0 && prop & PROP_R && prop & need[access];
}

/* --- loads and stores --- */

/* One way in which an access may go: the frames of the page where it begins and of the next. */
struct way {
    uint32_t frame[2];
};

static void load(struct model *m, struct client *c, const struct model_request *t,
                 struct way way)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < t->width; i++) {
        uint64_t at = t->address % PAGE_BYTES + i;
        uint8_t byte;
        if (!frames_read(&m->frames, way.frame[at / PAGE_BYTES], at % PAGE_BYTES, 1, &byte))
            c->answer.any = true;
        value |= (uint64_t)byte << 8 * i;
    }
    outcome_reply(&c->answer, OK, 1, &value);
}

static void store(struct model *m, const struct model_request *t, struct way way)
{
    for (uint32_t i = 0; i < t->width; i++) {
        uint64_t at = t->address % PAGE_BYTES + i;
        uint8_t byte = (uint8_t)(t->value >> 8 * i);
        frames_write(&m->frames, way.frame[at / PAGE_BYTES], at % PAGE_BYTES, 1, &byte);
    }
}

/* It went this way or another. */
static void blur(struct model *m, const struct model_request *t, struct way way)
{
    for (uint32_t i = 0; i < t->width; i++) {
        uint64_t at = t->address % PAGE_BYTES + i;
        frames_blur(&m->frames, way.frame[at / PAGE_BYTES], at % PAGE_BYTES);
    }
}

static void goes(struct model *m, struct client *c, const struct model_request *t,
                 struct way way)
{
    static const uint64_t nothing;

    if (t->access == ACCESS_R) {
        load(m, c, t, way);
        return;
    }
    outcome_reply(&c->answer, OK, 1, &nothing);
    if (c->places < OUTCOME_MEMBERS) {
        c->place[c->places][0] = way.frame[0];
        c->place[c->places++][1] = way.frame[1];
    }
}

/* The second page of an access: when it refuses, the fault is not where the touch was. */
static void second(struct model *m, uint32_t client, const struct model_request *t,
                   struct way way)
{
    struct client *c = &m->client[client];
    struct touch_view view;
    enum fault_reason reason;

    touch_look(m, client, units_down(t->address, PAGE_BYTES) + PAGE_BYTES, &view);
    for (uint32_t i = 0; i < view.count; i++) {
        way.frame[1] = view.at[i].frame;
        if (touch_allowed(view.at[i].frame, view.at[i].prop, t->access, &reason))
            goes(m, c, t, way);
        else
            outcome_fault(&c->answer, t->access, REASON_OTHER);
    }
}

static void access_memory(struct model *m, uint32_t client, const struct model_request *t)
{
    bool crosses = t->address % PAGE_BYTES + t->width > PAGE_BYTES;
    struct client *c = &m->client[client];
    struct touch_view view;
    enum fault_reason reason;

    touch_look(m, client, t->address, &view);
    for (uint32_t i = 0; i < view.count; i++) {
        struct way way = { { view.at[i].frame, 0 } };
        if (!touch_allowed(view.at[i].frame, view.at[i].prop, t->access, &reason))
            outcome_fault(&c->answer, t->access, reason);
        else if (crosses)
            second(m, client, t, way);
        else
            goes(m, c, t, way);
    }
}

/* --- what became of it --- */

/* A store that went somewhere: where, if that is certain. */
static void stored(struct model *m, struct client *c)
{
    for (uint32_t i = 0; i < c->places; i++) {
        struct way way = { { c->place[i][0], c->place[i][1] } };
        if (c->places == 1)
            store(m, &c->touch, way);
        else
            blur(m, &c->touch, way);
    }
    c->places = 0;
}

void touch_commit(struct model *m, uint32_t client, const struct outcome *seen)
{
    struct client *c = &m->client[client];

    if (seen->end == OUTCOME_REPLY && seen->status == OK)
        stored(m, c);
    c->places = 0;
}

void touch_settle(struct model *m, uint32_t client)
{
    if (m->client[client].places)
        touch_commit(m, client, &m->client[client].answer.member[0]);
}

static bool canonical(uint64_t address, uint32_t width)
{
    return address < USER_END && width <= USER_END - address;
}

/* Would the access fault, by the translations that there are now? */
static bool faults(const struct model *m, uint32_t client, const struct model_request *t,
                   struct fault *what)
{
    uint64_t last = t->address + t->width - 1;
    struct touch_view view;

    if (t->access == ACCESS_X)
        return code_faults(m, client, t->address, what);
    for (uint64_t va = t->address; va <= last; va = units_down(va, PAGE_BYTES) + PAGE_BYTES) {
        touch_look(m, client, va, &view);
        if (touch_allowed(view.at[0].frame, view.at[0].prop, t->access, &what->reason))
            continue;
        what->access = t->access;
        what->address = va;
        return true;
    }
    return false;
}

bool touch(struct model *m, uint32_t client, const struct model_request *t, bool ask)
{
    struct client *c = &m->client[client];
    uint32_t handler = ask ? fault_handler(m, client) : MODEL_NOBODY;
    struct fault what;

    outcome_none(&c->answer);
    c->touch = *t;
    if (t->address >= KERNEL_HALF) {
        outcome_fault(&c->answer, t->access, REASON_PROTECTION);
    } else if (!canonical(t->address, t->width)) {
        outcome_fault(&c->answer, t->access, REASON_OTHER);
    } else if (!c->active) {
        outcome_fault(&c->answer, t->access, REASON_NOTPRESENT);
    } else if (handler != MODEL_NOBODY && faults(m, client, t, &what)) {
        fault_raise(m, client, handler, what);
        return false;
    } else if (t->access == ACCESS_X) {
        code_run(m, client, t->address, &c->answer);
    } else {
        access_memory(m, client, t);
    }
    if (c->answer.count == 1 && !c->answer.any)
        touch_settle(m, client);
    return true;
}
