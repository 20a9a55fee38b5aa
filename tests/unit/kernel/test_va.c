/* Address arithmetic against sums that cannot overflow. */
#include <criterion/criterion.h>

#include "base/va.h"

/* Wider than any sum here; __int128 is an extension that -Wpedantic would name. */
__extension__ typedef unsigned __int128 wide_t;

static wide_t power_of_512(uint32_t level)
{
    wide_t size = 4096;

    for (uint32_t l = 1; l < level; l++)
        size *= 512;
    return size;
}

/* Addresses where arithmetic goes wrong: around each power of two and slot edge. */
static uint64_t edge(uint32_t n)
{
    uint64_t base = n % 64 == 0 ? 0 : 1ull << (n % 64);

    switch (n / 64 % 7) {
    case 0:
        return base;
    case 1:
        return base - 1;
    case 2:
        return base + 1;
    case 3:
        return base - 4096;
    case 4:
        return base + 4096;
    case 5:
        return ~base;
    default:
        return base * 0x9e3779b97f4a7c15u;
    }
}

enum { EDGES = 64 * 7 };

Test(va, sizes_are_powers_of_512_and_other_levels_have_none)
{
    for (uint32_t level = 1; level <= 5; level++)
        cr_assert(va_page_size(level) == power_of_512(level));
    cr_assert_eq(va_page_size(0), 0u);
    cr_assert_eq(va_page_size(6), 0u);
    cr_assert_eq(va_index(~0ull, 0), 0u);
    cr_assert_eq(va_index(~0ull, 5), 0u);
    cr_assert_eq(va_offset(~0ull, 6), 0u);
}

Test(va, index_offset_and_slot_agree_with_wide_division)
{
    for (uint32_t n = 0; n < EDGES; n++) {
        uint64_t va = edge(n);

        for (uint32_t level = 1; level <= 5; level++) {
            wide_t size = power_of_512(level);
            wide_t down = (wide_t)va / size * size;

            if (level < 5)
                cr_assert(va_index(va, level) == (wide_t)va / size % 512);
            cr_assert(va_offset(va, level) == va - down);
            cr_assert(va_align_down(va, level) == down);
            cr_assert(va_is_aligned(va, level) == (down == va));
            cr_assert(va_rest(va, level) == down + size - va);
            if (va < USER_END)
                cr_assert(va_next(va, level) == down + size);
        }
    }
}

Test(va, fits_never_wraps)
{
    for (uint32_t a = 0; a < EDGES; a++) {
        for (uint32_t b = 0; b < EDGES; b++) {
            wide_t sum = (wide_t)edge(a) + edge(b);

            cr_assert(va_fits(edge(a), edge(b), USER_END) == (sum <= USER_END));
            cr_assert(va_fits(edge(a), edge(b), ~0ull) == (sum <= ~0ull));
            cr_assert(va_range_is_user(edge(a), edge(b)) ==
                      (edge(a) < edge(b) && edge(b) <= USER_END));
        }
    }
}

Test(va, the_covering_level_is_the_lowest_that_covers)
{
    for (uint32_t a = 0; a < EDGES; a++) {
        for (uint32_t b = 0; b < EDGES; b++) {
            uint64_t start = edge(a), end = edge(b);
            uint32_t level = 1;

            if (!va_range_is_user(start, end))
                continue;
            while (start / power_of_512(level + 1) != (end - 1) / power_of_512(level + 1))
                level++;
            cr_assert_eq(va_cover_level(start, end), level);
        }
    }
}
