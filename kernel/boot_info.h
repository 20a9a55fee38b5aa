/*
 * What the Multiboot2 loader says: RAM, modules, command line. A pure function over bytes.
 * Source: Multiboot2 specification 2.0, 3.6 (boot information).
 */
#pragma once
#include "abi/boot.h"
#include "abi/status.h"

#define BOOT_MAGIC 0x36d76289u /* in eax when a Multiboot2 loader jumps */

enum { BOOT_RANGES_MAX = 64, BOOT_LINE_MAX = 256 };

/* Half-open, in bytes. */
struct boot_range {
    uint64_t start, end;
};

/* Whole pages, sorted, apart. */
struct boot_ranges {
    uint32_t count;
    struct boot_range range[BOOT_RANGES_MAX];
};

struct boot_info {
    struct boot_ranges ram;   /* usable, and nothing else is said of it */
    struct boot_ranges other; /* what the memory map says is something else, in part at least */
    uint32_t modules;
    struct boot_module module[BOOT_MODULES_MAX]; /* in RAM, none meets another */
    char command_line[BOOT_LINE_MAX];
};

/*
 * Read the information in bytes[0 .. length-1]. Where entries of the memory map contradict
 * each other, memory is no RAM.
 * Returns: OK; E_INVAL when a tag does not fit, the end tag is missing, there is no RAM, a
 * module is reversed, unaligned, not in RAM or overlaps another, or there are more modules or
 * ranges than there is room for. *out is defined only on OK.
 */
NODISCARD status_t boot_info_parse(const uint8_t *bytes, uint64_t length,
                                   struct boot_info *out);

/* Take the pages that meet [start, end) away. Requires: start <= end.
 * Returns: OK; E_INVAL (more ranges than there is room for; *r is not defined then). */
NODISCARD status_t boot_ranges_remove(struct boot_ranges *r, uint64_t start, uint64_t end);
