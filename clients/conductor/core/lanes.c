/* Running lanes: in parallel by a seeded schedule, or in every order, one after the other. */
#include "clients/conductor/core/lanes.h"

#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/draw.h"
#include "clients/conductor/core/group.h"
#include "clients/conductor/core/report.h"
#include "clients/conductor/core/request.h"
#include "clients/conductor/core/run.h"

/* One PAR or INTERLEAVE that runs. */
struct lanes {
    struct strand *parent;
    uint32_t count;
    uint32_t site;
    uint32_t pc; /* of the first PROG_LANE */
};

static bool lanes_init(struct script *s, struct strand *t, struct lanes *lanes)
{
    const struct program_insn *insn = &s->view.code[t->pc];

    *lanes = (struct lanes){ t, insn->a, insn->c, t->pc + 1 };
    if (t->lane || insn->a > s->view.header->lanes ||
        s->view.header->code.count - lanes->pc <= insn->a)
        return false;
    for (uint32_t i = 0; i < lanes->count; i++) {
        if (s->view.code[lanes->pc + i].op != PROG_LANE)
            return false;
    }
    return true;
}

static void lane_init(struct script *s, const struct lanes *lanes, uint32_t i)
{
    const struct program_insn *insn = &s->view.code[lanes->pc + i];
    struct strand *lane = &s->lane[i];

    lane->state = STRAND_RUNS;
    lane->pc = lanes->pc + i + insn->c;
    lane->depth = 0;
    lane->order = RECORD_NONE;
    lane->steps = insn->a;
    lane->lane = true;
    lane->first = false;
    lane->sent = false;
    lane->expects.count = 0;
    lane->random = lanes->parent->random;
    lane->loops = lanes->parent->loops;
    for (uint32_t k = 0; k < lane->loops; k++)
        lane->loop[k] = lanes->parent->loop[k];
}

static void lanes_fini(struct script *s, const struct lanes *lanes)
{
    for (uint32_t i = 0; i < lanes->count; i++)
        s->lane[i].depth = 0;
    s->at = lanes->parent;
    lanes->parent->pc = lanes->pc + lanes->count;
}

/* --- par --- */

/* When enough lanes have arrived at a barrier, all go on. */
static void open_barrier(struct script *s, const struct lanes *lanes, uint32_t barrier,
                         uint32_t wanted)
{
    uint32_t arrived = 0;

    for (uint32_t i = 0; i < lanes->count; i++)
        arrived += s->lane[i].state == STRAND_BARRIER && s->lane[i].barrier == barrier;
    for (uint32_t i = 0; arrived >= wanted && i < lanes->count; i++) {
        if (s->lane[i].state == STRAND_BARRIER && s->lane[i].barrier == barrier)
            s->lane[i].state = STRAND_RUNS;
    }
}

static void run_lane(struct script *s, const struct lanes *lanes, uint32_t i)
{
    struct strand *lane = &s->lane[i];

    run_strand(s, lane);
    if (lane->state == STRAND_BARRIER)
        open_barrier(s, lanes, lane->barrier, lane->arrivals);
}

static bool can_go_on(const struct script *s, const struct strand *lane)
{
    return lane->state == STRAND_RUNS || lane->state == STRAND_SENT ||
           (lane->state == STRAND_WAITS && !request_pending(s, lane));
}

/* Which lane goes on; false if none can. */
static bool choose_lane(struct script *s, const struct lanes *lanes, uint64_t *schedule,
                        uint32_t *chosen)
{
    uint32_t ready[PROGRAM_LANES_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < lanes->count; i++) {
        if (can_go_on(s, &s->lane[i]))
            ready[count++] = i;
    }
    if (count)
        *chosen = ready[count > 1 ? draw_range(schedule, 0, count) : 0];
    return count != 0;
}

static bool all_done(const struct script *s, const struct lanes *lanes)
{
    for (uint32_t i = 0; i < lanes->count; i++) {
        if (s->lane[i].state != STRAND_DONE)
            return false;
    }
    return true;
}

/* Nothing moves: every lane that waits for an answer will wait for ever. */
static void par_stuck(struct script *s, const struct lanes *lanes)
{
    bool any = false;

    for (uint32_t i = 0; i < lanes->count && !s->stopped; i++) {
        if (request_pending(s, &s->lane[i])) {
            s->at = &s->lane[i];
            request_stuck(s, &s->lane[i]);
            any = true;
        }
    }
    if (!any)
        report_stop(s, lanes->site, WHY_STUCK);
}

void lanes_par(struct script *s, struct strand *t)
{
    struct lanes lanes;

    if (!lanes_init(s, t, &lanes)) {
        report_bad(s, t);
        return;
    }
    uint64_t seed = draw_next(&t->random);
    uint64_t schedule = seed ^ 0xa0761d6478bd642fu;
    for (uint32_t i = 0; i < lanes.count; i++) {
        lane_init(s, &lanes, i);
        s->lane[i].order = t->order;
        s->lane[i].first = true;
        s->lane[i].random = seed + i * 0xd1342543de82ef95u;
    }
    for (uint32_t i = 0; i < lanes.count && !s->stopped; i++)
        run_lane(s, &lanes, i);
    for (uint32_t i = 0; i < lanes.count; i++)
        s->lane[i].first = false;
    while (!s->stopped && !all_done(s, &lanes)) {
        uint32_t chosen;
        ask_poll(s);
        if (choose_lane(s, &lanes, &schedule, &chosen))
            run_lane(s, &lanes, chosen);
        else if (ask_wait(s) == MACHINE_QUIET)
            par_stuck(s, &lanes);
    }
    lanes_fini(s, &lanes);
}

/* --- interleave --- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

uint64_t lanes_merges(const uint32_t *steps, uint32_t lanes)
{
    uint64_t merges = 1;
    uint64_t total = 0;

    /* The product of the binomials (steps so far) over (steps of this lane). */
    for (uint32_t i = 0; i < lanes; i++) {
        for (uint64_t k = 1; k <= steps[i]; k++) {
            uint64_t times = ++total;
            uint64_t shared = gcd(merges, k);
            times /= k / shared;
            if (__builtin_mul_overflow(merges / shared, times, &merges))
                return UINT64_MAX;
        }
    }
    return merges;
}

/* Runs the lane until its step ends, or until nothing moves and it still waits. */
static void run_step(struct script *s, struct strand *lane, uint64_t *random)
{
    for (;;) {
        lane->random = *random;
        run_strand(s, lane);
        *random = lane->random;
        while (request_pending(s, lane) && !s->stopped) {
            if (ask_wait(s) == MACHINE_QUIET && request_pending(s, lane))
                return;
        }
        if (s->stopped || lane->state == STRAND_STEPPED || lane->state == STRAND_DONE)
            return;
        if (lane->state == STRAND_BARRIER) {
            report_bad(s, lane);
            return;
        }
    }
}

/* Lets blocked lanes go on whose answer has come, until none can. */
static void resume(struct script *s, const struct lanes *lanes)
{
    bool again = true;

    while (again && !s->stopped) {
        bool waiting = false;
        again = false;
        for (uint32_t i = 0; i < lanes->count; i++)
            waiting |= s->lane[i].state == STRAND_WAITS;
        if (!waiting || !ask_quiesce(s))
            return;
        for (uint32_t i = 0; i < lanes->count && !s->stopped; i++) {
            struct strand *lane = &s->lane[i];
            if (lane->state == STRAND_WAITS && !request_pending(s, lane)) {
                run_step(s, lane, &lanes->parent->random);
                again = true;
            }
        }
    }
}

static uint16_t candidates(const struct script *s, const struct lanes *lanes)
{
    uint16_t mask = 0;

    for (uint32_t i = 0; i < lanes->count; i++) {
        if (s->lane[i].state == STRAND_RUNS || s->lane[i].state == STRAND_STEPPED)
            mask |= (uint16_t)(1u << i);
    }
    return mask;
}

/* The first candidate from lane `from` on, else the first of all. */
static uint32_t pick(uint16_t mask, uint32_t from)
{
    uint32_t rest = from < 16 ? (uint32_t)mask >> from << from : 0;

    return (uint32_t)__builtin_ctz(rest ? rest : mask);
}

/* No lane can take a step, and some have not ended. */
static void interleave_stuck(struct script *s, const struct lanes *lanes)
{
    for (uint32_t i = 0; i < lanes->count && !s->stopped; i++) {
        if (s->lane[i].state == STRAND_WAITS) {
            s->at = &s->lane[i];
            request_stuck(s, &s->lane[i]);
            s->lane[i].state = STRAND_DONE;
        }
    }
}

/* One order: the first `prefix` choices are those of s->path. Returns: choices made. */
static uint32_t run_order(struct script *s, const struct lanes *lanes, uint32_t order,
                          uint32_t prefix)
{
    uint32_t made = 0;

    group_begin(s, RECORD_NONE, false);
    for (uint32_t i = 0; i < lanes->count; i++) {
        lane_init(s, lanes, i);
        s->lane[i].order = order;
        if (!s->lane[i].steps)
            s->lane[i].state = STRAND_DONE;
    }
    for (;;) {
        resume(s, lanes);
        uint16_t mask = candidates(s, lanes);
        if (s->stopped || !mask)
            break;
        if (made == SCRIPT_PATH_MAX) {
            report_stop(s, lanes->site, WHY_LIMIT);
            break;
        }
        uint32_t lane = pick(mask, made < prefix ? s->path[made] : 0);
        s->path[made] = (uint8_t)lane;
        s->open[made] = mask;
        made++;
        run_step(s, &s->lane[lane], &lanes->parent->random);
    }
    if (!s->stopped)
        interleave_stuck(s, lanes);
    s->at = lanes->parent;
    if (!s->stopped)
        group_end(s);
    return made;
}

/* The next order's prefix of choices; 0: there is no other order. */
static uint32_t next_prefix(struct script *s, uint32_t made)
{
    for (uint32_t k = made; k > 0; k--) {
        uint32_t later = (uint32_t)s->open[k - 1] >> s->path[k - 1] >> 1;
        if (later) {
            s->path[k - 1] = (uint8_t)(s->path[k - 1] + 1 + (uint32_t)__builtin_ctz(later));
            return k;
        }
    }
    return 0;
}

static void tell_left_out(struct script *s, const struct lanes *lanes, uint32_t done)
{
    uint32_t steps[PROGRAM_LANES_MAX];

    for (uint32_t i = 0; i < lanes->count; i++)
        steps[i] = s->view.code[lanes->pc + i].a;
    uint64_t merges = lanes_merges(steps, lanes->count);
    struct rec_left rec = { .site = lanes->site,
                            .done = done,
                            .left = merges > done && merges != UINT64_MAX ? merges - done
                                                                          : merges };
    machine_emit(REC_LEFT_OUT, &rec, sizeof rec);
}

void lanes_interleave(struct script *s, struct strand *t)
{
    struct lanes lanes;
    uint32_t done = 0;
    uint32_t prefix = 0;
    bool more = true;

    if (!lanes_init(s, t, &lanes) || !t->depth) {
        report_bad(s, t);
        return;
    }
    t->depth--;
    uint64_t max = t->stack[t->depth].number;
    while (more && done < max && done < UINT32_MAX && !s->stopped) {
        if (machine_now() >= s->deadline)
            report_stop(s, lanes.site, WHY_TIMEOUT);
        else
            prefix = next_prefix(s, run_order(s, &lanes, done, prefix));
        done++;
        more = prefix != 0;
    }
    lanes_fini(s, &lanes);
    if (more && !s->stopped)
        tell_left_out(s, &lanes, done);
}
