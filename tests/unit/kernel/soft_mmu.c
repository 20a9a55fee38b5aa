/* The walk: four levels, rights are the conjunction of all, see soft_mmu.h. */
#include "soft_mmu.h"

#include "memory_arch.h"

struct rights {
    bool user, writable, executable;
};

/* IA32_PAT as the kernel programs it on every CPU: the upper half repeats the lower. */
static const enum mmu_type pat[8] = { MMU_WB, MMU_WT, MMU_WC, MMU_UC,
                                      MMU_WB, MMU_WT, MMU_WC, MMU_UC };

static void narrow(struct rights *rights, uint64_t e)
{
    rights->user &= (e & 1u << 2) != 0;
    rights->writable &= (e & 1u << 1) != 0;
    rights->executable &= (e >> 63) == 0;
}

static bool permits(const struct rights *rights, enum mmu_access access)
{
    if (!rights->user)
        return false;
    if (access == MMU_WRITE)
        return rights->writable;
    return access == MMU_READ || rights->executable;
}

static void finish(struct mmu_result *out, uint64_t e, unsigned shift, vaddr_t va)
{
    uint64_t span = 1ull << shift;
    unsigned pat_bit = shift == 12 ? 7 : 12;
    unsigned index = (unsigned)((e >> pat_bit & 1) << 2 | (e >> 3 & 3));

    out->span = span;
    out->type = pat[index];
    out->global = (e & 1u << 8) != 0;
    out->reserved |= shift == 21 && (e >> 13 & 0xff) != 0;
    out->physical = (e & 0x000ffffffffff000ull & ~(span - 1)) | (va & (span - 1));
}

struct mmu_result soft_mmu_walk(pfn_t root, vaddr_t va, enum mmu_access access)
{
    struct mmu_result out = { 0 };
    struct rights rights = { true, true, true };
    uint64_t table = root;
    unsigned shift = 39;

    for (;;) {
        uint64_t e = memory_frame((pfn_t)table)[va >> shift & 0x1ff];

        if ((e & 1) == 0)
            return out;
        narrow(&rights, e);
        if (shift == 39 && (e & 1u << 7) != 0)
            out.reserved = true;
        if (shift == 12 || (shift < 39 && (e & 1u << 7) != 0)) {
            finish(&out, e, shift, va);
            break;
        }
        table = (e & 0x000ffffffffff000ull) >> 12;
        shift -= 9;
    }
    out.translated = permits(&rights, access);
    return out;
}
