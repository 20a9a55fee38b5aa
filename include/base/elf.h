/*
 * Programs as ELF64 files: one parser for the kernel, mm and init. A pure function over bytes.
 * Source: System V ABI, ELF-64 object file format 1.5.
 */
#pragma once
#include "abi/status.h"

enum { ELF_SEGMENTS_MAX = 8 };

struct elf_segment {
    vaddr_t va;           /* page-aligned */
    uint64_t file_offset; /* file_offset + file_bytes is within the file */
    uint64_t file_bytes;  /* <= mem_bytes; the rest is zero */
    uint64_t mem_bytes;   /* > 0 */
    uint32_t prop;        /* PROP_R, and PROP_W or PROP_X but never both */
};

struct elf_image {
    vaddr_t entry; /* inside an executable segment */
    uint32_t segments;
    struct elf_segment segment[ELF_SEGMENTS_MAX]; /* ascending, on pages of their own */
};

/*
 * Returns: OK; E_INVAL for anything that is not a static x86-64 program whose segments are
 * page-aligned, in [PAGE_BYTES, USER_END), apart by pages, readable, not writable and
 * executable at once, and whose entry can be executed. *out is defined only on OK.
 */
NODISCARD status_t elf_parse(const uint8_t *bytes, uint64_t length, struct elf_image *out);
