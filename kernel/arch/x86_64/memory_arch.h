/*
 * Binds page-table nodes to memory: the one place where a frame number becomes an address.
 * On the host tests/unit/kernel/memory_arch.h stands in for this file.
 * Indices are 64 bits wide so that index + literal needs no instruction of its own.
 */
#pragma once
#include "abi/boot.h"

#define PHYSMAP L4_BASE(L4_PHYSMAP)

static inline void *frame_address(pfn_t f)
{
    return (void *)(PHYSMAP + (uint64_t)f * PAGE_BYTES);
}

static inline uint64_t pt_load(pfn_t node, uint64_t index)
{
    return ((volatile uint64_t *)frame_address(node))[index];
}

/* The only store to page-table memory: an atomic exchange, so that no dirty bit is lost. */
static inline uint64_t pt_exchange(pfn_t node, uint64_t index, uint64_t entry)
{
    uint64_t *slot = (uint64_t *)frame_address(node) + index;

    __asm__ volatile("xchg %0, %1" : "+r"(entry), "+m"(*slot));
    return entry;
}

/* Store entry where `expected` stands, else change nothing. Returns what stood there. */
static inline uint64_t pt_compare_exchange(pfn_t node, uint64_t index, uint64_t expected,
                                           uint64_t entry)
{
    uint64_t *slot = (uint64_t *)frame_address(node) + index;

    __asm__ volatile("lock cmpxchg %2, %1" : "+a"(expected), "+m"(*slot) : "r"(entry) : "cc");
    return expected;
}

static inline void frame_zero(pfn_t f)
{
    void *to = frame_address(f);
    uint64_t words = PT_ENTRIES;

    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(0ull) : "memory");
}
