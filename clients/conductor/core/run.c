/* The instruction loop, and the instructions that direct it. */
#include "clients/conductor/core/run.h"

#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/draw.h"
#include "clients/conductor/core/group.h"
#include "clients/conductor/core/lanes.h"
#include "clients/conductor/core/report.h"
#include "clients/conductor/core/request.h"
#include "clients/conductor/core/run_inner.h"

/* --- the stack --- */

void run_push(struct script *s, struct strand *t, struct value v)
{
    if (t->depth >= s->view.header->stack)
        report_bad(s, t);
    else
        t->stack[t->depth++] = v;
}

struct value run_pop(struct script *s, struct strand *t)
{
    if (t->depth == 0) {
        report_bad(s, t);
        return (struct value){ .tag = VALUE_UNBOUND };
    }
    return t->stack[--t->depth];
}

void run_push_number(struct script *s, struct strand *t, uint64_t number)
{
    enum value_tag tag = t->unknown ? VALUE_UNKNOWN : VALUE_NUMBER;

    run_push(s, t, (struct value){ tag, 0, number });
}

uint64_t run_pop_number(struct script *s, struct strand *t)
{
    struct value v = run_pop(s, t);

    if (v.tag != VALUE_NUMBER && v.tag != VALUE_UNBOUND && v.tag != VALUE_UNKNOWN)
        report_bad(s, t);
    t->unknown |= v.tag == VALUE_UNKNOWN;
    if (v.tag == VALUE_UNKNOWN)
        return 0;
    return v.tag == VALUE_NUMBER ? v.number : UINT64_MAX;
}

bool run_has_slot(struct script *s, struct strand *t, uint32_t index)
{
    if (index >= s->view.header->slots)
        report_bad(s, t);
    return index < s->view.header->slots;
}

/* --- control --- */

/* Going back costs a look at the clock: no loop outlives the script's time. */
static void jump(struct script *s, struct strand *t, uint32_t distance)
{
    if ((int32_t)distance <= 0 && machine_now() >= s->deadline)
        report_stop(s, RECORD_NONE, WHY_TIMEOUT);
    t->pc += distance;
}

static void end(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    if (t->lane || s->groups != 1)
        report_bad(s, t);
    else
        group_end(s);
    t->state = STRAND_DONE;
}

static void jump_always(struct script *s, struct strand *t, const struct program_insn *insn)
{
    jump(s, t, insn->c);
}

static void jump_zero(struct script *s, struct strand *t, const struct program_insn *insn)
{
    jump(s, t, run_pop_number(s, t) == 0 ? insn->c : 1);
}

static void repeat(struct script *s, struct strand *t, const struct program_insn *insn)
{
    uint64_t times = run_pop_number(s, t);

    if (!run_has_slot(s, t, insn->b + 1u))
        return;
    s->slot[insn->b] = (struct value){ VALUE_NUMBER, 0, 0 };
    s->slot[insn->b + 1] = (struct value){ VALUE_NUMBER, 0, times };
    if (times == 0) {
        jump(s, t, insn->c);
        return;
    }
    if (t->loops == PROGRAM_LOOPS_MAX) {
        report_bad(s, t);
        return;
    }
    t->loop[t->loops++] = insn->b;
    t->pc++;
}

static void next(struct script *s, struct strand *t, const struct program_insn *insn)
{
    if (!run_has_slot(s, t, insn->b + 1u))
        return;
    struct value *count = &s->slot[insn->b];
    count->tag = VALUE_NUMBER;
    count->number++;
    if (count->number < s->slot[insn->b + 1].number) {
        jump(s, t, insn->c);
    } else if (t->loops == 0) {
        report_bad(s, t);
    } else {
        t->loops--;
        t->pc++;
    }
}

static void choose(struct script *s, struct strand *t, const struct program_insn *insn)
{
    uint32_t count = insn->a;
    uint64_t sum = 0;
    uint32_t chosen = count;

    if (t->depth < count) {
        report_bad(s, t);
        return;
    }
    const struct value *weight = &t->stack[t->depth - count];
    for (uint32_t i = 0; i < count; i++)
        sum += weight[i].number;
    if (sum) {
        uint64_t drawn = draw_range(&t->random, 0, sum);
        for (chosen = 0; chosen < count && drawn >= weight[chosen].number; chosen++)
            drawn -= weight[chosen].number;
    }
    t->depth -= count;
    t->pc += 1 + chosen;
}

static void group(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)t;
    group_begin(s, insn->c, true);
}

static void hold(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)t;
    (void)insn;
    group_begin(s, RECORD_NONE, false);
}

static void leave(struct script *s, struct strand *t, const struct program_insn *insn)
{
    bool told = insn->op == PROG_ENDGROUP;

    if (s->groups < 2 || s->group[s->groups - 1].told != told)
        report_bad(s, t);
    else
        group_end(s);
}

static void par(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    lanes_par(s, t);
}

static void interleave(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    lanes_interleave(s, t);
}

static void lane_only(struct script *s, struct strand *t, enum strand_state state)
{
    if (t->lane)
        t->state = state;
    else
        report_bad(s, t);
}

static void step(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    lane_only(s, t, STRAND_STEPPED);
}

static void end_lane(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    lane_only(s, t, STRAND_DONE);
}

static void barrier(struct script *s, struct strand *t, const struct program_insn *insn)
{
    t->barrier = insn->c;
    t->arrivals = insn->a;
    lane_only(s, t, STRAND_BARRIER);
}

/* --- statements that wait --- */

static void settle(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    request_settle(s, t);
}

static void request(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    request_run(s, t);
}

static void await(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    request_await(s, t);
}

static void blocked(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    request_blocked(s, t);
}

static void quiesce(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)t;
    (void)insn;
    (void)ask_quiesce(s);
}

static void nothing(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)s;
    (void)t;
    (void)insn;
}

/* --- numbers that are not known --- */

/* Instructions that may meet one: they compute with it, or judge it. */
static bool bears_unknown(const struct program_insn *insn)
{
    return insn->op == PROG_STAT || insn->op == PROG_ONE || insn->op == PROG_TWO ||
           insn->op == PROG_CHECK;
}

/* What comes now depends on it: the script ends here, with what it has shown so far. */
static void end_unknown(struct script *s, struct strand *t)
{
    if (t->lane) {
        report_stop(s, t->guess, WHY_MACHINE);
        return;
    }
    report_text(s, REC_SKIP, t->guess,
                "what follows depends on a counter that is not known here");
    s->skips++;
    s->skipped = true;
    while (s->groups)
        group_leave(s);
    t->state = STRAND_DONE;
}

/* --- the loop --- */

/* An instruction, and whether the loop moves on behind it or it has moved itself. */
struct step {
    run_fn *run;
    bool moves;
};

static const struct step steps[PROG_OPS] = {
    [PROG_END] = { end, true },
    [PROG_PUSH] = { run_value_push, false },
    [PROG_CONST] = { run_value_const, false },
    [PROG_STRING] = { run_value_string, false },
    [PROG_CLIENT] = { run_value_client, false },
    [PROG_TAG] = { run_value_tag, false },
    [PROG_NONE] = { run_value_none, false },
    [PROG_LOAD] = { run_value_load, false },
    [PROG_LOADX] = { run_value_loadx, false },
    [PROG_STORE] = { run_value_store, false },
    [PROG_UNBIND] = { run_value_unbind, false },
    [PROG_NUMBER] = { run_value_number, false },
    [PROG_ONE] = { run_value_one, false },
    [PROG_TWO] = { run_value_two, false },
    [PROG_RAND] = { run_value_rand, false },
    [PROG_STAT] = { run_value_stat, false },
    [PROG_LEAKS] = { run_value_leaks, false },
    [PROG_ENV] = { run_value_env, false },
    [PROG_JUMP] = { jump_always, true },
    [PROG_JZ] = { jump_zero, true },
    [PROG_REPEAT] = { repeat, true },
    [PROG_NEXT] = { next, true },
    [PROG_CHOOSE] = { choose, true },
    [PROG_GROUP] = { group, false },
    [PROG_ENDGROUP] = { leave, false },
    [PROG_HOLD] = { hold, false },
    [PROG_ENDHOLD] = { leave, false },
    [PROG_PAR] = { par, true },
    [PROG_INTERLEAVE] = { interleave, true },
    [PROG_STEP] = { step, false },
    [PROG_ENDLANE] = { end_lane, true },
    [PROG_BARRIER] = { barrier, false },
    [PROG_DECLARE] = { run_statement_declare, false },
    [PROG_NEEDS] = { run_statement_needs, false },
    [PROG_SKIP] = { run_statement_skip, false },
    [PROG_TODO] = { run_statement_todo, false },
    [PROG_NOTE] = { run_statement_note, false },
    [PROG_DUMP] = { run_statement_dump, false },
    [PROG_TRACE] = { nothing, false },
    [PROG_EXPECT] = { run_statement_expect, false },
    [PROG_SETTLE] = { settle, true },
    [PROG_REQUEST] = { request, true },
    [PROG_AWAIT] = { await, true },
    [PROG_BLOCKED] = { blocked, true },
    [PROG_QUIESCE] = { quiesce, false },
    [PROG_CHECK] = { run_statement_check, false },
};

void run_strand(struct script *s, struct strand *t)
{
    s->at = t;
    t->state = STRAND_RUNS;
    while (t->state == STRAND_RUNS && !s->stopped) {
        if (t->pc >= s->view.header->code.count) {
            report_bad(s, t);
            return;
        }
        const struct program_insn *insn = &s->view.code[t->pc];
        if (insn->op >= PROG_OPS || !steps[insn->op].run) {
            report_bad(s, t);
            return;
        }
        t->unknown = false;
        steps[insn->op].run(s, t, insn);
        if (t->unknown && !bears_unknown(insn) && !s->stopped) {
            end_unknown(s, t);
            return;
        }
        t->pc += !steps[insn->op].moves;
    }
}
