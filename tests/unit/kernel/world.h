/* A small machine for tests: 2048 frames, most of them DATA, nodes made by retype. */
#pragma once
#include "kernel/edit.h"

enum {
    WORLD_FRAMES = 2048,
    WORLD_DATA = 512,          /* frames WORLD_DATA .. WORLD_DATA_END-1 are free DATA: */
    WORLD_DATA_END = 1536,     /* two blocks for 2 MiB leaves */
    WORLD_NODES = 1536,        /* from here on nodes are made */
    WORLD_NONE = 100,          /* frames 2 .. 511 are of no use */
    WORLD_DEVICE = 0x1000,     /* 1024 device frames beyond memory */
    WORLD_DEVICES = 1024,
};

void world_new(void);

/* An unlinked node (or OBJECT) by the book: begin, flush, end. */
pfn_t world_make(enum frame_type type);

/* A root with one node of each level below it at entry 0: node[level], level 1 to 4. */
extern pfn_t world_node[5];
void world_tree(void);

/* All that must not change when a record is refused, in one number. */
uint64_t world_hash(void);

/* Run one record for the tree's root; a refused one must have changed nothing, and every
 * invariant holds afterwards. */
status_t world_edit(struct edit_rec r);
