/*
 * What the tests of the script compiler share. check_value carries out compiled code by itself:
 * its table of operators repeats run_value.c's on purpose, as a second opinion on what the
 * words of abi/program.h mean, so that compiler and interpreter cannot be wrong together.
 */
#include "check.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 };
static char text_buffer[TEXT_MAX];

static int include(void *context, struct source *s, uint32_t from, struct slice name)
{
    (void)from;
    for (const struct included *i = context; i && i->name; i++)
        if (slice_is(name, i->name))
            return source_add(s, i->name, i->text, strlen(i->text));
    return -1;
}

static void compile_as(struct compiled *c, const char *text, bool lint,
                       const struct included *included)
{
    struct compile_options options = { .lint = lint,
                                       .include = include,
                                       .context = (void *)included };
    compile_text(c, "t.ipc", text, strlen(text), &options);
    if (c->good)
        cr_assert_null(verify_program(c->image, c->bytes));
}

void check_compile(struct compiled *c, const char *text, const struct included *included)
{
    compile_as(c, text, false, included);
}

static FILE *open_text(void)
{
    memset(text_buffer, 0, 1);
    FILE *out = fmemopen(text_buffer, sizeof(text_buffer), "w");
    cr_assert_not_null(out);
    return out;
}

const char *check_diagnostics(const char *text, bool lint, const struct included *included)
{
    struct compiled c = { 0 };
    FILE *out = open_text();
    compile_as(&c, text, lint, included);
    source_print(&c.source, out);
    fclose(out);
    compile_free(&c);
    return text_buffer;
}

static void need_good(struct compiled *c, const char *text)
{
    compile_as(c, text, false, NULL);
    if (!c->good)
        source_print(&c->source, stderr);
    cr_assert(c->good, "does not compile: %s", text);
}

const char *check_dump(const char *text)
{
    struct compiled c = { 0 };
    need_good(&c, text);
    FILE *out = open_text();
    cr_assert_eq(dump_program(c.image, c.bytes, out), 0);
    fclose(out);
    compile_free(&c);
    return text_buffer;
}

const char *check_map(const char *text)
{
    struct compiled c = { 0 };
    need_good(&c, text);
    FILE *out = open_text();
    map_write(&c, out);
    fclose(out);
    compile_free(&c);
    return text_buffer;
}

static uint64_t one(unsigned op, uint64_t x)
{
    return op == UNARY_NEG ? -x : op == UNARY_NOT ? ~x : op == UNARY_LNOT ? !x : !!x;
}

static uint64_t two(unsigned op, uint64_t x, uint64_t y)
{
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
        return x < y ? y : x;
    default:
        return y ? (x + y - 1) / y * y : x;
    }
}

/* Numbers, variables and jumps only. */
static uint64_t run(const struct gen *g)
{
    uint64_t slot[64] = { 0 }, stack[64], last = 0;
    unsigned n = 0;
    for (uint32_t pc = 0; g->lane[0].code[pc].op != PROG_END; pc++) {
        struct program_insn i = g->lane[0].code[pc];
        switch ((int)i.op) {
        case PROG_PUSH:
            stack[n++] = i.c;
            break;
        case PROG_CONST:
            stack[n++] = g->numbers[i.c];
            break;
        case PROG_LOAD:
            stack[n++] = slot[i.c];
            break;
        case PROG_STORE:
            last = slot[i.c] = stack[--n];
            break;
        case PROG_ONE:
            stack[n - 1] = one(i.a, stack[n - 1]);
            break;
        case PROG_TWO:
            n--;
            stack[n - 1] = two(i.a, stack[n - 1], stack[n]);
            break;
        case PROG_JUMP:
            pc += i.c - 1;
            break;
        case PROG_JZ:
            pc += stack[--n] ? 0 : i.c - 1;
            break;
        case PROG_UNBIND:
            break;
        case PROG_REPEAT:
            slot[i.b] = 0;
            slot[i.b + 1] = stack[--n];
            pc += slot[i.b + 1] ? 0 : i.c - 1;
            break;
        case PROG_NEXT:
            pc += ++slot[i.b] < slot[i.b + 1] ? i.c - 1 : 0;
            break;
        default:
            cr_assert_fail("instruction %u", i.op);
        }
        cr_assert_lt(n, 64u);
    }
    cr_assert_eq(n, 0u);
    return last;
}

uint64_t check_value(const char *expression)
{
    char text[512];
    struct compiled c = { 0 };
    const char *form = strchr(expression, '=') && strstr(expression, "let") == expression
                           ? "let two = 2; let seven = 7; let zero = 0\n%s\n"
                           : "let two = 2; let seven = 7; let zero = 0; let x = %s\n";
    snprintf(text, sizeof(text), form, expression);
    need_good(&c, text);
    uint64_t value = run(&c.gen);
    compile_free(&c);
    return value;
}
