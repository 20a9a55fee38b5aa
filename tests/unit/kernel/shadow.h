/*
 * What pt_edit should do, written again as plainly as possible: lists of meanings instead of
 * entries, counts by counting, every record tried on a copy and thrown away if refused.
 */
#pragma once
#include "kernel/edit.h"

enum { SHADOW_NODES = 24 };

enum shadow_kind { SHADOW_HOLE, SHADOW_LINK, SHADOW_LEAF };

struct shadow_entry {
    enum shadow_kind kind;
    pfn_t frame; /* the node below, or the first frame of the leaf */
    uint32_t prop;
};

struct shadow {
    struct shadow_entry entry[SHADOW_NODES][PT_ENTRIES];
    bool linked[SHADOW_NODES];
    uint32_t leaves[FRAME_MAX / 1024]; /* that map frame f; tests have fewer frames than this */
    uint32_t holds[FRAME_MAX / 1024];
    uint32_t pages; /* touched in this call */
};

extern struct shadow shadow;

/* Start with this many nodes, frames first, first + 1, …; level[n] is node n's. */
void shadow_reset(pfn_t first, const uint8_t level[SHADOW_NODES]);
void shadow_new_call(void);
status_t shadow_edit(struct edit_rec r);

/* What the shadow says about an address under this root: SHADOW_HOLE or the page's leaf. */
struct shadow_entry shadow_find(pfn_t root, vaddr_t va);
