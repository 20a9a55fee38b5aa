/* Writes compiled scripts by hand, so that the interpreter is tested without the compiler. */
#pragma once
#include "abi/program.h"

enum { ASM_CODE = 1024, ASM_SITES = 256, ASM_STRINGS = 32, ASM_DATA = 512 };

struct assembler {
    struct program_insn code[ASM_CODE];
    struct program_site sites[ASM_SITES];
    uint64_t numbers[64];
    struct program_string strings[ASM_STRINGS];
    uint32_t names[16], clients[16], tags[16];
    uint8_t data[ASM_DATA];
    struct program_header header;
    uint8_t file[32768] __attribute__((aligned(8)));
};

/* An empty program with two clients beside main, sixteen names and sixteen tags. */
void asm_init(struct assembler *a);

/* Appends an instruction. Returns: its index. */
uint32_t asm_op(struct assembler *a, enum program_op op, uint32_t x, uint32_t b, uint32_t c);

void asm_number(struct assembler *a, uint64_t number);

/* Appends a site. Returns: its index. */
uint32_t asm_site(struct assembler *a, struct program_site site);

/*
 * A request by a client with so many operands on the stack. slot, tag < 0: none; `expects`:
 * PROG_EXPECT stands before it.
 */
uint32_t asm_request(struct assembler *a, enum script_op op, int client, int operands, int slot,
                     int tag, bool expects);

/* A request that must be `ok` and one that need not be, with operands on the stack. */
void asm_ok(struct assembler *a, enum script_op op, int client, int operands, int slot);

/* => E_x for the next statement. */
void asm_expect_error(struct assembler *a, enum status status);
void asm_expect(struct assembler *a, enum record_outcome kind);

/* Pushes slot. */
void asm_load(struct assembler *a, int slot);

/* Lets instruction `from` jump to the next one to be written. */
void asm_land(struct assembler *a, uint32_t from);

/* Ends the program with PROG_END and lays out the file. Returns: its bytes. */
size_t asm_finish(struct assembler *a);
