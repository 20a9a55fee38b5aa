/* Multiboot2 information: the good, the damaged and the hostile. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/boot_info.h"
#include "random.h"

enum { ROOM = 8192, RAM = 1, RESERVED = 2 };

static uint8_t bytes[ROOM] __attribute__((aligned(8)));
static uint32_t used;
static uint32_t memory_tag; /* where its size stands */
static struct boot_info out;

static void put32(uint32_t v)
{
    memcpy(bytes + used, &v, 4);
    used += 4;
}

static void put64(uint64_t v)
{
    memcpy(bytes + used, &v, 8);
    used += 8;
}

static void align(void)
{
    used = (used + 7) / 8 * 8;
}

static void begin(void)
{
    memset(bytes, 0, sizeof bytes);
    used = 8;
}

/* A tag of text behind `words` words that are there already; its size is set at the end. */
static void put_text(uint32_t tag, const char *text)
{
    uint32_t size;

    memcpy(bytes + used, text, strlen(text) + 1);
    used += (uint32_t)strlen(text) + 1;
    size = used - tag;
    memcpy(bytes + tag + 4, &size, 4);
    align();
}

static void put_module(uint32_t start, uint32_t end, const char *name)
{
    uint32_t tag = used;

    put32(3);
    put32(0);
    put32(start);
    put32(end);
    put_text(tag, name);
}

static void put_line(const char *text)
{
    uint32_t tag = used;

    put32(1);
    put32(0);
    put_text(tag, text);
}

static void begin_memory(void)
{
    memory_tag = used;
    put32(6);
    put32(16);
    put32(24);
    put32(0);
}

static void put_memory(uint64_t base, uint64_t length, uint32_t type)
{
    uint32_t size;

    put64(base);
    put64(length);
    put32(type);
    put32(0);
    size = used - memory_tag;
    memcpy(bytes + memory_tag + 4, &size, 4);
}

static void end(void)
{
    put32(0);
    put32(8);
    memcpy(bytes, &used, 4);
}

static status_t parse(void)
{
    uint8_t *copy = malloc(used); /* of the exact size, so that reads behind it are seen */
    status_t status;

    memcpy(copy, bytes, used);
    status = boot_info_parse(copy, used, &out);
    free(copy);
    return status;
}

static void one_range(void)
{
    begin_memory();
    put_memory(0x100000, 0x1000000, RAM);
}

static void is_range(uint32_t i, uint64_t start, uint64_t stop)
{
    cr_assert(i < out.ram.count);
    cr_assert(out.ram.range[i].start == start && out.ram.range[i].end == stop,
              "range %u: %lx to %lx", i, out.ram.range[i].start, out.ram.range[i].end);
}

TestSuite(boot_info, .init = begin);

Test(boot_info, what_a_loader_says_is_told)
{
    put_line("plain backend=qemu");
    put_module(0x200000, 0x201234, "mm");
    put_module(0x202000, 0x203000, "init");
    begin_memory();
    put_memory(0, 0x9fc00, RAM);
    put_memory(0x9fc00, 0x400, RESERVED);
    put_memory(0x100000, 0x7ee0000, RAM);
    put_memory(0x100000000, 0x40000000, RAM);
    end();
    cr_assert(parse() == OK);
    cr_assert_str_eq(out.command_line, "plain backend=qemu");
    cr_assert(out.modules == 2);
    cr_assert_str_eq(out.module[0].name, "mm");
    cr_assert(out.module[0].first == 0x200 && out.module[0].bytes == 0x1234);
    cr_assert(out.module[0].frames == 2);
    cr_assert_str_eq(out.module[1].name, "init");
    cr_assert(out.ram.count == 3);
    is_range(0, 0, 0x9f000);
    is_range(1, 0x100000, 0x7fe0000);
    is_range(2, 0x100000000, 0x140000000);
}

Test(boot_info, ranges_are_sorted_and_those_that_touch_or_overlap_become_one)
{
    begin_memory();
    put_memory(0x500000, 0x100000, RAM);
    put_memory(0x100000, 0x100000, RAM);
    put_memory(0x200000, 0x100000, RAM); /* touches */
    put_memory(0x480000, 0x100000, RAM); /* overlaps */
    put_memory(0x510000, 0x1000, RAM);   /* inside */
    put_memory(0x900000, 0x1000, RAM);
    put_memory(0x800000, 0x1000, RAM);
    put_memory(0x700000, 0x300000, RAM); /* covers two */
    end();
    cr_assert(parse() == OK);
    cr_assert(out.ram.count == 3);
    is_range(0, 0x100000, 0x300000);
    is_range(1, 0x480000, 0x600000);
    is_range(2, 0x700000, 0xa00000);
}

Test(boot_info, only_whole_pages_count)
{
    begin_memory();
    put_memory(0x100001, 0x2ffe, RAM); /* one byte short at both ends */
    put_memory(0x200800, 0x800, RAM);  /* less than a page */
    put_memory(0x300000, 0, RAM);
    put_memory(0x400001, 0xfff, RAM);
    end();
    cr_assert(parse() == OK);
    cr_assert(out.ram.count == 1);
    is_range(0, 0x101000, 0x102000);
}

Test(boot_info, a_range_that_wraps_around_ends_where_addresses_end)
{
    begin_memory();
    put_memory(0xfffffffffffff000, 0x2000, RAM);
    put_memory(0xffffffffffff0000, UINT64_MAX, RAM);
    put_memory(UINT64_MAX, UINT64_MAX, RAM);
    end();
    cr_assert(parse() == OK);
    cr_assert(out.ram.count == 1);
    is_range(0, 0xffffffffffff0000, 0xfffffffffffff000);
}

Test(boot_info, no_memory_at_all_is_refused)
{
    put_line("x");
    end();
    cr_assert(parse() == E_INVAL);
    begin();
    begin_memory();
    put_memory(0x100000, 0x100000, RESERVED);
    end();
    cr_assert(parse() == E_INVAL);
}

Test(boot_info, more_ranges_than_there_is_room_for_are_refused)
{
    begin_memory();
    for (uint32_t i = 0; i < BOOT_RANGES_MAX; i++)
        put_memory(0x100000 + i * 0x2000, 0x1000, RAM);
    end();
    cr_assert(parse() == OK);
    cr_assert(out.ram.count == BOOT_RANGES_MAX);
    used -= 8;
    put_memory(0x10000000, 0x1000, RAM);
    end();
    cr_assert(parse() == E_INVAL);
}

Test(boot_info, more_modules_than_there_is_room_for_are_refused)
{
    one_range();
    for (uint32_t i = 0; i < BOOT_MODULES_MAX; i++)
        put_module(0x200000 + i * 0x1000, 0x200800 + i * 0x1000, "m");
    end();
    cr_assert(parse() == OK);
    cr_assert(out.modules == BOOT_MODULES_MAX);
    used -= 8;
    put_module(0x900000, 0x901000, "m");
    end();
    cr_assert(parse() == E_INVAL);
}

static status_t with_module(uint32_t start, uint32_t stop)
{
    begin();
    one_range();
    put_module(0x200000, 0x201800, "a");
    put_module(start, stop, "b");
    end();
    return parse();
}

Test(boot_info, reversed_unaligned_and_overlapping_modules_are_refused)
{
    cr_assert(with_module(0x202000, 0x203000) == OK);
    cr_assert(with_module(0x203000, 0x202000) == E_INVAL);
    cr_assert(with_module(0x202010, 0x203000) == E_INVAL);
    cr_assert(with_module(0x201000, 0x202000) == E_INVAL);
    cr_assert(with_module(0x1ff000, 0x200001) == E_INVAL);
    cr_assert(with_module(0x1ff000, 0x300000) == E_INVAL);
    cr_assert(with_module(0x200000, 0x201800) == E_INVAL);
}

Test(boot_info, a_module_that_is_not_in_ram_is_refused)
{
    cr_assert(with_module(0x10ff000, 0x1100000) == OK); /* the last page there is */
    cr_assert(with_module(0x10ff000, 0x1100001) == E_INVAL);
    cr_assert(with_module(0x1100000, 0x1100000) == OK); /* empty: it needs none */
    cr_assert(with_module(0x1100000, 0x1100001) == E_INVAL);
    cr_assert(with_module(0xff000, 0x101000) == E_INVAL);
    cr_assert(with_module(0xfffff000, 0xffffffff) == E_INVAL);
}

Test(boot_info, what_is_reserved_is_no_ram_wherever_the_map_says_so)
{
    begin_memory();
    put_memory(0x102800, 0x1000, RESERVED); /* meets two pages, before its RAM is named */
    put_memory(0x100000, 0x100000, RAM);
    put_memory(0x1ff000, 0x2000, 5);   /* any type but RAM; over the end */
    put_memory(0x180000, 0, RESERVED); /* nothing */
    put_memory(0x180001, 1, 0);        /* one byte takes its page */
    put_memory(0x500000, 0x1000, RAM);
    put_memory(0x4ff000, 0x5000, RESERVED); /* over all of it */
    put_memory(0x900000, 0x2000, RAM);
    put_memory(0x902000, 0x1000, RESERVED); /* only touches */
    end();
    cr_assert(parse() == OK);
    cr_assert(out.ram.count == 4);
    is_range(0, 0x100000, 0x102000);
    is_range(1, 0x104000, 0x180000);
    is_range(2, 0x181000, 0x1ff000);
    is_range(3, 0x900000, 0x902000);
}

Test(boot_info, what_meets_a_removed_range_in_part_goes_as_well)
{
    struct boot_ranges r = { .count = 1, .range = { { 0x100000, 0x200000 } } };

    cr_assert(boot_ranges_remove(&r, 0x101fff, 0x102001) == OK);
    cr_assert(boot_ranges_remove(&r, 0x180000, 0x180000) == OK); /* empty: nothing goes */
    cr_assert(boot_ranges_remove(&r, 0x1fffff, UINT64_MAX) == OK);
    cr_assert(r.count == 2);
    cr_assert(r.range[0].start == 0x100000 && r.range[0].end == 0x101000);
    cr_assert(r.range[1].start == 0x103000 && r.range[1].end == 0x1ff000);
}

Test(boot_info, a_second_map_takes_away_from_the_first)
{
    begin_memory();
    put_memory(0x100000, 0x100000, RAM);
    begin_memory();
    put_memory(0x1f0000, UINT64_MAX, RESERVED); /* wraps */
    end();
    cr_assert(parse() == OK);
    cr_assert(out.ram.count == 1);
    is_range(0, 0x100000, 0x1f0000);
}

Test(boot_info, a_map_that_takes_all_its_ram_back_is_refused)
{
    begin_memory();
    put_memory(0x100000, 0x100000, RAM);
    put_memory(0, 0xfffffffff0000000, RESERVED);
    end();
    cr_assert(parse() == E_INVAL);
}

Test(boot_info, a_module_may_not_stand_in_what_is_reserved)
{
    begin();
    one_range();
    put_memory(0x201fff, 1, RESERVED);
    put_module(0x200000, 0x201001, "mm"); /* its last page, though not its last byte */
    end();
    cr_assert(parse() == E_INVAL);
}

Test(boot_info, more_holes_than_there_is_room_for_are_refused)
{
    begin_memory();
    put_memory(0x100000, 0x1000000, RAM);
    for (uint32_t i = 0; i < BOOT_RANGES_MAX - 1; i++)
        put_memory(0x101000 + i * 0x2000, 0x1000, RESERVED);
    end();
    cr_assert(parse() == OK);
    cr_assert(out.ram.count == BOOT_RANGES_MAX);
    used -= 8;
    put_memory(0x800000, 0x1000, RESERVED);
    end();
    cr_assert(parse() == E_INVAL);
}

Test(boot_info, long_texts_are_cut_and_always_ended)
{
    char text[400];

    memset(text, 'n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    one_range();
    put_line(text);
    put_module(0x200000, 0x201000, text);
    end();
    cr_assert(parse() == OK);
    cr_assert(strlen(out.command_line) == BOOT_LINE_MAX - 1);
    cr_assert(strlen(out.module[0].name) == BOOT_NAME_MAX - 1);
}

Test(boot_info, a_text_without_an_end_stops_at_its_tag)
{
    one_range();
    put_module(0x200000, 0x201000, "abcdefg"); /* 16 + 8 bytes: the NUL is the last one */
    end();
    bytes[used - 9] = 'h';
    cr_assert(parse() == OK);
    cr_assert_str_eq(out.module[0].name, "abcdefgh");
}

Test(boot_info, a_missing_end_is_refused)
{
    one_range();
    memcpy(bytes, &used, 4);
    cr_assert(parse() == E_INVAL);
}

Test(boot_info, every_cut_of_the_information_is_refused)
{
    uint32_t whole;

    put_line("a line");
    put_module(0x200000, 0x201000, "mm");
    one_range();
    end();
    whole = used;
    for (used = 0; used < whole; used++) {
        cr_assert(parse() == E_INVAL, "%u bytes", used);
        if (used >= 4)
            memcpy(bytes, &used, 4); /* and when it says so itself */
        cr_assert(parse() == E_INVAL, "%u bytes", used);
        memcpy(bytes, &whole, 4);
    }
    cr_assert(parse() == OK);
}

Test(boot_info, tag_sizes_that_cannot_be_are_refused)
{
    static const uint32_t sizes[] = {
        0, 1, 7, 15, 0x10000, 0x7fffffff, 0xfffffff8, UINT32_MAX
    };

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        begin();
        one_range();
        end();
        memcpy(bytes + memory_tag + 4, &sizes[i], 4);
        cr_assert(parse() == E_INVAL, "size %x", sizes[i]);
    }
}

Test(boot_info, memory_entries_too_small_are_refused_and_larger_ones_read)
{
    static const uint32_t bad[] = { 0, 8, 16, 23, 25, UINT32_MAX };
    uint32_t larger = 48;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        begin();
        one_range();
        end();
        memcpy(bytes + memory_tag + 8, &bad[i], 4);
        cr_assert(parse() == E_INVAL, "entries of %u bytes", bad[i]);
    }
    begin();
    one_range();
    put_memory(0, 0, 0); /* the other half of the first entry */
    put_memory(0x5000000, 0x1000, RAM);
    end();
    memcpy(bytes + memory_tag + 8, &larger, 4);
    cr_assert(parse() == OK);
    cr_assert(out.ram.count == 2);
}

static bool is_inside_ram(uint64_t start, uint64_t stop)
{
    for (uint32_t i = 0; i < out.ram.count; i++)
        if (out.ram.range[i].start <= start && stop <= out.ram.range[i].end)
            return true;
    return false;
}

/* What the kernel relies on. */
static void check_promises(void)
{
    cr_assert(out.ram.count >= 1 && out.ram.count <= BOOT_RANGES_MAX);
    cr_assert(out.modules <= BOOT_MODULES_MAX);
    for (uint32_t i = 0; i < out.ram.count; i++) {
        cr_assert(out.ram.range[i].start < out.ram.range[i].end);
        cr_assert(out.ram.range[i].start % PAGE_BYTES == 0 &&
                  out.ram.range[i].end % PAGE_BYTES == 0);
        cr_assert(i == 0 || out.ram.range[i - 1].end < out.ram.range[i].start);
    }
    for (uint32_t i = 0; i < out.modules; i++) {
        const struct boot_module *m = &out.module[i];
        uint64_t start = (uint64_t)m->first * PAGE_BYTES, room = m->frames * PAGE_BYTES;

        cr_assert(m->bytes <= room && room - m->bytes < PAGE_BYTES);
        cr_assert(memchr(m->name, 0, sizeof m->name) != NULL);
        cr_assert(room == 0 || is_inside_ram(start, start + room));
        for (uint32_t j = 0; j < i; j++)
            cr_assert(m->first >= out.module[j].first + out.module[j].frames ||
                      out.module[j].first >= m->first + m->frames);
    }
    cr_assert(memchr(out.command_line, 0, sizeof out.command_line) != NULL);
}

Test(boot_info, whatever_damaged_information_says_the_promises_hold)
{
    static const uint32_t words[] = { 0, 1, 3, 6, 8, 24, 0x1000, 0x7fffffff, UINT32_MAX };
    uint64_t seed = 5;
    int accepted = 0;

    for (int round = 0; round < 50000; round++) {
        begin();
        put_line("plain");
        put_module(0x200000, 0x201000, "mm");
        put_module(0x202000, 0x203000, "init");
        one_range();
        put_memory(0x40000000, 0x1000, RAM);
        put_memory(0x300000, 0x1000, RESERVED);
        end();
        for (uint32_t n = random_below(&seed, 4); n > 0; n--) {
            uint32_t at = random_below(&seed, used);

            if (random_below(&seed, 2) == 0)
                bytes[at] = (uint8_t)random_next(&seed);
            else
                memcpy(bytes + at / 4 * 4, &words[random_below(&seed, 9)], 4);
        }
        if (parse() == OK) {
            check_promises();
            accepted++;
        }
    }
    cr_assert(accepted > 1000, "only %d were good enough to test anything", accepted);
}
