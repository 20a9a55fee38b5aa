/*
 * Which DATA frames nobody uses: a bitmap, searched from where the last search ended.
 *
 * A free frame is of type DATA, has no reference and no hold. Frames leave the pool as data
 * of a script or of a process, as nodes, as objects, or as mm's own memory; only the first
 * kind is counted as used. A frame comes back when its count in the frame table came to zero.
 */
#pragma once
#include "abi/status.h"

enum frame_use {
    FRAME_USE_OTHER,  /* nodes, objects, mm's own memory, images of processes */
    FRAME_USE_SCRIPT, /* counted by frame_pool_used */
};

/* Empty the pool. */
void frame_pool_init(void);

/* Frames first .. first+count-1, whose counts are zero and which nobody has used yet, become
 * free. */
void frame_pool_add(pfn_t first, uint32_t count);

/* Take count consecutive frames. Requires: count > 0. Returns: OK; E_NOMEM, nothing changed. */
NODISCARD status_t frame_pool_take(uint32_t count, enum frame_use use, pfn_t *first);

/* Take what a leaf of 2 MiB maps: PT_ENTRIES frames from a multiple of that. The same. */
NODISCARD status_t frame_pool_take_huge(enum frame_use use, pfn_t *first);

/* Give back one frame whose count is zero, whatever it was used for. */
void frame_pool_put(pfn_t f);

bool frame_pool_has(pfn_t f);     /* is it free? */
uint32_t frame_pool_free(void);   /* how many are */
uint32_t frame_pool_used(void);   /* data frames of scripts in use */
bool frame_pool_scripts(pfn_t f); /* is it one of those? */

/* Somebody may use this frame with fewer rights than its owner, until it is free again:
 * then no protect may raise the rights of a mapping of it. */
void frame_pool_restrict(pfn_t first, uint32_t count);
bool frame_pool_restricted(pfn_t f);

/* Is any frame restricted? */
bool frame_pool_restricts(void);

/* For CORRUPT: the word whose bit f % 64 says that frame f is free. */
uint64_t *frame_pool_word(pfn_t f);
