/* The table of handles, with a collector for closed ones that nothing refers to. */
#include "clients/conductor/core/object.h"

#include <string.h>

void object_init(struct script *s)
{
    memset(s->object, 0, sizeof s->object);
    s->newest = SCRIPT_NO_OBJECT;
    s->hint = 0;
}

static void mark_value(struct script *s, const struct value *v)
{
    uint64_t first = v->number;
    uint64_t count = v->tag == VALUE_HANDLE ? 1 : v->tag == VALUE_ARRAY ? v->count : 0;

    for (uint64_t i = 0; i < count && first + i < SCRIPT_OBJECTS_MAX; i++)
        s->object[first + i].marked = true;
}

static void mark_strand(struct script *s, const struct strand *t)
{
    for (uint32_t i = 0; i < t->depth; i++)
        mark_value(s, &t->stack[i]);
}

static void mark_all(struct script *s)
{
    for (uint32_t i = 0; i < SCRIPT_OBJECTS_MAX; i++)
        s->object[i].marked = false;
    for (uint32_t i = 0; i < s->view.header->slots; i++)
        mark_value(s, &s->slot[i]);
    mark_strand(s, &s->strand);
    for (uint32_t i = 0; i < PROGRAM_LANES_MAX; i++)
        mark_strand(s, &s->lane[i]);
    for (uint32_t i = 0; i < PROGRAM_CLIENTS_MAX; i++) {
        const struct flight *f = &s->client[i].flight;
        if (f->state != FLIGHT_NONE) {
            mark_value(s, &f->object);
            mark_value(s, &f->result);
        }
    }
}

bool object_has_open_copy(const struct script *s, uint32_t index)
{
    for (uint32_t c = s->object[index].copies; c != SCRIPT_NO_OBJECT; c = s->object[c].older) {
        if (s->object[c].state == OBJECT_OPEN)
            return true;
    }
    return false;
}

static void unlink(struct script *s, uint32_t index)
{
    struct object *o = &s->object[index];

    if (o->newer != SCRIPT_NO_OBJECT)
        s->object[o->newer].older = o->older;
    else if (s->newest == index)
        s->newest = o->older;
    if (o->older != SCRIPT_NO_OBJECT)
        s->object[o->older].newer = o->newer;
}

static void release(struct script *s, uint32_t index)
{
    uint32_t copy = s->object[index].copies;

    while (copy != SCRIPT_NO_OBJECT) {
        uint32_t next = s->object[copy].older;
        s->object[copy].state = OBJECT_FREE;
        copy = next;
    }
    unlink(s, index);
    s->object[index].state = OBJECT_FREE;
}

static void collect(struct script *s)
{
    mark_all(s);
    for (uint32_t i = 0; i < SCRIPT_OBJECTS_MAX; i++) {
        struct object *o = &s->object[i];
        if (o->state == OBJECT_CLOSED && !o->copy && !o->marked && !object_has_open_copy(s, i))
            release(s, i);
    }
}

/* First-fit from `from` on. */
static uint32_t find_run(const struct script *s, uint32_t from, uint32_t count)
{
    uint32_t run = 0;

    for (uint32_t i = from; i < SCRIPT_OBJECTS_MAX; i++) {
        run = s->object[i].state == OBJECT_FREE ? run + 1 : 0;
        if (run == count)
            return i + 1 - count;
    }
    return SCRIPT_NO_OBJECT;
}

uint32_t object_reserve(struct script *s, uint32_t count)
{
    if (count == 0 || count > SCRIPT_OBJECTS_MAX)
        return SCRIPT_NO_OBJECT;
    uint32_t first = find_run(s, s->hint, count);
    if (first == SCRIPT_NO_OBJECT) {
        collect(s);
        first = find_run(s, 0, count);
    }
    if (first == SCRIPT_NO_OBJECT)
        return first;
    s->hint = first + count;
    for (uint32_t i = first; i < first + count; i++) {
        s->object[i] = (struct object){
            .state = OBJECT_CLOSED,
            .name = RECORD_NONE,
            .site = RECORD_NONE,
            .copies = SCRIPT_NO_OBJECT,
            .newer = SCRIPT_NO_OBJECT,
            .older = SCRIPT_NO_OBJECT,
        };
    }
    return first;
}

void object_open(struct script *s, uint32_t index, const struct object *made)
{
    struct object *o = &s->object[index];

    *o = *made;
    o->state = OBJECT_OPEN;
    o->copies = SCRIPT_NO_OBJECT;
    o->newer = SCRIPT_NO_OBJECT;
    o->older = s->newest;
    if (s->newest != SCRIPT_NO_OBJECT)
        s->object[s->newest].newer = index;
    s->newest = index;
}

bool object_add_copy(struct script *s, uint32_t index, uint32_t client, uint64_t number,
                     bool automatic)
{
    uint32_t copy = object_reserve(s, 1);

    if (copy == SCRIPT_NO_OBJECT)
        return false;
    struct object *o = &s->object[copy];
    o->state = OBJECT_OPEN;
    o->copy = true;
    o->automatic = automatic;
    o->client = (uint8_t)client;
    o->number = number;
    o->older = s->object[index].copies;
    s->object[index].copies = copy;
    return true;
}

uint32_t object_copy(const struct script *s, uint32_t index, uint32_t client)
{
    uint32_t copy = s->object[index].copies;

    while (copy != SCRIPT_NO_OBJECT && s->object[copy].client != client)
        copy = s->object[copy].older;
    return copy;
}

void object_closed(struct script *s, uint32_t index, uint32_t client)
{
    if (s->object[index].client == client) {
        s->object[index].state = OBJECT_CLOSED;
        return;
    }
    uint32_t copy = object_copy(s, index, client);
    if (copy != SCRIPT_NO_OBJECT)
        s->object[copy].state = OBJECT_CLOSED;
}

void object_settle_copies(struct script *s, uint32_t index, bool closed)
{
    uint32_t copy = s->object[index].copies;

    for (; copy != SCRIPT_NO_OBJECT; copy = s->object[copy].older) {
        struct object *o = &s->object[copy];
        if (o->lapsed && !closed)
            o->client = PROGRAM_CLIENTS_MAX; /* nobody's any more */
        o->lapsed = false;
    }
}

void object_client_gone(struct script *s, uint32_t client)
{
    for (uint32_t i = 0; i < SCRIPT_OBJECTS_MAX; i++) {
        struct object *o = &s->object[i];
        if (o->state != OBJECT_OPEN || o->client != client)
            continue;
        o->state = OBJECT_CLOSED;
        if (o->copy)
            o->client = PROGRAM_CLIENTS_MAX; /* if the client is made anew, so is its copy */
    }
}

uint32_t object_by_identity(const struct script *s, uint64_t identity)
{
    uint32_t closed = SCRIPT_NO_OBJECT;

    for (uint32_t i = s->newest; i != SCRIPT_NO_OBJECT; i = s->object[i].older) {
        const struct object *o = &s->object[i];
        if ((o->kind != KIND_FRAME && o->kind != KIND_DEVICE) || o->identity != identity)
            continue;
        if (o->state == OBJECT_OPEN)
            return i;
        if (closed == SCRIPT_NO_OBJECT)
            closed = i;
    }
    return closed;
}
