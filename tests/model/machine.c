#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/conductor/wire.h"
#include "model.h"

static struct machine_setup setup;
static struct machine_facts facts;
static struct model *model;
static uint32_t slot[MACHINE_CLIENTS_MAX]; /* the model's number for a client, plus 1 */
static uint64_t clock_now;
static uint32_t records;
static uint32_t scripts;
static uint64_t points; /* of this script */
static char *before;    /* the state before the last request; NULL: a point came since */

void machine_begin(const struct machine_setup *how)
{
    setup = *how;
    facts = (struct machine_facts){ how->cpus, how->memory_bytes, how->checking };
    model = model_new((struct model_facts){ how->cpus, how->memory_bytes });
    memset(slot, 0, sizeof slot);
}

void machine_end(void)
{
    model_free(model);
}

uint32_t machine_records(void)
{
    return records;
}

const struct machine_facts *machine_facts(void)
{
    return &facts;
}

bool machine_option(const char *key, const uint8_t *value, uint32_t bytes)
{
    size_t head = strlen(key);

    for (const char *const *word = setup.word; *word; word++) {
        if (!strncmp(*word, key, head) && (*word)[head] == '=' &&
            strlen(*word) == head + 1 + bytes && !memcmp(*word + head + 1, value, bytes))
            return true;
    }
    return false;
}

status_t machine_client(uint32_t client, uint32_t cpu)
{
    if (cpu >= facts.cpus)
        return E_INVAL;
    uint32_t number = model_begin(model, cpu);
    if (number == MODEL_NOBODY)
        return E_NOMEM;
    slot[client] = number + 1;
    model_takes_faults(model, number);
    return OK;
}

/* What has gone on between other requests may have ended before its client. */
status_t machine_kill(uint32_t client, struct machine_reply *dead)
{
    static const struct machine_reply anything = { .end = MACHINE_ANYTHING };
    bool goes_on = slot[client] && model_moves(model, slot[client] - 1);

    *dead = (struct machine_reply){ .end = MACHINE_DEAD };
    dead->others = goes_on;
    dead->other = &anything;
    if (slot[client])
        model_end(model, slot[client] - 1);
    slot[client] = 0;
    return OK;
}

uint64_t machine_client_id(uint32_t client)
{
    return slot[client] ? model_id(model, slot[client] - 1) : 0;
}

/* Keeps the state in words, for the point that may come of the next request. */
static void keep_state(void)
{
    size_t bytes;
    FILE *out;

    free(before);
    before = NULL;
    out = open_memstream(&before, &bytes);
    if (!out)
        abort();
    model_dump(model, out);
    fclose(out);
}

static enum model_kind kind_of(enum machine_kind kind)
{
    static const enum model_kind kinds[] = { [MACHINE_MM] = MODEL_MM,
                                             [MACHINE_TOUCH] = MODEL_TOUCH,
                                             [MACHINE_READ] = MODEL_READ,
                                             [MACHINE_WRITE] = MODEL_WRITE,
                                             [MACHINE_FAULT] = MODEL_FAULT };
    return kinds[kind];
}

static enum model_fault fault_of(enum machine_fault fault)
{
    static const enum model_fault faults[] = { [MACHINE_FAULT_TAKE] = MODEL_FAULT_TAKE,
                                               [MACHINE_FAULT_WHY] = MODEL_FAULT_WHY,
                                               [MACHINE_FAULT_RESUME] = MODEL_FAULT_RESUME,
                                               [MACHINE_FAULT_REFUSE] = MODEL_FAULT_REFUSE };
    return faults[fault];
}

void machine_start(uint32_t client, const struct machine_request *r)
{
    if (setup.dump_point)
        keep_state();
    model_step(model, slot[client] - 1,
               &(struct model_request){ .kind = kind_of(r->kind),
                                        .label = r->label,
                                        .count = r->count,
                                        .args = r->args,
                                        .access = r->access,
                                        .width = r->width,
                                        .address = r->address,
                                        .value = r->value,
                                        .window = r->window,
                                        .length = r->length,
                                        .bytes = r->bytes,
                                        .fault = fault_of(r->fault) });
}

static uint32_t client_of(uint32_t number)
{
    for (uint32_t i = 0; i < MACHINE_CLIENTS_MAX; i++) {
        if (slot[i] == number + 1)
            return i;
    }
    return MACHINE_CLIENTS_MAX;
}

static struct machine_reply reply_of(const struct outcome *o)
{
    return (struct machine_reply){ .end = o->end == OUTCOME_FAULT ? MACHINE_FAULTED
                                                                  : MACHINE_REPLIED,
                                   .access = o->access,
                                   .reason = o->reason,
                                   .status = o->status,
                                   .count = o->count,
                                   .words = o->words,
                                   .bytes = o->bytes };
}

static void take(const struct outcome_set *set, struct machine_reply *reply)
{
    static struct machine_reply other[MACHINE_OTHERS_MAX];
    uint32_t others = 0;

    for (uint32_t i = 1; i < set->count && others < MACHINE_OTHERS_MAX - 1; i++)
        other[others++] = reply_of(&set->member[i]);
    if (set->any || others + 1 < set->count)
        other[others++] = (struct machine_reply){ .end = MACHINE_ANYTHING };
    *reply = reply_of(&set->member[0]);
    reply->others = others;
    reply->other = other;
}

enum machine_event machine_wait(uint64_t deadline, uint32_t *client,
                                struct machine_reply *reply)
{
    const struct outcome_set *set;
    uint32_t number;

    do {
        if (model_answer(model, &number, &set)) {
            *client = client_of(number);
            take(set, reply);
            return MACHINE_REPLY;
        }
        if (deadline == 0)
            return MACHINE_QUIET;
    } while (model_idle(model));
    model_quiet(model);
    return ++clock_now >= deadline ? MACHINE_LATE : MACHINE_QUIET;
}

uint32_t machine_waits(uint32_t client, struct machine_wait wait[MACHINE_WAITS_MAX])
{
    struct model_reason reason[MACHINE_WAITS_MAX];
    uint32_t count = model_reasons(model, slot[client] - 1, reason, MACHINE_WAITS_MAX);

    for (uint32_t i = 0; i < count; i++)
        wait[i] = (struct machine_wait){ reason[i].kind, client_of(reason[i].client),
                                         reason[i].cursor };
    return count;
}

int64_t machine_ask(uint32_t label, uint32_t count, const uint64_t *args,
                    uint64_t words[IPC_REG_ARGS])
{
    (void)count;
    memset(words, 0, IPC_REG_ARGS * sizeof *words);
    switch (label) {
    case MM_STAT:
        words[0] = model_counter(model, (enum mm_counter)args[0]);
        return model_counts((enum mm_counter)args[0]) ? OK : MACHINE_UNKNOWN;
    case MM_CENSUS:
        model_census(model, &words[0], &words[1], &words[2]);
        return OK;
    case MM_CHECK:
        words[0] = model_check(model, &words[1]);
        return OK;
    case MM_FAIL_ALLOC:
        model_fail_alloc(model, args[0]);
        return OK;
    case MM_DEVICE:
        return model_device(model, args[0], args[1], words);
    case MM_SATURATE:
        return model_saturate(model, args[0], args[1], &words[0]);
    default:
        return E_INVAL;
    }
}

uint64_t machine_now(void)
{
    return ++clock_now;
}

/* The driver wants to see the state before the point at which a machine differed. */
static void dump_if_wanted(enum record_type type)
{
    scripts += type == REC_SCRIPT_BEGIN;
    if (type == REC_SCRIPT_BEGIN)
        points = 0;
    if (type != REC_POINT && type != REC_FAIL)
        return;
    points++;
    if (points == setup.dump_point && scripts == setup.dump_script + 1) {
        if (!before)
            keep_state();
        fputs(before, stderr);
    }
    free(before);
    before = NULL;
}

void machine_emit(enum record_type type, const void *payload, size_t bytes)
{
    static uint8_t frame[WIRE_BYTES_MAX];
    size_t size = wire_frame(frame, type, records, payload, bytes);

    records++;
    dump_if_wanted(type);
    fwrite(frame, 1, size, stdout);
}
