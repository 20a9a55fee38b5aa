/* The end of a group (rule 3 of the script language). */
#include "clients/conductor/core/group.h"

#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/object.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/report.h"
#include "clients/conductor/core/request.h"

void group_begin(struct script *s, uint32_t site, bool told)
{
    if (s->groups == PROGRAM_GROUPS_MAX + 2) {
        report_stop(s, site, WHY_LIMIT);
        return;
    }
    s->group[s->groups] = (struct group){ .site = site, .told = told };
    s->groups++;
    if (told)
        report_group(s, REC_GROUP_BEGIN, &s->group[s->groups - 1]);
}

/* The oldest asynchronous request of the group that nobody was told of; -1: none. */
static int oldest_flight(const struct script *s, uint32_t group)
{
    int oldest = -1;

    for (int i = 0; i < PROGRAM_CLIENTS_MAX; i++) {
        const struct flight *f = &s->client[i].flight;
        bool open = f->state == FLIGHT_FLYING || f->state == FLIGHT_ANSWERED;
        if (open && f->tag != PROGRAM_NONE16 && f->group >= group &&
            (oldest < 0 || f->born < s->client[oldest].flight.born))
            oldest = i;
    }
    return oldest;
}

static void finish_flight(struct script *s, uint32_t client)
{
    struct flight *f = &s->client[client].flight;

    while (f->state == FLIGHT_FLYING && !s->stopped) {
        if (ask_wait(s) == MACHINE_QUIET && f->state == FLIGHT_FLYING)
            request_give_up(s, client);
    }
    if (f->state == FLIGHT_ANSWERED)
        request_complete(s, client, false);
}

static void finish_flights(struct script *s, uint32_t group)
{
    for (int i = oldest_flight(s, group); i >= 0 && !s->stopped; i = oldest_flight(s, group))
        finish_flight(s, (uint32_t)i);
    for (uint32_t i = 0; i < PROGRAM_CLIENTS_MAX && !s->stopped; i++) {
        const struct flight *f = &s->client[i].flight;
        if (f->state == FLIGHT_LOST && f->group >= group && ask_kill(s, i) != OK)
            report_stop(s, f->place.site, WHY_MACHINE);
    }
}

/* A space that is still active somewhere cannot be closed. */
static void deactivate(struct script *s, uint32_t object)
{
    for (uint32_t i = 0; i < PROGRAM_CLIENTS_MAX; i++) {
        struct client *c = &s->client[i];
        uint64_t none = 0;
        if (!c->alive || (c->active != object && !c->active_raw))
            continue;
        if (ask_sub(s, i, MM_ACTIVATE, 1, &none, NULL) == OK) {
            c->active = SCRIPT_NO_OBJECT;
            c->active_raw = false;
        }
    }
}

static void close_one(struct script *s, uint32_t object, struct object *handle)
{
    const struct object *named = &s->object[object];
    enum mm_label label = named->kind == KIND_PROC ? MM_PROC_KILL : MM_CLOSE;
    int64_t status = ask_sub(s, handle->client, label, 1, &handle->number, NULL);

    handle->state = OBJECT_CLOSED;
    if (status == OK || status == E_STALE || status == E_PEER || s->stopped)
        return;
    struct rec_outcome actual = outcome_error(status, 0);
    actual.name = named->name;
    actual.index = named->index;
    struct place place = report_place(s, s->at, named->site);
    report_point(s, &place,
                 &(struct report_point){
                     .why = WHY_CLOSE, .client = handle->client, .actual = &actual });
}

static void close_object(struct script *s, uint32_t object)
{
    struct object *o = &s->object[object];

    if (o->kind == KIND_SPACE && (o->state == OBJECT_OPEN || object_has_open_copy(s, object)))
        deactivate(s, object);
    for (uint32_t c = o->copies; c != SCRIPT_NO_OBJECT && !s->stopped; c = s->object[c].older) {
        if (s->object[c].state == OBJECT_OPEN)
            close_one(s, object, &s->object[c]);
    }
    if (o->state == OBJECT_OPEN && !s->stopped)
        close_one(s, object, o);
}

static void close_objects(struct script *s, uint32_t group)
{
    uint32_t next;

    for (uint32_t i = s->newest; i != SCRIPT_NO_OBJECT && !s->stopped; i = next) {
        next = s->object[i].older;
        if (s->object[i].group >= group)
            close_object(s, i);
    }
}

void group_end(struct script *s)
{
    uint32_t top = s->groups - 1;

    finish_flights(s, top);
    if (!s->stopped)
        close_objects(s, top);
    if (!s->stopped)
        group_leave(s);
}

void group_leave(struct script *s)
{
    uint32_t top = s->groups - 1;
    struct group *group = &s->group[top];

    if (group->told)
        report_group(s, REC_GROUP_END, group);
    s->groups--;
    if (!group->told || !top)
        return;
    do {
        top--;
    } while (top && !s->group[top].told);
    s->group[top].points++;
    s->group[top].failed += group->failed != 0;
}
