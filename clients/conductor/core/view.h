/*
 * A compiled script as the interpreter reads it: in place, every section checked once for
 * place and size, every index checked at use. Hostile bytes are refused or answer nothing.
 */
#pragma once
#include "abi/program.h"

struct view {
    const struct program_header *header;
    const struct program_insn *code;
    const struct program_site *sites;
    const uint64_t *numbers;
    const struct program_string *strings;
    const uint32_t *names;
    const uint32_t *clients;
    const uint32_t *tags;
    const uint8_t *data;
};

/* A string of the program; bytes 0 if there is none. */
struct view_string {
    const uint8_t *at;
    uint32_t bytes;
};

/*
 * Looks at `bytes` bytes from `file` (8-byte aligned), which must stay while *view is used.
 * Returns: whether it is a program that this interpreter has room for; else *offset says
 * where in the header it is not.
 */
bool view_init(struct view *view, const void *file, size_t bytes, uint32_t *offset);

struct view_string view_string(const struct view *view, uint32_t index);

/* Returns: the site, or NULL beyond the end or in a view of nothing. */
const struct program_site *view_site(const struct view *view, uint32_t index);
