/* Instructions that compute values. */
#include "clients/conductor/core/draw.h"
#include "clients/conductor/core/encode.h"
#include "clients/conductor/core/report.h"
#include "clients/conductor/core/run_inner.h"

static void push_index(struct script *s, struct strand *t, enum value_tag tag, uint32_t index,
                       uint32_t limit)
{
    if (index >= limit)
        report_bad(s, t);
    else
        run_push(s, t, (struct value){ tag, 0, index });
}

void run_value_push(struct script *s, struct strand *t, const struct program_insn *insn)
{
    run_push_number(s, t, insn->c);
}

void run_value_const(struct script *s, struct strand *t, const struct program_insn *insn)
{
    if (insn->c >= s->view.header->numbers.count)
        report_bad(s, t);
    else
        run_push_number(s, t, s->view.numbers[insn->c]);
}

void run_value_string(struct script *s, struct strand *t, const struct program_insn *insn)
{
    push_index(s, t, VALUE_STRING, insn->c, s->view.header->strings.count);
}

void run_value_client(struct script *s, struct strand *t, const struct program_insn *insn)
{
    push_index(s, t, VALUE_CLIENT, insn->c, s->view.header->clients.count);
}

void run_value_tag(struct script *s, struct strand *t, const struct program_insn *insn)
{
    push_index(s, t, VALUE_TAG, insn->c, s->view.header->tags.count);
}

void run_value_none(struct script *s, struct strand *t, const struct program_insn *insn)
{
    (void)insn;
    run_push(s, t, (struct value){ .tag = VALUE_NONE });
}

void run_value_load(struct script *s, struct strand *t, const struct program_insn *insn)
{
    if (run_has_slot(s, t, insn->c))
        run_push(s, t, s->slot[insn->c]);
}

void run_value_loadx(struct script *s, struct strand *t, const struct program_insn *insn)
{
    uint64_t index = run_pop_number(s, t);

    if (run_has_slot(s, t, insn->c))
        run_push(s, t,
                 encode_element(&s->slot[insn->c],
                                index > UINT32_MAX ? UINT32_MAX : (uint32_t)index));
}

void run_value_store(struct script *s, struct strand *t, const struct program_insn *insn)
{
    struct value v = run_pop(s, t);

    t->unknown = v.tag == VALUE_UNKNOWN;
    if (run_has_slot(s, t, insn->c))
        s->slot[insn->c] = v;
}

void run_value_unbind(struct script *s, struct strand *t, const struct program_insn *insn)
{
    for (uint32_t i = 0; i < insn->b && run_has_slot(s, t, insn->c + i); i++)
        s->slot[insn->c + i] = (struct value){ .tag = VALUE_UNBOUND };
}

void run_value_number(struct script *s, struct strand *t, const struct program_insn *insn)
{
    uint64_t number = 0;

    if (insn->c >= s->view.header->clients.count || t->depth == 0) {
        report_bad(s, t);
        return;
    }
    /* The handle stays on the stack while it is granted: the collector must see it. */
    if (encode_handle(s, insn->c, &t->stack[t->depth - 1], &number) != OK)
        number = 0;
    t->depth--;
    run_push_number(s, t, number);
}

void run_value_one(struct script *s, struct strand *t, const struct program_insn *insn)
{
    uint64_t x = run_pop_number(s, t);

    switch ((enum program_unary)insn->a) {
    case UNARY_NEG:
        run_push_number(s, t, 0 - x);
        return;
    case UNARY_NOT:
        run_push_number(s, t, ~x);
        return;
    case UNARY_LNOT:
        run_push_number(s, t, x == 0);
        return;
    case UNARY_BOOL:
        run_push_number(s, t, x != 0);
        return;
    case UNARY_OPS:
        break;
    }
    report_bad(s, t);
}

static uint64_t align(uint64_t x, uint64_t y)
{
    return y && x % y ? x - x % y + y : x;
}

uint64_t run_binary(enum program_binary op, uint64_t x, uint64_t y, bool *divided)
{
    if ((op == BINARY_DIV || op == BINARY_MOD) && y == 0) {
        *divided = true;
        return 0;
    }
    switch (op) {
    case BINARY_ADD:
        return x + y;
    case BINARY_SUB:
        return x - y;
    case BINARY_MUL:
        return x * y;
    case BINARY_DIV:
        return x / y;
    case BINARY_MOD:
        return x % y;
    case BINARY_AND:
        return x & y;
    case BINARY_OR:
        return x | y;
    case BINARY_XOR:
        return x ^ y;
    case BINARY_SHL:
        return y < 64 ? x << y : 0;
    case BINARY_SHR:
        return y < 64 ? x >> y : 0;
    case BINARY_EQ:
        return x == y;
    case BINARY_NE:
        return x != y;
    case BINARY_LT:
        return x < y;
    case BINARY_LE:
        return x <= y;
    case BINARY_GT:
        return x > y;
    case BINARY_GE:
        return x >= y;
    case BINARY_MIN:
        return x < y ? x : y;
    case BINARY_MAX:
        return x > y ? x : y;
    case BINARY_ALIGN:
        return align(x, y);
    case BINARY_OPS:
        break;
    }
    return 0;
}

void run_value_two(struct script *s, struct strand *t, const struct program_insn *insn)
{
    bool divided = false;
    uint64_t y = run_pop_number(s, t);
    uint64_t x = run_pop_number(s, t);

    if (insn->a >= BINARY_OPS) {
        report_bad(s, t);
        return;
    }
    uint64_t result = run_binary((enum program_binary)insn->a, x, y, &divided);
    if (divided)
        report_stop(s, insn->c, WHY_DIVIDE);
    run_push_number(s, t, result);
}

void run_value_rand(struct script *s, struct strand *t, const struct program_insn *insn)
{
    if (insn->a == 0) {
        run_push_number(s, t, draw_next(&t->random));
        return;
    }
    uint64_t hi = run_pop_number(s, t);
    uint64_t lo = run_pop_number(s, t);
    run_push_number(s, t, draw_range(&t->random, lo, hi));
}

void run_value_stat(struct script *s, struct strand *t, const struct program_insn *insn)
{
    uint64_t words[IPC_REG_ARGS] = { 0 };
    uint64_t counter = insn->c;

    int64_t status = machine_ask(MM_STAT, 1, &counter, words);
    if (status < 0)
        report_stop(s, RECORD_NONE, WHY_MACHINE);
    if (status == MACHINE_UNKNOWN) {
        t->unknown = true;
        t->guess = insn->b == PROGRAM_NONE16 ? RECORD_NONE : insn->b;
    }
    run_push_number(s, t, words[0]);
}

void run_value_leaks(struct script *s, struct strand *t, const struct program_insn *insn)
{
    uint64_t now = 0;

    (void)insn;
    if (!run_statement_census(s, &now))
        report_stop(s, RECORD_NONE, WHY_MACHINE);
    run_push_number(s, t, now - s->leak_base);
}

void run_value_env(struct script *s, struct strand *t, const struct program_insn *insn)
{
    struct view_string word = view_string(&s->view, insn->c);
    const struct machine_facts *facts = machine_facts();

    switch ((enum program_env)insn->a) {
    case ENV_CPUS:
        run_push_number(s, t, facts->cpus);
        return;
    case ENV_MEM:
        run_push_number(s, t, facts->memory_bytes);
        return;
    case ENV_SEED:
        run_push_number(s, t, s->view.header->seed);
        return;
    case ENV_BACKEND:
        run_push_number(s, t, machine_option("backend", word.at, word.bytes));
        return;
    case ENV_FEATURE:
        run_push_number(s, t, machine_option("feature", word.at, word.bytes));
        return;
    }
    report_bad(s, t);
}
