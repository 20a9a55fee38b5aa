/* Addresses, levels and lengths: the arithmetic that the contract is written in. */
#pragma once
#include "abi/types.h"

/* Bytes that one entry of a node of this level translates. Requires: level 1 .. 4. */
static inline uint64_t units_slot(uint32_t level)
{
    uint64_t bytes = PAGE_BYTES;

    for (uint32_t l = 1; l < level; l++)
        bytes *= PT_ENTRIES;
    return bytes;
}

/* Bytes that a whole node of this level translates. Requires: level 1 .. 4. */
static inline uint64_t units_node(uint32_t level)
{
    return units_slot(level) * PT_ENTRIES;
}

static inline uint64_t units_down(uint64_t va, uint64_t size)
{
    return va - va % size;
}

static inline uint64_t units_min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t units_max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The lowest level of which one node translates all of [lo, hi). Requires: lo < hi. */
static inline uint32_t units_cover(uint64_t lo, uint64_t hi)
{
    uint32_t level = 1;

    while (level < PT_LEVELS && lo / units_node(level) != (hi - 1) / units_node(level))
        level++;
    return level;
}

/* Do the half-open ranges share a byte? An empty one shares none. */
static inline bool units_meet(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
    return units_max(a, b) < units_min(a_end, b_end);
}
