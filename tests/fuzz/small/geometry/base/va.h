/* base/va.h for nodes of four entries. No prover reads it, so it computes with shifts. */
#pragma once
#include "../abi/types.h"

enum { VA_PAGE_BITS = 12, VA_LEVEL_BITS = 2 };
static_assert(1 << VA_PAGE_BITS == PAGE_BYTES && 1 << VA_LEVEL_BITS == PT_ENTRIES, "the same");

/* What an entry spans: level 1 .. 5, else 0. */
static inline uint64_t va_page_size(uint32_t level)
{
    return level >= 1 && level <= 5 ? 1ull << (VA_PAGE_BITS + VA_LEVEL_BITS * (level - 1)) : 0;
}

/* Which entry translates va: level 1 .. 4, else 0. */
static inline uint32_t va_index(vaddr_t va, uint32_t level)
{
    return level >= 1 && level <= 4 ? (uint32_t)(va / va_page_size(level) % PT_ENTRIES) : 0;
}

static inline uint64_t va_offset(vaddr_t va, uint32_t level)
{
    return level >= 1 && level <= 5 ? va % va_page_size(level) : 0;
}

static inline vaddr_t va_align_down(vaddr_t va, uint32_t level)
{
    return va - va_offset(va, level);
}

static inline bool va_is_aligned(vaddr_t va, uint32_t level)
{
    return va_offset(va, level) == 0;
}

static inline uint64_t va_rest(vaddr_t va, uint32_t level)
{
    return va_page_size(level) - va_offset(va, level);
}

static inline vaddr_t va_next(vaddr_t va, uint32_t level)
{
    return va_align_down(va, level) + va_page_size(level);
}

static inline bool va_fits(vaddr_t va, uint64_t bytes, vaddr_t end)
{
    return va <= end && bytes <= end - va;
}

static inline bool va_range_is_user(vaddr_t start, vaddr_t end)
{
    return start < end && end <= USER_END;
}

/* The lowest level of which one node translates the range. Requires: a range of user space. */
static inline uint32_t va_cover_level(vaddr_t start, vaddr_t end)
{
    uint32_t level = 1;

    while (level < 4 && start / va_page_size(level + 1) != (end - 1) / va_page_size(level + 1))
        level++;
    return level;
}
