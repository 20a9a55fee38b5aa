/* The life of a request as the script sees it; the messages are in pieces.c. */
#include "clients/conductor/core/request.h"

#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/pieces.h"
#include "clients/conductor/core/report.h"

static const struct program_site *site_at(const struct script *s, const struct strand *t)
{
    return view_site(&s->view, s->view.code[t->pc].c);
}

/* --- completing --- */

static void bind(struct script *s, const struct program_site *site, const struct flight *f)
{
    if (site->slot < s->view.header->slots)
        s->slot[site->slot] = f->result;
    if (f->tag < PROGRAM_TAGS_MAX && s->tag[f->tag].born == f->born) {
        s->tag[f->tag].done = true;
        s->tag[f->tag].dead = f->dead;
        s->tag[f->tag].kept = f->actual;
        s->tag[f->tag].others = f->others;
    }
}

void request_complete(struct script *s, uint32_t client, bool judged)
{
    struct flight *f = &s->client[client].flight;
    const struct program_site *site = view_site(&s->view, f->place.site);
    struct report_point point = {
        .client = client, .actual = &f->actual, .bytes = f->bytes, .others = &f->others
    };

    f->state = FLIGHT_NONE;
    if (s->stopped)
        return;
    bind(s, site, f);
    if (site->flags & SITE_EXPECTS) {
        point.expects = &f->expects;
        if (!outcome_allowed(s, &f->expects, &f->actual, f->bytes) ||
            !outcome_others_allowed(s, &f->expects, &f->others))
            point.why = f->dead ? WHY_DEAD : WHY_MISMATCH;
        report_point(s, &f->place, &point);
    } else if (!judged && !(outcome_good(&f->actual) && outcome_others_good(&f->others))) {
        point.why = f->dead ? WHY_DEAD : WHY_FAILED;
        report_fail(s, &f->place, &point);
    }
}

void request_give_up(struct script *s, uint32_t client)
{
    struct flight *f = &s->client[client].flight;
    const struct program_site *site = view_site(&s->view, f->place.site);
    struct report_point point = { .why = WHY_STUCK, .client = client, .expects = &f->expects };

    f->actual = outcome_of(OUT_NONE);
    f->result = (struct value){ .tag = VALUE_UNBOUND };
    f->dead = true;
    f->state = FLIGHT_LOST;
    bind(s, site, f);
    if (site->flags & SITE_POINT)
        report_point(s, &f->place, &point);
    else
        report_fail(s, &f->place, &point);
}

/* --- request --- */

static void wait_for(struct strand *t, uint32_t client)
{
    t->state = STRAND_WAITS;
    t->waits = client;
}

bool request_pending(const struct script *s, const struct strand *t)
{
    const struct flight *f = &s->client[t->waits].flight;

    return t->state == STRAND_WAITS && (f->state == FLIGHT_FLYING || f->state == FLIGHT_LOST);
}

static void prepare(struct script *s, struct strand *t, const struct program_site *site)
{
    struct flight *f = &s->client[site->client].flight;

    f->state = FLIGHT_FLYING;
    f->born = ++s->born;
    f->tag = site->tag;
    f->group = (uint8_t)(s->groups - 1);
    f->dead = false;
    f->place = report_place(s, t, s->view.code[t->pc].c);
    f->expects = t->expects;
    f->actual = outcome_of(OUT_NONE);
    f->others.count = 0;
    f->result = (struct value){ .tag = VALUE_UNBOUND };
    f->object = f->result;
    f->earlier = OK;
    f->done = 0;
    f->count = 0;
    f->grantee = 0;
    f->fill = 0;
    f->label = 0;
    f->flags = 0;
    t->expects.count = 0;
    if (site->tag < PROGRAM_TAGS_MAX)
        s->tag[site->tag] =
            (struct tag){ .sent = true, .client = site->client, .born = f->born };
}

static void send(struct script *s, struct strand *t, const struct program_site *site)
{
    struct client *c = &s->client[site->client];
    bool async = site->tag < PROGRAM_TAGS_MAX;

    prepare(s, t, site);
    if (c->alive) {
        pieces_send(s, site, &t->stack[t->depth - site->operands]);
    } else {
        c->flight.state = FLIGHT_ANSWERED;
        c->flight.dead = true;
    }
    t->depth -= site->operands;
    if (async) {
        t->pc++;
        t->state = t->first ? STRAND_SENT : STRAND_RUNS;
    } else {
        t->sent = true;
        wait_for(t, site->client);
    }
}

static bool sound(const struct script *s, const struct strand *t,
                  const struct program_site *site)
{
    return site && site->kind == SITE_REQUEST && site->op < SCRIPT_OPS &&
           site->client < s->view.header->clients.count && site->operands <= t->depth &&
           (site->op != SCRIPT_RAW ||
            (site->operands && site->operands <= PROGRAM_RAW_WORDS + 1u));
}

/* Returns: has the client nothing in flight any more? If not, the strand waits for it. */
static bool settled(struct script *s, struct strand *t, uint32_t client)
{
    struct flight *f = &s->client[client].flight;

    if (f->state == FLIGHT_ANSWERED)
        request_complete(s, client, false);
    if (f->state != FLIGHT_NONE)
        wait_for(t, client);
    return f->state == FLIGHT_NONE && !s->stopped;
}

void request_settle(struct script *s, struct strand *t)
{
    const struct program_site *site = site_at(s, t);

    if (!site || site->kind != SITE_REQUEST || site->client >= s->view.header->clients.count)
        report_bad(s, t);
    else if (settled(s, t, site->client))
        t->pc++;
}

void request_run(struct script *s, struct strand *t)
{
    const struct program_site *site = site_at(s, t);

    if (t->sent) {
        if (s->client[site->client].flight.state == FLIGHT_ANSWERED)
            request_complete(s, site->client, false);
        t->sent = false;
        t->pc++;
        return;
    }
    if (!sound(s, t, site)) {
        report_bad(s, t);
        return;
    }
    for (uint32_t i = t->depth - site->operands; i < t->depth; i++)
        t->unknown |= t->stack[i].tag == VALUE_UNKNOWN;
    if (!t->unknown && settled(s, t, site->client))
        send(s, t, site);
}

/* --- await --- */

static struct flight *flight_of_tag(struct script *s, uint16_t tag)
{
    if (tag >= PROGRAM_TAGS_MAX || !s->tag[tag].sent || s->tag[tag].done)
        return NULL;
    struct flight *f = &s->client[s->tag[tag].client].flight;
    return f->born == s->tag[tag].born && f->state != FLIGHT_NONE ? f : NULL;
}

/* What a read with this tag has read, unless its client has done something else since. */
static const uint8_t *kept_bytes(const struct script *s, const struct tag *tag)
{
    const struct flight *f = &s->client[tag->client].flight;

    return tag->sent && f->born == tag->born ? f->bytes : NULL;
}

static void judge_await(struct script *s, struct strand *t, const struct program_site *site)
{
    struct tag none = { .kept = outcome_of(OUT_NONE) };
    const struct tag *tag =
        site->tag < PROGRAM_TAGS_MAX && s->tag[site->tag].done ? &s->tag[site->tag] : &none;
    struct place place = report_place(s, t, s->view.code[t->pc].c);
    struct report_point point = { .client = tag == &none ? RECORD_NONE : tag->client,
                                  .actual = &tag->kept,
                                  .bytes = kept_bytes(s, tag),
                                  .others = &tag->others,
                                  .expects = &t->expects };

    if (!outcome_allowed(s, &t->expects, &tag->kept, point.bytes) ||
        !outcome_others_allowed(s, &t->expects, &tag->others))
        point.why = tag->dead ? WHY_DEAD : WHY_MISMATCH;
    report_point(s, &place, &point);
}

void request_await(struct script *s, struct strand *t)
{
    const struct program_site *site = site_at(s, t);

    if (!site || site->kind != SITE_AWAIT) {
        report_bad(s, t);
        return;
    }
    struct flight *f = flight_of_tag(s, site->tag);
    if (f && f->state == FLIGHT_FLYING) {
        wait_for(t, s->tag[site->tag].client);
        return;
    }
    if (f && f->state == FLIGHT_ANSWERED)
        request_complete(s, s->tag[site->tag].client, site->flags & SITE_EXPECTS);
    if (!s->stopped && site->flags & SITE_EXPECTS)
        judge_await(s, t, site);
    t->expects.count = 0;
    t->pc++;
}

/* --- stuck --- */

static void stuck_await(struct script *s, struct strand *t, const struct program_site *site)
{
    uint32_t client = t->waits;
    struct place place = report_place(s, t, s->view.code[t->pc].c);
    struct report_point point = { .why = WHY_STUCK, .client = client, .expects = &t->expects };

    if (!(site->flags & SITE_EXPECTS)) {
        request_give_up(s, client);
    } else {
        s->client[client].flight.state = FLIGHT_LOST;
        s->tag[site->tag].done = true;
        s->tag[site->tag].dead = true;
        s->tag[site->tag].kept = outcome_of(OUT_NONE);
        report_point(s, &place, &point);
    }
    t->expects.count = 0;
}

void request_stuck(struct script *s, struct strand *t)
{
    const struct program_site *site = site_at(s, t);
    const struct program_insn *insn = &s->view.code[t->pc];

    if (insn->op == PROG_AWAIT) {
        stuck_await(s, t, site);
    } else if (t->sent) {
        request_give_up(s, t->waits);
        t->sent = false;
    } else {
        report_stop(s, insn->c, WHY_SELF);
        return;
    }
    t->pc++;
    t->state = STRAND_RUNS;
}

/* --- blocked --- */

static bool waits_for(const struct script *s, const struct machine_wait *wait,
                      const struct value *by)
{
    if (by->tag == VALUE_CLIENT)
        return wait->kind == MM_WAIT_CURSOR && wait->client == by->number;
    if (by->tag == VALUE_TAG && by->number < PROGRAM_TAGS_MAX)
        return wait->kind == MM_WAIT_REQUEST && s->tag[by->number].sent &&
               !s->tag[by->number].done && wait->client == s->tag[by->number].client;
    if (by->tag != VALUE_HANDLE)
        return false;
    const struct object *o = &s->object[by->number];
    return wait->kind == MM_WAIT_CURSOR && wait->client == o->client &&
           wait->cursor == o->number;
}

/* What a waiting request waits for, as an outcome that names the first of them. */
static struct rec_outcome describe(const struct script *s, const struct machine_wait *wait,
                                   uint32_t count)
{
    struct rec_outcome out = outcome_of(OUT_WAITS);

    out.value = count;
    out.client = count ? wait->client : RECORD_NONE;
    for (uint32_t i = s->newest; count && i != SCRIPT_NO_OBJECT; i = s->object[i].older) {
        const struct object *o = &s->object[i];
        if (wait->kind == MM_WAIT_CURSOR && o->client == wait->client &&
            o->number == wait->cursor) {
            out.name = o->name;
            out.index = o->index;
        }
    }
    return out;
}

/* Returns: whether the tag's request waits as it should; else why not, in *point. */
static void judge_blocked(struct script *s, const struct program_site *site,
                          const struct value *by, struct report_point *point,
                          struct rec_outcome *actual)
{
    const struct tag *tag = &s->tag[site->tag];
    const struct flight *f = flight_of_tag(s, site->tag);
    struct machine_wait wait[MACHINE_WAITS_MAX];

    point->client = tag->sent ? tag->client : RECORD_NONE;
    point->why = WHY_DONE;
    if (tag->sent && tag->done)
        *actual = tag->kept;
    if (f && f->state == FLIGHT_ANSWERED)
        *actual = f->actual;
    if (!f || f->state == FLIGHT_ANSWERED)
        return;
    uint32_t count = machine_waits(tag->client, wait);
    *actual = describe(s, wait, count);
    point->why = WHY_OTHER;
    if (!by && count)
        point->why = WHY_NONE;
    for (uint32_t i = 0; by && i < count; i++) {
        if (waits_for(s, &wait[i], by))
            point->why = WHY_NONE;
    }
}

void request_blocked(struct script *s, struct strand *t)
{
    const struct program_site *site = site_at(s, t);
    struct rec_outcome actual = outcome_of(OUT_NONE);
    struct report_point point = { .actual = &actual };

    if (!site || site->kind != SITE_BLOCKED || site->tag >= PROGRAM_TAGS_MAX ||
        site->operands > 1 || t->depth < site->operands) {
        report_bad(s, t);
        return;
    }
    if (!ask_quiesce(s))
        return;
    const struct value *by = site->operands ? &t->stack[t->depth - 1] : NULL;
    judge_blocked(s, site, by, &point, &actual);
    struct place place = report_place(s, t, s->view.code[t->pc].c);
    report_point(s, &place, &point);
    t->depth -= site->operands;
    t->pc++;
}
