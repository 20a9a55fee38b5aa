/*
 * Address arithmetic of a four-level page table: what an entry spans and where it stands.
 *
 * Shared by mm's core and the kernel. Divisions by literals stand where shifts and masks
 * would do: the compiler makes the same code, and a prover can follow them. Nothing here
 * overflows for any argument: sums are compared as differences.
 */
#pragma once
#include "abi/types.h"

/* The geometry, for who computes with shifts: bits of an address within a page, and bits that
 * each level takes off it. */
enum { VA_PAGE_BITS = 12, VA_LEVEL_BITS = 9 };
static_assert(1 << VA_PAGE_BITS == PAGE_BYTES && 1 << VA_LEVEL_BITS == PT_ENTRIES, "the same");

/*
 * Bytes that one entry of a level spans; level 5 stands for a whole user and kernel table.
 * Returns: 4 KiB, 2 MiB, 1 GiB, 512 GiB, 256 TiB for levels 1 to 5; 0 for any other.
 */
static inline uint64_t va_page_size(uint32_t level)
{
    switch (level) {
    case 1:
        return 0x1000;
    case 2:
        return 0x200000;
    case 3:
        return 0x40000000;
    case 4:
        return 0x8000000000;
    case 5:
        return 0x1000000000000;
    default:
        return 0;
    }
}

/* Which of the 512 entries of a level translates va. Returns: 0 for a level outside 1..4. */
static inline uint32_t va_index(vaddr_t va, uint32_t level)
{
    switch (level) {
    case 1:
        return (uint32_t)(va / 0x1000 % PT_ENTRIES);
    case 2:
        return (uint32_t)(va / 0x200000 % PT_ENTRIES);
    case 3:
        return (uint32_t)(va / 0x40000000 % PT_ENTRIES);
    case 4:
        return (uint32_t)(va / 0x8000000000 % PT_ENTRIES);
    default:
        return 0;
    }
}

/* How far va stands behind the start of its slot of this level (1..5; else 0). */
static inline uint64_t va_offset(vaddr_t va, uint32_t level)
{
    switch (level) {
    case 1:
        return va % 0x1000;
    case 2:
        return va % 0x200000;
    case 3:
        return va % 0x40000000;
    case 4:
        return va % 0x8000000000;
    case 5:
        return va % 0x1000000000000;
    default:
        return 0;
    }
}

/* The start of the slot of this level (1..5) that holds va. */
static inline vaddr_t va_align_down(vaddr_t va, uint32_t level)
{
    return va - va_offset(va, level);
}

static inline bool va_is_aligned(vaddr_t va, uint32_t level)
{
    return va_offset(va, level) == 0;
}

/* Bytes from va to the end of its slot of this level (1..5): 1 .. va_page_size(level). */
static inline uint64_t va_rest(vaddr_t va, uint32_t level)
{
    return va_page_size(level) - va_offset(va, level);
}

/*
 * The start of the next slot after the one that holds va: also for an aligned va.
 * Requires: va < USER_END, level 1..5; then it cannot wrap.
 */
static inline vaddr_t va_next(vaddr_t va, uint32_t level)
{
    return va_align_down(va, level) + va_page_size(level);
}

/* Whether [va, va + bytes) lies below end, for any three numbers. */
static inline bool va_fits(vaddr_t va, uint64_t bytes, vaddr_t end)
{
    return va <= end && bytes <= end - va;
}

/* Whether [start, end) is a non-empty range of user addresses (alignment aside). */
static inline bool va_range_is_user(vaddr_t start, vaddr_t end)
{
    return start < end && end <= USER_END;
}

/*
 * The lowest level (1..4) of which one node translates the whole of [start, end).
 * Requires: va_range_is_user(start, end).
 */
static inline uint32_t va_cover_level(vaddr_t start, vaddr_t end)
{
    vaddr_t last = end - 1;

    if (start / 0x200000 == last / 0x200000)
        return 1;
    if (start / 0x40000000 == last / 0x40000000)
        return 2;
    if (start / 0x8000000000 == last / 0x8000000000)
        return 3;
    return 4;
}
