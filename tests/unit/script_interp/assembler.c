/* A tiny assembler for tests. */
#include "assembler.h"

#include <string.h>

void asm_init(struct assembler *a)
{
    memset(a, 0, sizeof *a);
    a->header = (struct program_header){
        .magic = PROGRAM_MAGIC,
        .version = PROGRAM_VERSION,
        .header_bytes = sizeof a->header,
        .seed = 7,
        .timeout_us = 1000000,
        .slots = 32,
        .stack = 64,
        .lanes = 4,
    };
    memcpy(a->data, "mainABhello", 11);
    a->header.data.count = 11;
    a->strings[0] = (struct program_string){ 0, 4 };
    a->strings[1] = (struct program_string){ 4, 1 };
    a->strings[2] = (struct program_string){ 5, 1 };
    a->strings[3] = (struct program_string){ 6, 5 };
    a->header.strings.count = 4;
    a->header.clients.count = 3;
    for (uint32_t i = 0; i < 3; i++)
        a->clients[i] = i;
    a->header.names.count = 16;
    a->header.tags.count = 16;
}

uint32_t asm_op(struct assembler *a, enum program_op op, uint32_t x, uint32_t b, uint32_t c)
{
    assert(a->header.code.count < ASM_CODE);
    a->code[a->header.code.count] =
        (struct program_insn){ (uint8_t)op, (uint8_t)x, (uint16_t)b, c };
    return a->header.code.count++;
}

void asm_number(struct assembler *a, uint64_t number)
{
    if (number <= UINT32_MAX) {
        asm_op(a, PROG_PUSH, 0, 0, (uint32_t)number);
        return;
    }
    a->numbers[a->header.numbers.count] = number;
    asm_op(a, PROG_CONST, 0, 0, a->header.numbers.count++);
}

uint32_t asm_site(struct assembler *a, struct program_site site)
{
    assert(a->header.sites.count < ASM_SITES);
    a->sites[a->header.sites.count] = site;
    return a->header.sites.count++;
}

uint32_t asm_request(struct assembler *a, enum script_op op, int client, int operands, int slot,
                     int tag, bool expects)
{
    uint32_t site = asm_site(a, (struct program_site){
                                    .kind = SITE_REQUEST,
                                    .flags = expects ? SITE_EXPECTS | SITE_POINT : 0,
                                    .op = (uint8_t)op,
                                    .client = (uint16_t)client,
                                    .tag = (uint16_t)tag,
                                    .slot = (uint16_t)slot,
                                    .operands = (uint16_t)operands,
                                    .name = slot < 0 ? PROGRAM_NONE : (uint32_t)slot,
                                });
    asm_op(a, PROG_REQUEST, 0, 0, site);
    return site;
}

void asm_ok(struct assembler *a, enum script_op op, int client, int operands, int slot)
{
    asm_expect(a, OUT_OK);
    asm_request(a, op, client, operands, slot, -1, true);
}

void asm_expect(struct assembler *a, enum record_outcome kind)
{
    asm_op(a, PROG_EXPECT, kind, 0, 0);
}

void asm_expect_error(struct assembler *a, enum status status)
{
    asm_op(a, PROG_EXPECT, OUT_ERROR, 0, (uint32_t)status);
}

void asm_load(struct assembler *a, int slot)
{
    asm_op(a, PROG_LOAD, 0, 0, (uint32_t)slot);
}

void asm_land(struct assembler *a, uint32_t from)
{
    a->code[from].c = a->header.code.count - from;
}

static void lay(struct assembler *a, struct program_section *section, const void *from,
                size_t entry)
{
    section->offset = a->header.bytes;
    memcpy(a->file + a->header.bytes, from, section->count * entry);
    a->header.bytes += (uint32_t)((section->count * entry + 7) / 8 * 8);
    assert(a->header.bytes <= sizeof a->file);
}

size_t asm_finish(struct assembler *a)
{
    asm_op(a, PROG_END, 0, 0, 0);
    a->header.bytes = sizeof a->header;
    lay(a, &a->header.code, a->code, sizeof *a->code);
    lay(a, &a->header.sites, a->sites, sizeof *a->sites);
    lay(a, &a->header.numbers, a->numbers, sizeof *a->numbers);
    lay(a, &a->header.strings, a->strings, sizeof *a->strings);
    lay(a, &a->header.names, a->names, sizeof *a->names);
    lay(a, &a->header.clients, a->clients, sizeof *a->clients);
    lay(a, &a->header.tags, a->tags, sizeof *a->tags);
    lay(a, &a->header.data, a->data, 1);
    memcpy(a->file, &a->header, sizeof a->header);
    return a->header.bytes;
}
