/* Requests: the operation, its operands by their letters, and what is expected. */
#include "parse.h"
#include "abi/fault.h"
#include "ops.h"
#include <string.h>

uint64_t parse_prop(struct parser *p)
{
    uint64_t prop = 0, cache = 0;
    const struct token *t = parse_peek(p);
    if (t->kind != TOKEN_IDENT || !op_prop(t->text, &prop)) {
        parse_expected(p, "a property", "properties are r, rw, rx, rwx and noaccess");
        return 0;
    }
    parse_take(p);
    if (!parse_mark(p, ','))
        return prop;
    t = parse_peek(p);
    if (t->kind != TOKEN_IDENT || !op_cache(t->text, &cache))
        parse_expected(p, "a cache kind", "cache kinds are wb, wt, wc and uc");
    else
        parse_take(p);
    return prop | cache;
}

static uint64_t type(struct parser *p)
{
    uint64_t bytes = 0;
    const struct token *t = parse_peek(p);
    if (t->kind != TOKEN_IDENT || !op_type(t->text, &bytes))
        parse_expected(p, "a type", "types are u8, u16, u32 and u64");
    else
        parse_take(p);
    return bytes;
}

/* MAP, READ or [MAP, READ] or MAP READ */
static uint64_t rights(struct parser *p)
{
    uint64_t sum = 0, right;
    bool bracket = parse_mark(p, '[');
    const struct token *t = parse_peek(p);
    do {
        t = parse_peek(p);
        if (t->kind != TOKEN_IDENT || !op_right(t->text, &right)) {
            parse_expected(p, "a right", "rights are MAP, READ, WRITE and GRANT");
            return sum;
        }
        parse_take(p);
        sum |= right;
        parse_mark(p, ',');
        t = parse_peek(p);
    } while (t->kind == TOKEN_IDENT && op_right(t->text, &right));
    if (bracket)
        parse_need_mark(p, ']', "']'", "close the list of rights");
    return sum;
}

static void range(struct parser *p, struct operand *o)
{
    o->first = parse_range(p, &o->second, &o->length);
    if (!p->bad && !o->second)
        parse_expected(p, "a range", "a range is written START for LENGTH, or START..END");
}

static void client(struct parser *p, struct operand *o)
{
    o->text = parse_need_ident(p, "a client", "name a client of this script")->text;
}

static void string(struct parser *p, struct operand *o)
{
    const struct token *t = parse_peek(p);
    if (t->kind != TOKEN_STRING)
        parse_expected(p, "a string or a list of bytes", "write \"bytes\" or [1, 2, 3]");
    else
        o->text = parse_take(p)->text;
}

static void list(struct parser *p, struct operand *o, uint32_t most)
{
    if (parse_need_mark(p, '[', "a list", "a list is written [1, 2, 3]"))
        o->list = parse_exprs(p, ']', most, &o->count);
}

static void optional(struct parser *p, struct operand *o)
{
    if (o->letter == 'y') {
        o->absent = !parse_word(p, "from");
        if (!o->absent)
            client(p, o);
        return;
    }
    o->absent = !parse_word(p, o->letter == 'x' ? "x" : "fill");
    if (!o->absent)
        o->first = parse_expr(p);
}

static void operand(struct parser *p, struct request *r, char letter, char next)
{
    struct operand *o = &r->operand[r->operands++];
    o->letter = letter;
    o->at = parse_peek(p)->at;
    if (letter == 'n') {
        o->first = parse_expr(p);
    } else if (letter == 'p') {
        o->value = parse_prop(p);
    } else if (letter == 't') {
        o->value = type(p);
    } else if (letter == 'i') {
        o->value = rights(p);
    } else if (letter == 'R' || letter == 'W') {
        range(p, o);
    } else if (letter == 'A') {
        o->absent = parse_word(p, "all");
        if (!o->absent)
            range(p, o);
    } else if (letter == 'K' && parse_word(p, "none")) {
        o->absent = true;
    } else if (letter == 'k' || letter == 'K') {
        client(p, o);
    } else if (letter == 'S') {
        string(p, o);
    } else if (letter == 'L') {
        list(p, o, r->op == SCRIPT_RAW ? PROGRAM_RAW_WORDS : PROGRAM_LIST_MAX);
    } else if (strchr("xly", letter)) {
        optional(p, o);
    } else if (letter == 'o' && parse_word(p, "none")) {
        o->absent = true;
    } else {
        o->first = parse_handle(p, next == 'S' || next == 'L');
    }
    o->at = parse_since(p, o->at);
}

/* touch: the access decides the form. */
static void touch(struct parser *p, struct request *r)
{
    operand(p, r, 'n', 0);
    if (parse_word(p, "r")) {
        operand(p, r, 't', 0);
    } else if (parse_word(p, "w")) {
        r->op = SCRIPT_TOUCH_W;
        operand(p, r, 't', 0);
        operand(p, r, 'n', 0);
    } else if (parse_word(p, "x")) {
        r->op = SCRIPT_TOUCH_X;
    } else {
        parse_expected(p, "r, w or x",
                       "write touch ADDRESS r u8, touch ADDRESS w u8 VALUE or touch ADDRESS x");
    }
}

static void operands(struct parser *p, struct request *r)
{
    if (r->op == SCRIPT_TOUCH_R) {
        touch(p, r);
        return;
    }
    for (const char *letter = op_info[r->op].operands; *letter && !p->bad; letter++) {
        if (*letter == '>') {
            if (!parse_word(p, "to"))
                parse_expected(p, "'to'", "write grant HANDLE to CLIENT RIGHTS");
        } else if (*letter == '@') {
            if (!parse_word(p, "at"))
                parse_expected(p, "'at'", "write attach WINDOW at ADDRESS");
        } else if (*letter == '!') {
            if (!parse_word(p, "with"))
                return;
        } else if (*letter == 'S' && parse_is_mark(p, '[')) {
            r->op = SCRIPT_WRITE_LIST;
            operand(p, r, 'L', 0);
        } else if (*letter != 'M') {
            operand(p, r, *letter, letter[1]);
        }
    }
}

static enum script_op operation(struct parser *p, bool try)
{
    const struct token *t = parse_peek(p);
    enum script_op op = t->kind == TOKEN_IDENT ? op_find(t->text) : SCRIPT_OPS;
    if (op == SCRIPT_OPS) {
        if (t->kind != TOKEN_IDENT) {
            parse_expected(p, "an operation",
                           "a request begins with one, such as `map c f rw`");
            return op;
        }
        struct arena *a = &p->source->arena;
        const char *near = op_nearest(t->text);
        parse_error(p, t->at,
                    arena_printf(a, "'%.*s' is no operation", (int)t->text.n, t->text.p),
                    near ? arena_printf(a, "did you mean %s?", near)
                         : "operations are words such as space, map, query and close");
        return op;
    }
    if (try && op != SCRIPT_CURSOR && op != SCRIPT_CURSOR_MUT)
        parse_error(p, t->at, "'try' stands before cursor and cursor_mut only",
                    "other requests do not wait for locks");
    parse_take(p);
    return op;
}

struct request *parse_request(struct parser *p)
{
    struct request *r = arena_take(&p->source->arena, sizeof(*r));
    if (parse_peek(p)->kind == TOKEN_IDENT && parse_ahead(p)->kind == TOKEN_MARK &&
        parse_ahead(p)->mark == '=') {
        r->name_at = parse_peek(p)->at;
        r->name = parse_take(p)->text;
        parse_take(p);
    }
    bool try = parse_word(p, "try");
    r->at = parse_peek(p)->at;
    r->op = operation(p, try);
    if (p->bad)
        return r;
    operands(p, r);
    if (r->op == SCRIPT_CURSOR || r->op == SCRIPT_CURSOR_MUT) {
        struct operand *flags = &r->operand[r->operands++];
        *flags = (struct operand){ .letter = 'M', .at = r->at };
        flags->value =
            (r->op == SCRIPT_CURSOR_MUT ? MM_CURSOR_MUT : 0u) | (try ? MM_CURSOR_TRY : 0u);
    }
    if (parse_word(p, "async")) {
        const struct token *tag = parse_need_ident(p, "a tag", "write async TAG");
        r->tag = tag->text;
        r->tag_at = tag->at;
    }
    return r;
}

static void fault(struct parser *p, struct outcome *o)
{
    static const char *const reasons[] = { "notpresent", "protection", "reserved", "other" };
    const char *help =
        "write fault(r, notpresent): r, w or x; notpresent, protection, reserved, other";
    o->kind = OUT_FAULT;
    parse_take(p);
    parse_take(p);
    const struct token *t = parse_need_ident(p, "an access", help);
    const char *access = t->text.n == 1 ? memchr("rwx", t->text.p[0], 3) : NULL;
    if (!p->bad && !access)
        parse_error(p, t->at, "an access is r, w or x", help);
    o->access = !access || *access == 'r' ? ACCESS_R : *access == 'w' ? ACCESS_W : ACCESS_X;
    o->flags = OUT_ANY_REASON;
    if (parse_mark(p, ',')) {
        o->flags = 0;
        t = parse_need_ident(p, "a reason", help);
        for (o->reason = 0; o->reason < 4 && !slice_is(t->text, reasons[o->reason]);
             o->reason++)
            ;
        if (!p->bad && o->reason == 4)
            parse_error(p, t->at, "this is no reason of a fault", help);
    }
    parse_need_mark(p, ')', "')'", help);
}

/* E_FAULT(3), or a wrong name that looks like an error */
static void error_name(struct parser *p, struct outcome *o)
{
    const struct token *t = parse_take(p);
    o->kind = OUT_ERROR;
    if (!op_status(t->text, &o->status)) {
        struct arena *a = &p->source->arena;
        const char *near = op_nearest_status(t->text);
        parse_error(p, t->at, arena_printf(a, "'%.*s' is no error", (int)t->text.n, t->text.p),
                    near ? arena_printf(a, "did you mean %s?", near)
                         : "include/abi/status.def lists the errors");
    }
    if (parse_mark(p, '(')) {
        o->flags = OUT_COUNTED;
        o->first = parse_expr(p);
        parse_need_mark(p, ')', "')'", "a count is written E_FAULT(3)");
    }
}

/* `-> none`, `-> f[0] rw`, `-> _` */
static void what_is_there(struct parser *p, struct outcome *o)
{
    uint64_t prop;
    o->empty = !o->second;
    if (parse_word(p, "none")) {
        o->kind = OUT_HOLE;
        return;
    }
    o->kind = OUT_MAPPED;
    o->flags = OUT_ANY_PROP;
    if (parse_word(p, "_"))
        o->flags |= OUT_ANY_FRAME;
    else
        o->frame = parse_handle(p, false);
    const struct token *t = parse_peek(p);
    if (t->kind == TOKEN_IDENT && op_prop(t->text, &prop)) {
        o->prop = (uint32_t)parse_prop(p);
        o->flags &= ~(uint32_t)OUT_ANY_PROP;
    }
}

static bool opens(const struct parser *p, const char *word)
{
    const struct token *next = parse_ahead(p);
    return parse_is_word(p, word) && next->kind == TOKEN_MARK && next->mark == '(';
}

static struct outcome *outcome(struct parser *p)
{
    struct outcome *o = arena_take(&p->source->arena, sizeof(*o));
    const struct token *t = parse_peek(p);
    if (parse_word(p, "_")) {
        o->kind = OUT_ANY;
    } else if (parse_word(p, "ok")) {
        o->kind = OUT_OK;
    } else if (t->kind == TOKEN_STRING) {
        o->kind = OUT_BYTES;
        o->text = parse_take(p)->text;
    } else if (opens(p, "fault")) {
        fault(p, o);
    } else if (t->kind == TOKEN_IDENT && t->text.n > 2 && memcmp(t->text.p, "E_", 2) == 0) {
        error_name(p, o);
    } else {
        if (parse_word(p, "none")) {
            o->kind = OUT_NOTHING;
        } else {
            o->first = parse_range(p, &o->second, &o->length);
            o->kind = o->second ? OUT_RANGE : OUT_NUMBER;
        }
        if (parse_mark(p, MARK2('-', '>')))
            what_is_there(p, o);
    }
    o->at = parse_since(p, t->at);
    return o;
}

struct outcome *parse_expect(struct parser *p)
{
    struct outcome *first = NULL, **last = &first;
    uint32_t count = 0;
    do {
        struct outcome *o = outcome(p);
        if (++count > PROGRAM_EXPECTS_MAX) {
            parse_error(p, o->at, "too many outcomes", "a statement takes at most 16");
            break;
        }
        *last = o;
        last = &o->next;
    } while (parse_word(p, "or"));
    return first;
}
