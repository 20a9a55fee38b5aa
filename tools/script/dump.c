/* A program as text: for people who write the compiler or the interpreter. */
#include "compile.h"
#include <string.h>

static const char *const op_name[PROG_OPS] = {
    [PROG_END] = "end",
    [PROG_PUSH] = "push",
    [PROG_CONST] = "const",
    [PROG_STRING] = "string",
    [PROG_CLIENT] = "client",
    [PROG_TAG] = "tag",
    [PROG_NONE] = "none",
    [PROG_LOAD] = "load",
    [PROG_LOADX] = "loadx",
    [PROG_STORE] = "store",
    [PROG_UNBIND] = "unbind",
    [PROG_NUMBER] = "number",
    [PROG_ONE] = "one",
    [PROG_TWO] = "two",
    [PROG_RAND] = "rand",
    [PROG_STAT] = "stat",
    [PROG_LEAKS] = "leaks",
    [PROG_ENV] = "env",
    [PROG_JUMP] = "jump",
    [PROG_JZ] = "jz",
    [PROG_REPEAT] = "repeat",
    [PROG_NEXT] = "next",
    [PROG_CHOOSE] = "choose",
    [PROG_GROUP] = "group",
    [PROG_ENDGROUP] = "endgroup",
    [PROG_HOLD] = "hold",
    [PROG_ENDHOLD] = "endhold",
    [PROG_PAR] = "par",
    [PROG_INTERLEAVE] = "interleave",
    [PROG_LANE] = "lane",
    [PROG_STEP] = "step",
    [PROG_ENDLANE] = "endlane",
    [PROG_BARRIER] = "barrier",
    [PROG_DECLARE] = "declare",
    [PROG_NEEDS] = "needs",
    [PROG_SKIP] = "skip",
    [PROG_TODO] = "todo",
    [PROG_NOTE] = "note",
    [PROG_DUMP] = "dump",
    [PROG_TRACE] = "trace",
    [PROG_EXPECT] = "expect",
    [PROG_SETTLE] = "settle",
    [PROG_REQUEST] = "request",
    [PROG_AWAIT] = "await",
    [PROG_BLOCKED] = "blocked",
    [PROG_QUIESCE] = "quiesce",
    [PROG_CHECK] = "check",
};

static const char *const binary_name[BINARY_OPS] = { "+", "-",  "*",   "/",   "%",    "&", "|",
                                                     "^", "<<", ">>",  "==",  "!=",   "<", "<=",
                                                     ">", ">=", "min", "max", "align" };
static const char *const unary_name[UNARY_OPS] = { "-", "~", "!", "bool" };
static const char *const out_name[OUT_KINDS] = { "nothing", "ok",    "number", "none",
                                                 "range",   "hole",  "mapped", "bytes",
                                                 "error",   "fault", "_",      "waits",
                                                 "row" };

struct view {
    const uint8_t *image;
    struct program_header h;
};

static void text(const struct view *v, uint32_t string, FILE *out)
{
    struct program_string s;
    memcpy(&s, v->image + v->h.strings.offset + string * sizeof(s), sizeof(s));
    fputs(" \"", out);
    for (uint32_t i = 0; i < s.bytes; i++) {
        uint8_t c = v->image[v->h.data.offset + s.offset + i];
        if (c >= ' ' && c < 0x7f && c != '"' && c != '\\')
            fputc(c, out);
        else
            fprintf(out, "\\x%02x", c);
    }
    fputc('"', out);
}

static void entry(const struct view *v, struct program_section table, uint32_t i, FILE *out)
{
    uint32_t string;
    memcpy(&string, v->image + table.offset + i * sizeof(string), sizeof(string));
    text(v, string, out);
}

static void site(const struct view *v, uint32_t index, FILE *out)
{
    struct program_site s;
    memcpy(&s, v->image + v->h.sites.offset + index * sizeof(s), sizeof(s));
    fprintf(out, " site %u", index);
    if (s.kind == SITE_REQUEST) {
        fprintf(out, " %s, %u operands, from", op_info[s.op].name, s.operands);
        if (s.client < v->h.clients.count)
            entry(v, v->h.clients, s.client, out);
    }
    if (s.tag != PROGRAM_NONE16) {
        fputs(", tag", out);
        entry(v, v->h.tags, s.tag, out);
    }
    if (s.slot != PROGRAM_NONE16)
        fprintf(out, ", to slot %u", s.slot);
    if (s.name != PROGRAM_NONE && s.kind == SITE_REQUEST)
        entry(v, v->h.names, s.name, out);
    else if (s.name != PROGRAM_NONE)
        text(v, s.name, out);
    fprintf(out, "%s%s", s.flags & SITE_POINT ? ", point" : "",
            s.flags & SITE_IN_TODO ? ", todo" : "");
}

/* Instructions that move values. Answers whether this is one. */
static bool values(const struct view *v, const struct program_insn *i, FILE *out)
{
    uint64_t number;
    switch ((int)i->op) {
    case PROG_PUSH:
        fprintf(out, " 0x%x", i->c);
        break;
    case PROG_CONST:
        memcpy(&number, v->image + v->h.numbers.offset + i->c * sizeof(number), sizeof(number));
        fprintf(out, " 0x%llx", (unsigned long long)number);
        break;
    case PROG_STRING:
        text(v, i->c, out);
        break;
    case PROG_CLIENT:
    case PROG_NUMBER:
        entry(v, v->h.clients, i->c, out);
        break;
    case PROG_TAG:
        entry(v, v->h.tags, i->c, out);
        break;
    case PROG_LOAD:
    case PROG_LOADX:
    case PROG_STORE:
        fprintf(out, " slot %u", i->c);
        break;
    case PROG_UNBIND:
        fprintf(out, " slots %u, %u of them", i->c, i->b);
        break;
    case PROG_ONE:
        fprintf(out, " %s", unary_name[i->a % UNARY_OPS]);
        break;
    case PROG_TWO:
        fprintf(out, " %s", binary_name[i->a % BINARY_OPS]);
        break;
    case PROG_STAT:
        fprintf(out, " %s", op_counter_name(i->c));
        break;
    default:
        return false;
    }
    return true;
}

static void operands(const struct view *v, uint32_t pc, const struct program_insn *i, FILE *out)
{
    if (values(v, i, out))
        return;
    switch ((int)i->op) {
    case PROG_JUMP:
    case PROG_JZ:
        fprintf(out, " to %u", pc + i->c);
        break;
    case PROG_REPEAT:
    case PROG_NEXT:
        fprintf(out, " slot %u, to %u", i->b, pc + i->c);
        break;
    case PROG_LANE:
        entry(v, v->h.clients, i->b, out);
        fprintf(out, " at %u, %u steps", pc + i->c, i->a);
        break;
    case PROG_BARRIER:
        fprintf(out, " %u of %u lanes", i->c, i->a);
        break;
    case PROG_EXPECT:
        fprintf(out, " %s flags %u, 0x%x", out_name[i->a % OUT_KINDS], i->b, i->c);
        if (i->a == OUT_ERROR)
            fprintf(out, " %s", op_status_name((int32_t)i->c));
        break;
    case PROG_GROUP:
    case PROG_ENDGROUP:
    case PROG_NEEDS:
    case PROG_SKIP:
    case PROG_TODO:
    case PROG_NOTE:
    case PROG_DUMP:
    case PROG_SETTLE:
    case PROG_REQUEST:
    case PROG_AWAIT:
    case PROG_BLOCKED:
        site(v, i->c, out);
        break;
    default:
        fprintf(out, " a=%u b=%u c=%u", i->a, i->b, i->c);
        break;
    }
}

int dump_program(const uint8_t *image, size_t bytes, FILE *out)
{
    struct view v = { .image = image };
    const char *wrong = verify_program(image, bytes);
    if (wrong) {
        fprintf(out, "not a program: %s\n", wrong);
        return -1;
    }
    memcpy(&v.h, image, sizeof(v.h));
    fprintf(out, "%u bytes, seed 0x%llx, timeout %llu us, %u slots, stack %u, %u points\n",
            v.h.bytes, (unsigned long long)v.h.seed, (unsigned long long)v.h.timeout_us,
            v.h.slots, v.h.stack, v.h.points);
    for (uint32_t pc = 0; pc < v.h.code.count; pc++) {
        struct program_insn i;
        memcpy(&i, v.image + v.h.code.offset + pc * sizeof(i), sizeof(i));
        fprintf(out, "%5u  %s", pc, op_name[i.op]);
        operands(&v, pc, &i, out);
        fputc('\n', out);
    }
    return 0;
}
