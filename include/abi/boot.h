/* What the kernel tells mm, and the fixed places of the address space. */
#pragma once
#include "abi/types.h"

/* Level-4 slots of the kernel half. mm's root alone has SLOT_WINDOW. */
enum { L4_USER_END = 256, L4_PHYSMAP = 256, L4_WINDOW = 300, L4_PROBE = 301, L4_KERNEL = 511 };

#define L4_BASE(slot) (0xffff000000000000u | (uint64_t)(slot) << 39)

/* mm's window: frame f at WINDOW_BASE + f * PAGE_BYTES; and read-only frame-table views. */
#define WINDOW_BASE L4_BASE(L4_WINDOW)
#define VIEW_BASE (WINDOW_BASE + (1ull << 38))
#define VIEW_REFS (VIEW_BASE + 0 * (1ull << 30))   /* uint32_t[]: refs */
#define VIEW_PARENT (VIEW_BASE + 1 * (1ull << 30)) /* uint32_t[]: parent node; DATA: holds */
#define VIEW_LIVE (VIEW_BASE + 2 * (1ull << 30))   /* uint16_t[]: valid entries of a node */
#define VIEW_TYPE (VIEW_BASE + 3 * (1ull << 30))   /* uint8_t[]: enum frame_type */

/* The probe's page (clients/agent/probe.S), in every root, read-only and executable. */
#define PROBE_BASE L4_BASE(L4_PROBE)

enum { BOOT_MODULES_MAX = 32, BOOT_NAME_MAX = 32, BOOT_DEVICES_MAX = 4 };

struct boot_module {
    char name[BOOT_NAME_MAX]; /* its command line in grub.cfg, NUL-terminated */
    pfn_t first;              /* frame-aligned, consecutive */
    uint32_t frames;
    uint64_t bytes;
};

/* Device memory that programs may be given: no RAM, mappable uncached only. */
struct boot_device {
    pfn_t first;
    uint32_t frames;
};

/* At BOOT_RECORD_VA in mm's space when it starts, read-only. */
#define BOOT_RECORD_VA 0x10000u
struct boot_record {
    uint32_t frames; /* frame numbers go up to here */
    uint32_t cpus;
    uint32_t modules; /* entries of module[] */
    uint32_t checking;
    pfn_t root;                    /* mm's own level-4 node */
    pfn_t table, thread, endpoint; /* mm's first objects */
    uint64_t ticks_per_second;
    uint64_t tsc_per_second;
    char options[256]; /* the kernel's command line */
    struct boot_module module[BOOT_MODULES_MAX];
    uint32_t devices; /* entries of device[] */
    struct boot_device device[BOOT_DEVICES_MAX];
};
static_assert(sizeof(struct boot_record) <= PAGE_BYTES, "one page");
