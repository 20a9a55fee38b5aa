/* Statements that do not wait for a client's request. */
#include <string.h>

#include "clients/conductor/core/ask.h"
#include "clients/conductor/core/outcome.h"
#include "clients/conductor/core/report.h"
#include "clients/conductor/core/run_inner.h"

void run_statement_declare(struct script *s, struct strand *t, const struct program_insn *insn)
{
    uint64_t cpu = run_pop_number(s, t);

    if (insn->b >= s->view.header->clients.count) {
        report_bad(s, t);
        return;
    }
    struct client *c = &s->client[insn->b];
    if (c->alive || s->stopped)
        return;
    if (cpu >= machine_facts()->cpus || machine_client(insn->b, (uint32_t)cpu) != OK) {
        report_stop(s, insn->c, WHY_MACHINE);
        return;
    }
    c->alive = true;
    c->active = SCRIPT_NO_OBJECT;
    c->active_raw = false;
}

void run_statement_needs(struct script *s, struct strand *t, const struct program_insn *insn)
{
    if (run_pop_number(s, t) != 0 || s->stopped)
        return;
    report_text(s, REC_SKIP, insn->c, NULL);
    s->skips++;
    s->skipped = true;
    t->state = STRAND_DONE;
}

void run_statement_skip(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)t;
    report_text(s, REC_SKIP, insn->c, NULL);
    s->skips++;
}

void run_statement_todo(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)t;
    report_text(s, REC_TODO, insn->c, NULL);
}

void run_statement_note(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)t;
    report_text(s, REC_NOTE, insn->c, NULL);
}

/* --- dump --- */

#define COUNTER(name, meaning) #name,
static const char *const counter_names[COUNTER_COUNT] = {
#include "abi/counters.def"
};
#undef COUNTER

enum { NUMBER_TEXT = 24, DUMP_TEXT = 64 * COUNTER_COUNT };

static size_t put_text(char *out, size_t used, const char *text)
{
    size_t bytes = strlen(text);

    if (used + bytes < DUMP_TEXT)
        memcpy(out + used, text, bytes + 1);
    return used + bytes < DUMP_TEXT ? used + bytes : used;
}

static const char *decimal(uint64_t number, char text[NUMBER_TEXT])
{
    char *at = text + NUMBER_TEXT;

    *--at = 0;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    return at;
}

void run_statement_dump(struct script *s, struct strand *t, const struct program_insn *insn)
{
    char text[DUMP_TEXT] = "";
    char number[NUMBER_TEXT];
    size_t used = 0;

    (void)t;
    if (!ask_quiesce(s))
        return;
    for (uint64_t i = 0; i < COUNTER_COUNT; i++) {
        uint64_t words[IPC_REG_ARGS];
        if (machine_ask(MM_STAT, 1, &i, words) < 0)
            continue;
        used = put_text(text, used, counter_names[i]);
        used = put_text(text, used, " ");
        used = put_text(text, used, decimal(words[0], number));
        used = put_text(text, used, "\n");
    }
    report_text(s, REC_DUMP, insn->c, text);
}

/* --- expect --- */

static void expect_range(struct script *s, struct strand *t, struct rec_outcome *want)
{
    want->length = run_pop_number(s, t);
    want->value = run_pop_number(s, t);
}

static void expect_mapped(struct script *s, struct strand *t, struct expect *e)
{
    if (!(e->want.flags & OUT_ANY_FRAME)) {
        struct value frame = run_pop(s, t);
        e->never = frame.tag != VALUE_HANDLE;
        if (!e->never) {
            const struct object *o = &s->object[frame.number];
            e->want.identity = o->identity;
            e->want.name = o->name;
            e->want.index = o->index;
        }
    }
    expect_range(s, t, &e->want);
}

void run_statement_expect(struct script *s, struct strand *t, const struct program_insn *insn)
{
    struct expect e = { .want = outcome_of((enum record_outcome)insn->a) };

    if (t->expects.count == PROGRAM_EXPECTS_MAX || insn->a >= OUT_KINDS) {
        report_bad(s, t);
        return;
    }
    e.want.flags = (uint8_t)insn->b;
    if (insn->a == OUT_NUMBER || (insn->a == OUT_ERROR && insn->b & OUT_COUNTED))
        e.want.value = run_pop_number(s, t);
    if (insn->a == OUT_RANGE || insn->a == OUT_HOLE)
        expect_range(s, t, &e.want);
    if (insn->a == OUT_MAPPED) {
        e.want.prop = insn->c;
        expect_mapped(s, t, &e);
    }
    if (insn->a == OUT_BYTES)
        e.string = insn->c;
    if (insn->a == OUT_ERROR)
        e.want.status = (int32_t)insn->c;
    if (insn->a == OUT_FAULT) {
        e.want.access = (uint8_t)insn->c;
        e.want.reason = (uint8_t)(insn->c >> 8);
    }
    t->expects.list[t->expects.count++] = e;
}

/* --- check --- */

bool run_statement_census(struct script *s, uint64_t *count)
{
    uint64_t words[IPC_REG_ARGS];

    (void)s;
    if (machine_ask(MM_CENSUS, 0, NULL, words) < 0)
        return false;
    *count = words[0] + words[1] + words[2];
    return true;
}

static void check_invariants(struct script *s, struct report_point *point,
                             struct rec_outcome *actual)
{
    uint64_t words[IPC_REG_ARGS] = { 0 };

    if (!ask_quiesce(s))
        return;
    int64_t status = machine_ask(MM_CHECK, 0, NULL, words);
    *actual = status < 0 ? outcome_error(status, 0) : outcome_of(OUT_ROW);
    if (status < 0) {
        point->why = WHY_MACHINE;
    } else {
        actual->value = words[0];
        actual->length = words[1];
        point->why = words[0] ? WHY_INVARIANT : WHY_NONE;
    }
}

static void check_compare(struct script *s, struct strand *t, const struct program_insn *insn,
                          struct report_point *point)
{
    bool divided = false;

    point->right = run_pop_number(s, t);
    point->left = run_pop_number(s, t);
    if (insn->b < BINARY_EQ || insn->b > BINARY_GE)
        report_bad(s, t);
    else if (!run_binary((enum program_binary)insn->b, point->left, point->right, &divided))
        point->why = insn->a == CHECK_LEAK ? WHY_LEAK : WHY_FALSE;
}

void run_statement_check(struct script *s, struct strand *t, const struct program_insn *insn)
{
    struct rec_outcome actual = outcome_of(OUT_NONE);
    struct report_point point = { .client = RECORD_NONE, .actual = &actual };
    struct place place = report_place(s, t, insn->c);

    switch ((enum program_check)insn->a) {
    case CHECK_TRUE:
        point.left = run_pop_number(s, t);
        point.why = point.left ? WHY_NONE : WHY_FALSE;
        break;
    case CHECK_COMPARE:
    case CHECK_LEAK:
        check_compare(s, t, insn, &point);
        break;
    case CHECK_INVARIANTS:
        check_invariants(s, &point, &actual);
        break;
    }
    if (insn->a > CHECK_LEAK)
        report_bad(s, t);
    if (t->unknown) {
        point.why = WHY_NONE;
        point.unknown = true;
    }
    if (!s->stopped)
        report_point(s, &place, &point);
}
