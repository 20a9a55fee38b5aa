/*
 * A second opinion: the page walk as Intel's manual (volume 3A, 4.5 and 11.12) describes it,
 * sharing nothing with base/pte.h. CR0.WP, EFER.NXE and SMEP are on; access is by a user.
 */
#pragma once
#include "abi/types.h"

enum mmu_access { MMU_READ, MMU_WRITE, MMU_FETCH };
enum mmu_type { MMU_WB, MMU_WT, MMU_WC, MMU_UC };

struct mmu_result {
    bool translated;
    bool reserved;      /* a reserved bit was set: never acceptable */
    bool global;
    uint64_t physical;
    uint64_t span;      /* bytes of the page */
    enum mmu_type type;
};

/* Translate one user access through the tables under this level-4 frame. */
struct mmu_result soft_mmu_walk(pfn_t root, vaddr_t va, enum mmu_access access);
