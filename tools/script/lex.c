/* Words of a script. */
#include "lex.h"
#include "abi/program.h"
#include <string.h>

struct lexer {
    struct source *source;
    uint32_t file;
    const char *text;
    uint32_t at, end;
    struct token_list list;
    uint32_t room;
};

static char peek(const struct lexer *l, uint32_t ahead)
{
    return l->at + ahead < l->end ? l->text[l->at + ahead] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static struct place place_from(const struct lexer *l, uint32_t start)
{
    return (struct place){ l->file, start, l->at - start };
}

static struct token *push(struct lexer *l, enum token_kind kind, uint32_t start)
{
    struct token *old = l->list.token;
    if (l->list.count == l->room) {
        l->room = l->room ? l->room * 2 : 256;
        l->list.token = arena_take(&l->source->arena, l->room * sizeof(*old));
        if (l->list.count)
            memcpy(l->list.token, old, l->list.count * sizeof(*old));
    }
    struct token *t = &l->list.token[l->list.count++];
    *t = (struct token){ .kind = kind, .at = place_from(l, start) };
    t->spaced = start > 0 && strchr(" \t\r\n", l->text[start - 1]);
    return t;
}

static const struct unit {
    const char *name;
    uint64_t factor;
} units[] = { { "K", 1ull << 10 }, { "M", 1ull << 20 }, { "G", 1ull << 30 },
              { "T", 1ull << 40 }, { "p", PAGE_BYTES }, { "hp", HUGE_BYTES },
              { "ms", 1000 },      { "s", 1000000 },    { "", 1 } };

/* Digits of one base into *value. Answers whether there was a digit and no overflow. */
static bool digits(struct lexer *l, unsigned base, uint64_t *value)
{
    bool any = false, fits = true;
    *value = 0;
    for (;; l->at++) {
        char c = peek(l, 0);
        int digit = hex_value(c);
        if (c == '_' && any)
            continue;
        if (digit < 0 || (unsigned)digit >= base)
            break;
        any = true;
        uint64_t next;
        fits = !__builtin_mul_overflow(*value, (uint64_t)base, &next) &&
               !__builtin_add_overflow(next, (uint64_t)digit, value) && fits;
    }
    return any && fits;
}

static void lex_number(struct lexer *l)
{
    uint32_t start = l->at;
    unsigned base = 10;
    if (peek(l, 0) == '0' && (peek(l, 1) == 'x' || peek(l, 1) == 'b')) {
        base = peek(l, 1) == 'x' ? 16 : 2;
        l->at += 2;
    }
    uint64_t value;
    bool good = digits(l, base, &value);
    uint32_t unit = l->at;
    while (is_word(peek(l, 0)))
        l->at++;
    struct slice name = { l->text + unit, l->at - unit };
    const struct unit *found = NULL;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (slice_is(name, units[i].name))
            found = &units[i];
    struct place here = place_from(l, start);
    if (!found) {
        here.offset = unit;
        here.bytes = l->at - unit;
        source_error(l->source, here, "a number ends with an unknown unit")->help =
            "units are K M G T, p (4 KiB), hp (2 MiB), ms and s";
    } else if (!good || __builtin_mul_overflow(value, found->factor, &value)) {
        source_error(l->source, here,
                     good ? "the number does not fit into 64 bits"
                          : "this is not a number of 64 bits")
            ->help = "write decimal digits, or 0x or 0b and digits, up to 2^64 - 1";
    }
    push(l, TOKEN_NUMBER, start)->number = value;
}

/* One escape, the backslash passed. Answers the byte, or -1. */
static int escape(struct lexer *l)
{
    char c = peek(l, 0);
    if (c == 'x') {
        int high = hex_value(peek(l, 1)), low = high < 0 ? -1 : hex_value(peek(l, 2));
        if (low < 0)
            return -1;
        l->at += 3;
        return high << 4 | low;
    }
    const char *known = "n\nt\t\"\"\\\\";
    for (; *known; known += 2)
        if (c == known[0]) {
            l->at++;
            return (unsigned char)known[1];
        }
    return -1;
}

static void lex_string(struct lexer *l)
{
    uint32_t start = l->at++;
    uint32_t most = 0;
    while (l->at + most < l->end && l->text[l->at + most] != '\n')
        most++;
    char *bytes = arena_take(&l->source->arena, most + 1);
    size_t n = 0;
    while (l->at < l->end && l->text[l->at] != '"' && l->text[l->at] != '\n') {
        char c = l->text[l->at++];
        if (c == '\\') {
            uint32_t here = l->at - 1;
            int value = escape(l);
            if (value < 0)
                source_error(l->source, (struct place){ l->file, here, 1 },
                             "an unknown escape in a string")
                    ->help = "strings know \\n \\t \\\" \\\\ and \\xHH";
            c = value < 0 ? '\\' : (char)value;
        }
        bytes[n++] = c;
    }
    bool closed = peek(l, 0) == '"';
    l->at += closed;
    if (!closed)
        source_error(l->source, place_from(l, start), "a string has no closing quote")->help =
            "close it with \" on the same line";
    if (n > PROGRAM_STRING_MAX) {
        source_error(l->source, place_from(l, start), "a string is longer than 1024 bytes")
            ->help = "write it in several parts";
        n = PROGRAM_STRING_MAX;
    }
    push(l, TOKEN_STRING, start)->text = (struct slice){ bytes, n };
}

static void lex_mark(struct lexer *l)
{
    static const char *const pairs[] = { "=>", "==", "!=", "<=", ">=", "<<",
                                         ">>", "&&", "||", "..", "->" };
    uint32_t start = l->at;
    char c = peek(l, 0);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (c == pairs[i][0] && peek(l, 1) == pairs[i][1]) {
            l->at += 2;
            push(l, TOKEN_MARK, start)->mark = MARK2(c, pairs[i][1]);
            return;
        }
    l->at++;
    if (c && strchr("=;:{}()[],$+-*/%&|^~!<>?", c)) {
        push(l, TOKEN_MARK, start)->mark = (unsigned char)c;
        return;
    }
    while (((unsigned char)peek(l, 0) & 0xc0) == 0x80)
        l->at++; /* the rest of one character */
    source_error(l->source, place_from(l, start), "this character has no meaning here")->help =
        "scripts are made of words, numbers, strings and the marks of C's operators";
}

/* A backslash before the end of the line joins two lines. */
static bool continues(struct lexer *l)
{
    uint32_t n = 1;
    while (peek(l, n) == ' ' || peek(l, n) == '\t' || peek(l, n) == '\r')
        n++;
    if (l->at + n < l->end && peek(l, n) != '\n')
        return false;
    l->at = l->at + n < l->end ? l->at + n + 1 : l->end;
    return true;
}

static void lex_one(struct lexer *l)
{
    uint32_t start = l->at;
    char c = peek(l, 0);
    if (c == ' ' || c == '\t' || c == '\r') {
        l->at++;
    } else if (c == '#') {
        while (l->at < l->end && l->text[l->at] != '\n')
            l->at++;
    } else if (c == '\n') {
        l->at++;
        push(l, TOKEN_NEWLINE, start)->at.bytes = 1;
    } else if (is_digit(c)) {
        lex_number(l);
    } else if (is_word(c)) {
        while (is_word(peek(l, 0)))
            l->at++;
        push(l, TOKEN_IDENT, start)->text = (struct slice){ l->text + start, l->at - start };
    } else if (c == '"') {
        lex_string(l);
    } else if (c != '\\' || !continues(l)) {
        lex_mark(l);
    }
}

struct token_list lex_file(struct source *s, uint32_t file)
{
    struct lexer l = {
        .source = s, .file = file, .text = s->file[file].text, .end = s->file[file].bytes
    };
    if (l.end >= 3 && memcmp(l.text, "\xef\xbb\xbf", 3) == 0)
        l.at = 3; /* a byte order mark */
    while (l.at < l.end)
        lex_one(&l);
    push(&l, TOKEN_EOF, l.end);
    return l.list;
}
