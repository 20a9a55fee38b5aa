/* Formatting against the host's C library: the same text, the same length, for any room. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "min_libc.h"
#include "random.h"

enum { ROOM = 160 };

/* The formats are made at run time, which is what these tests are about. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"

#define SAME(room, format, ...)                                                                \
    do {                                                                                       \
        char ours[ROOM], theirs[ROOM];                                                         \
        memset(ours, 'x', ROOM);                                                               \
        memset(theirs, 'x', ROOM);                                                             \
        int n = min_snprintf(ours, room, format, __VA_ARGS__);                                 \
        int m = snprintf(theirs, room, format, __VA_ARGS__);                                   \
        cr_assert(n == m, "length of \"%s\": %d, not %d", format, n, m);                       \
        cr_assert(memcmp(ours, theirs, ROOM) == 0, "\"%s\" room %zu: \"%s\", not \"%s\"",      \
                  format, (size_t)(room), ours, theirs);                                       \
    } while (0)

static const int64_t numbers[] = { 0,        1,         -1,        9,       10,
                                   255,      4096,      INT_MAX,   INT_MIN, 0x80000000,
                                   UINT_MAX, INT64_MAX, INT64_MIN, -4096,   1234567890123 };
static const char *const strings[] = { "", "a", "frame", "a longer text with spaces" };

enum {
    NUMBERS = sizeof numbers / sizeof numbers[0],
    STRINGS = sizeof strings / sizeof strings[0]
};

/* A random combination of flags that C defines for the conversion, and perhaps a width. */
static void make_spec(char *to, uint64_t *seed, const char *flags, const char *tail)
{
    uint32_t width = random_below(seed, 3) == 0 ? 0 : random_below(seed, 30) + 1;

    *to++ = '%';
    for (; *flags != '\0'; flags++)
        if (random_below(seed, 3) == 0)
            *to++ = *flags;
    if (width > 0)
        to += sprintf(to, "%u", width);
    strcpy(to, tail);
}

Test(fmt, numbers_of_every_size_agree_with_the_host)
{
    static const char *const narrow[] = { "d", "i", "u", "x", "X" };
    static const char *const wide[] = {
        "ld", "lu", "lx", "lld", "llu", "llx", "zu", "zx", "lX"
    };
    uint64_t seed = 1;

    for (int round = 0; round < 20000; round++) {
        int64_t v = numbers[random_below(&seed, NUMBERS)];
        char format[40] = "[";
        const char *tail = narrow[random_below(&seed, 5)];

        make_spec(format + 1, &seed, strchr("xX", tail[0]) != NULL ? "-0#" : "-0", tail);
        strcat(format, "]");
        SAME(ROOM, format, (int)v);

        tail = wide[random_below(&seed, 9)];
        make_spec(format + 1, &seed, strpbrk(tail, "xX") != NULL ? "-0#" : "-0", tail);
        strcat(format, "]");
        SAME(ROOM, format, v);
    }
}

Test(fmt, texts_characters_and_pointers_agree_with_the_host)
{
    uint64_t seed = 2;

    for (int round = 0; round < 5000; round++) {
        const char *text = strings[random_below(&seed, STRINGS)];
        uint32_t number = random_next(&seed);
        char format[40], tail[16];

        make_spec(format, &seed, "-", "s");
        SAME(ROOM, format, text);
        sprintf(tail, ".%us", random_below(&seed, 30));
        make_spec(format, &seed, "-", tail);
        SAME(ROOM, format, text);
        make_spec(format, &seed, "-", "c");
        SAME(ROOM, format, (int)('a' + number % 26));
        make_spec(format, &seed, "-", "p");
        SAME(ROOM, format, (void *)(uintptr_t)(number + 1u));
    }
}

Test(fmt, a_text_is_cut_and_ended_at_every_room)
{
    for (size_t room = 0; room < 60; room++) {
        SAME(room, "%s: %d of %#lx, %-6s|%5u%%", "pages", -42, 0xdeadbeefUL, "ab", 7u);
        SAME(room, "%s", "exactly this");
    }
}

Test(fmt, several_arguments_are_taken_in_order)
{
    SAME(ROOM, "%d %ld %s %c %x %zu %u", -1, -2L, "three", '4', 5u, (size_t)6, 7u);
    SAME(ROOM, "%u %u %u %u %u %u %u %u %u", 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u);
    SAME(ROOM, "no conversion%s", "");
    SAME(ROOM, "100%%%s", "");
}

Test(fmt, an_unknown_conversion_is_copied_and_takes_no_argument)
{
    char to[ROOM];

    min_snprintf(to, ROOM, "%y %d", 5);
    cr_assert_str_eq(to, "%y 5");
    min_snprintf(to, ROOM, "end %");
    cr_assert_str_eq(to, "end %");
    min_snprintf(to, ROOM, "end %-08l");
    cr_assert_str_eq(to, "end %-08l");
}

Test(fmt, no_text_at_all_is_no_harm)
{
    char to[ROOM];

    cr_assert(min_snprintf(to, ROOM, "[%s]", (const char *)NULL) == 8);
    cr_assert_str_eq(to, "[(null)]");
}
