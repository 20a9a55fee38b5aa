/* The words that both sides of the kernel wall share: addresses, frames, sizes. */
#pragma once
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t vaddr_t; /* a virtual address */
typedef uint32_t pfn_t;   /* a physical frame of 4 KiB, by number */

enum {
    PAGE_BYTES = 4096,
    PT_ENTRIES = 512, /* entries of one page-table node */
    PT_LEVELS = 4,
    FRAME_MAX = 1u << 21, /* frames the tables have room for: 8 GiB of physical addresses */
};

#define NO_FRAME 0xffffffffu             /* "no frame": never a valid pfn_t */
#define USER_END 0x0000800000000000u     /* 2^47: one past the last user address */
#define HUGE_BYTES 0x200000u             /* 2 MiB: what a level-2 leaf spans */
#define MAX_USER (USER_END - PAGE_BYTES) /* one past the last address a window may reach */

/*
 * A property: what user code may do with a page and how the page is cached.
 * The bits are the seed's PageFlags (rule map.property); the cache kind is beside them.
 */
enum prop_bit {
    PROP_R = 1u << 0,
    PROP_W = 1u << 1,
    PROP_X = 1u << 2,
    PROP_ACCESSED = 1u << 3, /* read only: set by the processor */
    PROP_DIRTY = 1u << 4,    /* read only: set by the processor */
    PROP_AVAIL1 = 1u << 6,   /* reserved: marks a device page */
    PROP_AVAIL2 = 1u << 7,   /* free for the client */
    PROP_CACHE_SHIFT = 8,
    PROP_CACHE = 3u << 8, /* enum cache_kind, shifted */
};

enum cache_kind { CACHE_WB, CACHE_WT, CACHE_WC, CACHE_UC };

/* What a client may ask for (rule map.property). */
#define PROP_CLIENT (PROP_R | PROP_W | PROP_X | PROP_AVAIL2 | PROP_CACHE)
