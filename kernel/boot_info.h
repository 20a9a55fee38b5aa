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

struct boot_info_module {
    uint64_t start, end; /* page-aligned start, start <= end */
    char name[BOOT_NAME_MAX];
};

struct boot_info {
    uint32_t range_count, module_count;
    struct boot_range range[BOOT_RANGES_MAX]; /* RAM: whole pages, sorted, apart */
    struct boot_info_module module[BOOT_MODULES_MAX];
    char command_line[BOOT_LINE_MAX];
};

/*
 * Read the information in bytes[0 .. length-1].
 * Returns: OK; E_INVAL when a tag does not fit, the end tag is missing, there is no memory
 * map, a module lies outside 4 GiB, is reversed, unaligned or overlaps another, or there are
 * more modules or ranges than there is room for. *out is defined only on OK.
 */
NODISCARD status_t boot_info_parse(const uint8_t *bytes, uint64_t length,
                                   struct boot_info *out);
