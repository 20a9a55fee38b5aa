/* Damaged programs: whatever the bytes are, the interpreter says so and goes on living. */
#include <criterion/criterion.h>
#include <string.h>

#include "assembler.h"
#include "clients/conductor/core/draw.h"
#include "clients/conductor/core/script.h"
#include "clients/conductor/crc.h"
#include "clients/conductor/wire.h"
#include "fake.h"

static struct assembler as;
static struct script script;

enum { MUTANTS = 4000, CHANGES_MAX = 6 };

/* One of everything, not meant to make sense. */
static size_t rich_program(void)
{
    asm_init(&as);
    as.header.timeout_us = 2000;
    for (uint32_t client = 1; client < 3; client++) {
        asm_number(&as, 0);
        asm_op(&as, PROG_DECLARE, 0, client, 0);
    }
    uint32_t group = asm_site(&as, (struct program_site){ .kind = SITE_GROUP });
    asm_op(&as, PROG_GROUP, 0, 0, group);
    for (uint32_t op = 0; op < SCRIPT_OPS; op++) {
        asm_request(&as, SCRIPT_SPACE, 0, 0, 0, -1, false);
        for (uint32_t i = 0; i < 6; i++)
            asm_op(&as, i == 0 ? PROG_LOAD : PROG_PUSH, 0, 0, i);
        asm_expect(&as, OUT_ANY);
        asm_request(&as, (enum script_op)op, (int)op % 3, 6, (int)op % 8, (int)op % 5 - 1,
                    true);
    }
    asm_number(&as, 3);
    asm_op(&as, PROG_INTERLEAVE, 2, 0, group);
    asm_op(&as, PROG_LANE, 1, 1, 3);
    asm_op(&as, PROG_LANE, 1, 2, 2);
    asm_op(&as, PROG_JUMP, 0, 0, 2);
    asm_op(&as, PROG_ENDLANE, 0, 0, 0);
    asm_op(&as, PROG_PAR, 1, 0, group);
    asm_op(&as, PROG_LANE, 0, 1, 2);
    asm_op(&as, PROG_JUMP, 0, 0, 2);
    asm_op(&as, PROG_ENDLANE, 0, 0, 0);
    for (uint32_t op = 0; op < PROG_OPS; op++) {
        asm_number(&as, op);
        asm_number(&as, 1);
        asm_op(&as, (enum program_op)op, op % 4, op % 3, op % 5);
    }
    return asm_finish(&as);
}

Test(hostile, a_file_that_is_too_short_or_of_another_kind_is_refused)
{
    size_t bytes = rich_program();

    for (size_t cut = 0; cut < bytes; cut += cut < 200 ? 1 : 97) {
        fake_reset();
        struct script_verdict v = script_run(&script, 0, "cut", as.file, cut);
        cr_assert_eq(v.verdict, VERDICT_FAIL);
        cr_assert_eq(fake_point(REC_FAIL, 0)->why, WHY_PROGRAM);
    }
    as.file[0] ^= 1;
    fake_reset();
    cr_assert_eq(script_run(&script, 0, "magic", as.file, bytes).verdict, VERDICT_FAIL);
}

Test(hostile, mutated_programs_end_with_a_verdict, .timeout = 120)
{
    static uint8_t good[sizeof as.file];
    size_t bytes = rich_program();
    uint64_t random = 20261123;

    memcpy(good, as.file, bytes);
    for (int i = 0; i < MUTANTS; i++) {
        memcpy(as.file, good, bytes);
        uint64_t changes = draw_range(&random, 1, CHANGES_MAX);
        for (uint64_t k = 0; k < changes; k++) {
            /* Mostly behind the header: a damaged one is refused at once. */
            uint64_t first = draw_range(&random, 0, 8) ? sizeof(struct program_header) : 0;
            as.file[draw_range(&random, first, bytes)] = (uint8_t)draw_next(&random);
        }
        struct program_header *header = (void *)as.file;
        if (header->timeout_us > 2000)
            header->timeout_us = 2000;
        fake_reset();
        (void)script_run(&script, 0, "mutant", as.file, bytes);
        cr_assert_eq(fake_count(REC_SCRIPT_END), fake.records < FAKE_RECORDS);
        cr_assert_eq(fake.live_clients, 0, "mutant %d leaves clients", i);
    }
}

Test(hostile, every_instruction_alone_on_an_empty_stack_is_harmless)
{
    for (uint32_t op = 0; op < 256; op++) {
        for (uint32_t x = 0; x < 16; x++) {
            asm_init(&as);
            as.header.timeout_us = 2000;
            asm_op(&as, (enum program_op)op, x, x * 7, x % 2 ? UINT32_MAX - x : x);
            size_t bytes = asm_finish(&as);
            fake_reset();
            (void)script_run(&script, 0, "one", as.file, bytes);
            cr_assert_eq(fake.live_clients, 0);
        }
    }
}

Test(wire, the_checksum_is_the_one_of_zlib)
{
    cr_assert_eq(crc_of(0, "123456789", 9), 0xcbf43926u);
    cr_assert_eq(crc_of(crc_of(0, "1234", 4), "56789", 5), 0xcbf43926u);
    cr_assert_eq(crc_of(0, "", 0), 0);
}

Test(wire, a_frame_holds_what_the_header_says)
{
    uint8_t out[WIRE_BYTES_MAX];
    size_t bytes = wire_frame(out, REC_NOTE, 0x01020304, "abc", 3);

    cr_assert_eq(bytes, RECORD_HEAD_BYTES + 3 + RECORD_CRC_BYTES);
    static const uint8_t head[] = { 0xc5, 0x5a, REC_NOTE, 0, 3,   0,   0,  0,
                                    4,    3,    2,        1, 'a', 'b', 'c' };
    cr_assert_eq(memcmp(out, head, sizeof head), 0);
    uint32_t crc = crc_of(0, out, sizeof head);
    cr_assert_eq(memcmp(out + sizeof head, &crc, 4), 0);
    static const uint8_t longest[RECORD_PAYLOAD_MAX];
    cr_assert_eq(wire_frame(out, REC_DUMP, 0, longest, sizeof longest), WIRE_BYTES_MAX);
}
