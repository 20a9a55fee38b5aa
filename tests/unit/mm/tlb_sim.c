#include "tlb_sim.h"

#include <criterion/criterion.h>

#include "core/cursor.h"
#include "core/frame_pool.h"
#include "kernel/tlb.h"

enum { CPUS = 8, ENTRIES = 64 };

struct remembered {
    pfn_t root; /* NO_FRAME: nothing */
    vaddr_t va;
    uint32_t level;
    uint64_t leaf;
};

static struct remembered tlb[CPUS][ENTRIES];
static uint32_t next;

void tlb_sim_forget(uint32_t cpu)
{
    for (uint32_t i = 0; i < ENTRIES; i++)
        tlb[cpu][i].root = NO_FRAME;
}

void tlb_sim_reset(void)
{
    for (uint32_t c = 0; c < CPUS; c++)
        tlb_sim_forget(c);
    next = 0;
}

/* The leaf that translates va, 0 if there is none. Written from the SDM, not from pt_node.c. */
static uint64_t walk(pfn_t root, vaddr_t va, uint32_t *level)
{
    uint64_t entry = port_entry(root, va >> 39 & 511);

    for (*level = 4; *level > 1; --*level) {
        if ((entry & PTE_PRESENT) == 0 || (*level == 2 && (entry & PTE_LEAF) != 0))
            break;
        if (*level > 2 || (entry & PTE_LEAF) == 0)
            entry = port_entry((pfn_t)(entry >> 12 & 0xffffffffff),
                               va >> (3 + 9 * (*level - 1)) & 511);
    }
    return entry;
}

bool tlb_sim_touch(uint32_t cpu, vaddr_t va)
{
    struct remembered r = { tlb_root[cpu], 0, 0, 0 };

    if (r.root == NO_FRAME)
        return false;
    r.leaf = walk(r.root, va, &r.level);
    if ((r.leaf & PTE_PRESENT) == 0 || (r.leaf & PTE_LEAF) == 0)
        return false;
    r.va = va & ~(vrange_span(r.level) - 1);
    tlb[cpu][next++ % ENTRIES] = r;
    return true;
}

static bool inside(const struct remembered *r, vaddr_t va)
{
    return va - r->va < vrange_span(r->level);
}

static void invalidate(struct remembered *r, const vaddr_t *pages, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        if (inside(r, pages[k]))
            r->root = NO_FRAME;
}

void tlb_sim_flush(pfn_t root, const vaddr_t *pages, uint32_t n)
{
    for (uint32_t c = 1; c < tlb_cpus; c++) {
        if (tlb_root[c] != root)
            continue;
        if (n == 0)
            tlb_sim_forget(c);
        for (uint32_t i = 0; i < ENTRIES; i++)
            if (tlb[c][i].root != NO_FRAME)
                invalidate(&tlb[c][i], pages, n);
    }
}

static pfn_t first_frame(const struct remembered *r)
{
    return pte_frame(r->leaf, r->level);
}

bool tlb_sim_maps(pfn_t f)
{
    for (uint32_t c = 1; c < tlb_cpus; c++) {
        for (uint32_t i = 0; i < ENTRIES; i++) {
            const struct remembered *r = &tlb[c][i];

            if (r->root != NO_FRAME && !pte_is_device(r->leaf) &&
                f - first_frame(r) < vrange_span(r->level) / PAGE_BYTES)
                return true;
        }
    }
    return false;
}

/* Has an open cursor queued a flush of this page? */
static bool queued(pfn_t root, vaddr_t va)
{
    for (uint32_t i = 0; i < CURSOR_MAX; i++) {
        const struct cursor *c = cursor_at(i);

        if (c->space == NULL || c->space->root != root)
            continue;
        if (c->batch.all)
            return true;
        for (uint32_t k = 0; k < c->batch.ops; k++) {
            vaddr_t first = c->batch.op[k] & ~(vaddr_t)(PAGE_BYTES - 1);

            if (va - first < (c->batch.op[k] & (PAGE_BYTES - 1)) * PAGE_BYTES)
                return true;
        }
    }
    return false;
}

/* May a CPU still use `old` where the tables say `now`, for a page that both translate? */
static bool still_true(uint64_t old, uint64_t now, pfn_t was, pfn_t is)
{
    uint64_t kind = PTE_PWT | PTE_PCD | PTE_AVAIL1;

    return was == is && (now & PTE_PRESENT) != 0 && (old & PTE_WRITE & ~now) == 0 &&
           (~old & PTE_NX & now) == 0 && (old & kind) == (now & kind);
}

static void check_entry(const struct remembered *r)
{
    for (uint64_t off = 0; off < vrange_span(r->level); off += PAGE_BYTES) {
        vaddr_t va = r->va + off;
        pfn_t was = first_frame(r) + (pfn_t)(off / PAGE_BYTES);
        uint32_t level;
        uint64_t now = walk(r->root, va, &level);
        pfn_t is = pte_frame(now, level) + (pfn_t)(va % vrange_span(level) / PAGE_BYTES);
        bool leaf = (now & PTE_LEAF) != 0;

        cr_assert(pte_is_device(r->leaf) || !frame_pool_has(was),
                  "I15: a CPU still reaches free frame %u at %#llx", was,
                  (unsigned long long)va);
        cr_assert((leaf && still_true(r->leaf, now, was, is)) || queued(r->root, va),
                  "I14: a CPU remembers %#llx, which changed, and nobody will flush it",
                  (unsigned long long)va);
    }
}

void tlb_sim_check(void)
{
    for (uint32_t c = 1; c < tlb_cpus; c++)
        for (uint32_t i = 0; i < ENTRIES; i++)
            if (tlb[c][i].root != NO_FRAME)
                check_entry(&tlb[c][i]);
}
