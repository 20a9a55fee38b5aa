/* The memory and string functions against the host's, over every small size and offset. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "min_libc.h"

enum { SIZES = 40, OFFSETS = 9, ROOM = 128 };

static void number(uint8_t *to)
{
    for (int i = 0; i < ROOM; i++)
        to[i] = (uint8_t)(i * 7 + 1);
}

Test(string, memcpy_copies_exactly_what_it_shall)
{
    for (size_t size = 0; size < SIZES; size++)
        for (size_t to = 0; to < OFFSETS; to++)
            for (size_t from = 0; from < OFFSETS; from++) {
                uint8_t source[ROOM], a[ROOM] = { 0 }, b[ROOM] = { 0 };

                number(source);
                cr_assert(min_memcpy(a + to, source + from, size) == a + to);
                memcpy(b + to, source + from, size);
                cr_assert(memcmp(a, b, ROOM) == 0, "size %zu to %zu from %zu", size, to, from);
            }
}

Test(string, memmove_is_right_for_every_overlap)
{
    for (size_t size = 0; size < SIZES; size++)
        for (size_t to = 0; to < SIZES; to++)
            for (size_t from = 0; from < SIZES; from++) {
                uint8_t a[ROOM], b[ROOM];

                number(a);
                number(b);
                cr_assert(min_memmove(a + to, a + from, size) == a + to);
                memmove(b + to, b + from, size);
                cr_assert(memcmp(a, b, ROOM) == 0, "size %zu to %zu from %zu", size, to, from);
            }
}

Test(string, memset_writes_only_the_low_byte_and_only_there)
{
    static const int values[] = { 0, 1, 0xff, 0x1a5, -1 };

    for (size_t v = 0; v < sizeof values / sizeof values[0]; v++)
        for (size_t size = 0; size < SIZES; size++)
            for (size_t to = 0; to < OFFSETS; to++) {
                uint8_t a[ROOM], b[ROOM];

                number(a);
                number(b);
                cr_assert(min_memset(a + to, values[v], size) == a + to);
                memset(b + to, values[v], size);
                cr_assert(memcmp(a, b, ROOM) == 0, "value %d size %zu", values[v], size);
            }
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

Test(string, memcmp_orders_by_the_first_difference_as_unsigned_bytes)
{
    static const uint8_t pool[] = { 0, 1, 0x7f, 0x80, 0xff };

    for (unsigned n = 0; n < 5 * 5 * 5 * 5; n++) {
        uint8_t a[2] = { pool[n % 5], pool[n / 5 % 5] };
        uint8_t b[2] = { pool[n / 25 % 5], pool[n / 125 % 5] };

        for (size_t size = 0; size <= 2; size++)
            cr_assert(sign(min_memcmp(a, b, size)) == sign(memcmp(a, b, size)));
    }
}

Test(string, comparisons_and_lengths_agree_with_the_host)
{
    static const char *const text[] = { "",  "a",   "b",    "ab",   "abc",       "abd",
                                        "A", "ab ", "\xff", "\x80", "abcdefghij" };
    const size_t count = sizeof text / sizeof text[0];

    for (size_t i = 0; i < count; i++) {
        cr_assert(min_strlen(text[i]) == strlen(text[i]));
        for (size_t most = 0; most < 13; most++)
            cr_assert(min_strnlen(text[i], most) == strnlen(text[i], most));
        for (size_t j = 0; j < count; j++) {
            cr_assert(sign(min_strcmp(text[i], text[j])) == sign(strcmp(text[i], text[j])));
            for (size_t most = 0; most < 13; most++)
                cr_assert(sign(min_strncmp(text[i], text[j], most)) ==
                          sign(strncmp(text[i], text[j], most)));
        }
    }
}

Test(string, strnlen_and_strncmp_read_nothing_behind_their_limit)
{
    char *unterminated = malloc(4);

    memcpy(unterminated, "abcd", 4);
    cr_assert(min_strnlen(unterminated, 4) == 4);
    cr_assert(min_strncmp(unterminated, "abcdef", 4) == 0);
    free(unterminated);
}
