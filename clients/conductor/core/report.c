/* Building of records; the wire format is abi/record.h. */
#include "clients/conductor/core/report.h"

#include <string.h>

#include "clients/conductor/core/outcome.h"

/* A payload being filled; what does not fit is left out. */
struct payload {
    uint8_t *at;
    size_t used;
};

static bool put(struct payload *p, const void *data, size_t bytes)
{
    if (bytes > RECORD_PAYLOAD_MAX - p->used)
        return false;
    if (bytes)
        memcpy(p->at + p->used, data, bytes);
    p->used += bytes;
    return true;
}

struct place report_place(const struct script *s, const struct strand *t, uint32_t site)
{
    struct place place = { .site = site, .order = t->order };
    uint32_t first = t->loops > RECORD_LOOPS ? t->loops - RECORD_LOOPS : 0;

    for (uint32_t i = 0; i < RECORD_LOOPS; i++)
        place.loop[i] = RECORD_NONE;
    for (uint32_t i = first; i < t->loops; i++)
        place.loop[i - first] = (uint32_t)s->slot[t->loop[i]].number;
    return place;
}

/* The group whose points are being counted: the innermost one that the host knows. */
static struct group *counting(struct script *s)
{
    uint32_t g = s->groups - 1;

    while (g && !s->group[g].told)
        g--;
    return &s->group[g];
}

static bool in_todo(const struct script *s, uint32_t site)
{
    const struct program_site *known = view_site(&s->view, site);
    return known && known->flags & SITE_IN_TODO;
}

static void put_expects(struct script *s, struct payload *p, struct rec_point *head,
                        const struct expects *expects)
{
    for (uint32_t i = 0; i < expects->count && head->expects < RECORD_EXPECTS; i++) {
        struct rec_outcome want = expects->list[i].want;
        struct view_string text = { s->view.data, 0 };
        if (want.kind == OUT_BYTES)
            text = view_string(&s->view, expects->list[i].string);
        want.bytes = text.bytes;
        if (p->used + sizeof want + text.bytes > RECORD_PAYLOAD_MAX)
            return;
        (void)put(p, &want, sizeof want);
        (void)put(p, text.at, text.bytes);
        head->expects++;
    }
}

static void emit(struct script *s, enum record_type type, const struct place *place,
                 const struct report_point *point)
{
    struct payload p = { s->payload, sizeof(struct rec_point) };
    struct rec_point head = {
        .site = place->site,
        .verdict = point->unknown           ? VERDICT_SKIP
                   : point->why == WHY_NONE ? VERDICT_PASS
                                            : VERDICT_FAIL,
        .why = (uint8_t)point->why,
        .flags = in_todo(s, place->site),
        .client = point->client,
        .order = place->order,
        .left = point->left,
        .right = point->right,
        .actual = point->actual ? *point->actual : outcome_of(OUT_NONE),
    };

    for (uint32_t i = 0; point->others && i < point->others->count; i++)
        machine_emit(REC_ALSO, &point->others->list[i], sizeof point->others->list[i]);
    memcpy(head.loop, place->loop, sizeof head.loop);
    if (head.actual.kind != OUT_BYTES || !point->bytes ||
        !put(&p, point->bytes, head.actual.bytes))
        head.actual.bytes = 0;
    if (point->why != WHY_NONE && point->expects)
        put_expects(s, &p, &head, point->expects);
    memcpy(s->payload, &head, sizeof head);
    machine_emit(type, s->payload, p.used);
}

void report_point(struct script *s, const struct place *place, const struct report_point *point)
{
    bool failed = point->why != WHY_NONE && !in_todo(s, place->site);
    struct group *group = counting(s);

    s->points++;
    s->skips += point->unknown;
    group->points++;
    s->failed += failed;
    group->failed += failed;
    emit(s, REC_POINT, place, point);
}

void report_fail(struct script *s, const struct place *place, const struct report_point *point)
{
    if (!s->stopped)
        emit(s, REC_FAIL, place, point);
    s->stopped = true;
}

void report_stop(struct script *s, uint32_t site, enum record_why why)
{
    struct place place = report_place(s, s->at, site);
    const struct program_site *known = view_site(&s->view, site);
    struct report_point point = { .why = why, .client = RECORD_NONE };

    if (known && known->client < PROGRAM_CLIENTS_MAX)
        point.client = known->client;
    report_fail(s, &place, &point);
}

void report_bad(struct script *s, const struct strand *t)
{
    struct rec_outcome where = outcome_of(OUT_NUMBER);
    struct place place = report_place(s, t, RECORD_NONE);

    where.value = t->pc;
    report_fail(
        s, &place,
        &(struct report_point){ .why = WHY_PROGRAM, .client = RECORD_NONE, .actual = &where });
}

void report_text(struct script *s, enum record_type type, uint32_t site, const char *text)
{
    struct rec_text head = { .site = site };
    struct payload p = { s->payload, 0 };

    (void)put(&p, &head, sizeof head);
    if (text)
        (void)put(&p, text, strlen(text));
    machine_emit(type, s->payload, p.used);
}

void report_group(struct script *s, enum record_type type, const struct group *group)
{
    struct place place = report_place(s, s->at, group->site);
    struct rec_group rec = { .site = group->site,
                             .points = group->points,
                             .failed = group->failed };

    memcpy(rec.loop, place.loop, sizeof rec.loop);
    machine_emit(type, &rec, sizeof rec);
}
