/* One script from its first record to its last. */
#include "clients/conductor/core/script.h"

#include <string.h>

#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/group.h"
#include "clients/conductor/core/object.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/report.h"
#include "clients/conductor/core/request.h"
#include "clients/conductor/core/run.h"
#include "clients/conductor/core/run_inner.h"
#include "clients/conductor/crc.h"

static void reset(struct script *s)
{
    memset(s, 0, offsetof(struct script, slot));
    for (uint32_t i = 0; i < PROGRAM_SLOTS_MAX; i++)
        s->slot[i] = (struct value){ .tag = VALUE_UNBOUND };
    memset(&s->strand, 0, sizeof s->strand);
    memset(s->lane, 0, sizeof s->lane);
    for (uint32_t i = 0; i < PROGRAM_CLIENTS_MAX; i++)
        s->client[i].active = SCRIPT_NO_OBJECT;
    s->strand.order = RECORD_NONE;
    s->at = &s->strand;
    s->groups = 1;
    s->group[0].site = RECORD_NONE;
    object_init(s);
}

static void tell_begin(struct script *s, uint32_t index, const char *name, const void *file,
                       size_t bytes)
{
    struct rec_script head = { .index = index };
    size_t name_bytes = strlen(name);

    if (bytes >= sizeof(struct program_header)) {
        const struct program_header *header = file;
        head.seed = header->seed;
        if (header->bytes <= bytes)
            bytes = header->bytes;
    }
    head.crc = crc_of(0, file, bytes);
    if (name_bytes > RECORD_PAYLOAD_MAX - sizeof head)
        name_bytes = RECORD_PAYLOAD_MAX - sizeof head;
    memcpy(s->payload, &head, sizeof head);
    memcpy(s->payload + sizeof head, name, name_bytes);
    machine_emit(REC_SCRIPT_BEGIN, s->payload, sizeof head + name_bytes);
}

/* The strand at top level waits: for an answer, or for nothing that will come. */
static void wait_on_top(struct script *s)
{
    while (request_pending(s, &s->strand) && !s->stopped) {
        if (ask_wait(s) == MACHINE_QUIET && request_pending(s, &s->strand))
            request_stuck(s, &s->strand);
    }
}

static void run(struct script *s)
{
    uint64_t census = 0;

    s->deadline = machine_now() + s->view.header->timeout_us;
    s->strand.random = s->view.header->seed;
    if (!run_statement_census(s, &census) || machine_client(0, 0) != OK) {
        report_stop(s, RECORD_NONE, WHY_MACHINE);
        return;
    }
    s->leak_base = census;
    s->client[0].alive = true;
    while (s->strand.state != STRAND_DONE && !s->stopped) {
        run_strand(s, &s->strand);
        wait_on_top(s);
        if (s->strand.state == STRAND_STEPPED || s->strand.state == STRAND_BARRIER)
            report_bad(s, &s->strand);
    }
}

static void end_clients(struct script *s)
{
    for (uint32_t i = 0; i < PROGRAM_CLIENTS_MAX; i++) {
        if (s->client[i].alive && ask_kill(s, i) != OK)
            report_stop(s, RECORD_NONE, WHY_MACHINE);
    }
}

static enum record_verdict judge(const struct script *s)
{
    if (s->stopped || s->failed)
        return VERDICT_FAIL;
    return s->skipped ? VERDICT_SKIP : VERDICT_PASS;
}

struct script_verdict script_run(struct script *s, uint32_t index, const char *name,
                                 const void *file, size_t bytes)
{
    uint32_t offset = 0;

    reset(s);
    tell_begin(s, index, name, file, bytes);
    if (view_init(&s->view, file, bytes, &offset)) {
        run(s);
        end_clients(s);
    } else {
        struct rec_outcome where = outcome_of(OUT_NUMBER);
        struct place place = { .site = RECORD_NONE, .order = RECORD_NONE };
        where.value = offset;
        memset(place.loop, 0xff, sizeof place.loop);
        report_fail(s, &place,
                    &(struct report_point){
                        .why = WHY_PROGRAM, .client = RECORD_NONE, .actual = &where });
    }
    struct rec_plan plan = { s->points, s->failed, s->skips, s->stopped };
    machine_emit(REC_PLAN, &plan, sizeof plan);
    struct rec_end end = { index, judge(s) };
    machine_emit(REC_SCRIPT_END, &end, sizeof end);
    return (struct script_verdict){ judge(s), s->points, s->failed, s->skips };
}
