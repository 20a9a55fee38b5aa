/*
 * The host's stand-in for kernel/arch/x86_64/memory_arch.h: physical memory as one array,
 * each access checked. The functions promise what the machine's promise.
 */
#pragma once
#include "abi/boot.h"

enum { MEMORY_FRAMES_MAX = 65536 };

/*
 * Start over with `frames` frames of zeroed memory, and a frame table of that many frames,
 * all FRAME_NONE, no CPU, no template. Frames 0 and 1 become KERNEL (frame 1 is the
 * template, with a few upper entries). Requires: 2 <= frames <= MEMORY_FRAMES_MAX.
 */
void memory_reset(uint32_t frames);

/* The 512 words of a frame; asserts that it exists. */
uint64_t *memory_frame(pfn_t f);

/* Called once before the next exchange that comes: plays a processor that sets a bit. */
extern void (*memory_before_exchange)(pfn_t node, uint64_t index);

static inline void *frame_address(pfn_t f) { return memory_frame(f); }

uint64_t pt_load(pfn_t node, uint64_t index);
uint64_t pt_exchange(pfn_t node, uint64_t index, uint64_t entry);
uint64_t pt_compare_exchange(pfn_t node, uint64_t index, uint64_t expected, uint64_t entry);
void frame_zero(pfn_t f);
