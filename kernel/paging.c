/*
 * Layout of the kernel half (slots of the template root):
 *   256 physical memory, 2 MiB pages, never executable
 *   301 the probe's page, user-executable, read-only
 *   511 kernel image, frame table, local APIC, in the top 2 GiB
 * and in mm's root alone: 300, the window and the read-only views of the frame table.
 */
#include "kernel/paging.h"

#include "cpu_arch.h"
#include "base/pte.h"
#include "base/va.h"
#include "kernel/bootmem.h"
#include "kernel/cpu.h"
#include "memory_arch.h"

#define KERNEL_RX PTE_PRESENT
#define KERNEL_R (PTE_PRESENT | PTE_NX)
#define KERNEL_DATA (PTE_PRESENT | PTE_WRITE | PTE_NX)
#define USER_RX (PTE_PRESENT | PTE_USER)
#define USER_R (PTE_PRESENT | PTE_USER | PTE_NX)
#define LINK (PTE_PRESENT | PTE_WRITE | PTE_USER)

#define LAPIC_PHYSICAL 0xfee00000u
#define KERNEL_VMA 0xffffffff80000000u

extern char text_start[], text_end[], probe_page[], probe_end[], rodata_end[], data_start[],
    kernel_end[];

static pfn_t window_table; /* level 3, KERNEL, hung into mm's root */

/* The table below entry `index`, made if missing. */
static pfn_t below(pfn_t table, uint32_t index)
{
    uint64_t e = pt_load(table, index);

    if (e == 0) {
        e = (uint64_t)bootmem_alloc(1) * PAGE_BYTES | LINK;
        pt_exchange(table, index, e);
    }
    return pte_child(e);
}

/* Map one page (level 1) or 2 MiB (level 2) at va. `top` is the table of level `from`. */
static void map(pfn_t top, uint32_t from, vaddr_t va, uint64_t entry, uint32_t level)
{
    pfn_t table = top;

    for (uint32_t l = from; l > level; l--)
        table = below(table, va_index(va, l));
    pt_exchange(table, va_index(va, level), entry);
}

static void map_physical(pfn_t root, uint32_t frames)
{
    uint64_t end = (uint64_t)frames * PAGE_BYTES;

    for (uint64_t pa = 0; pa < end || pa < 0x100000000u; pa += HUGE_BYTES)
        map(root, PT_LEVELS, PHYSMAP + pa, pa | PTE_LEAF | KERNEL_DATA, 2);
}

static void map_image(pfn_t root, const char *from, const char *to, uint64_t bits)
{
    for (uint64_t va = (uint64_t)from; va < (uint64_t)to; va += PAGE_BYTES)
        map(root, PT_LEVELS, va, (va - KERNEL_VMA) | bits, 1);
}

/* One array of the frame table: zeroed frames at its linked place, and perhaps a view of it
 * for mm at `view` (0: none). */
static void map_array(pfn_t root, const void *array, size_t bytes, uint64_t view)
{
    uint32_t pages = (uint32_t)((bytes + PAGE_BYTES - 1) / PAGE_BYTES);
    uint64_t pa = (uint64_t)bootmem_alloc(pages) * PAGE_BYTES;

    for (uint64_t i = 0; i < pages; i++, pa += PAGE_BYTES) {
        map(root, PT_LEVELS, (uint64_t)array + i * PAGE_BYTES, pa | KERNEL_DATA, 1);
        if (view != 0)
            map(window_table, PT_LEVELS - 1, view + i * PAGE_BYTES, pa | USER_R, 1);
    }
}

/* The level-1 tables of the window lie one after the other and are the array win[]. */
static void map_window(pfn_t root, uint32_t frames)
{
    uint32_t tables = (frames + PT_ENTRIES - 1) / PT_ENTRIES;
    uint64_t pa = (uint64_t)bootmem_alloc(tables) * PAGE_BYTES;

    for (uint64_t i = 0; i < tables; i++, pa += PAGE_BYTES) {
        map(root, PT_LEVELS, (uint64_t)win + i * PAGE_BYTES, pa | KERNEL_DATA, 1);
        map(window_table, PT_LEVELS - 1, WINDOW_BASE + i * HUGE_BYTES, pa | LINK, 2);
    }
}

static void map_frame_table(pfn_t root, uint32_t n)
{
    map_array(root, frame_type, n * sizeof frame_type[0], VIEW_TYPE);
    map_array(root, frame_refs, n * sizeof frame_refs[0], VIEW_REFS);
    map_array(root, frame_parent, n * sizeof frame_parent[0], VIEW_PARENT);
    map_array(root, frame_live, n * sizeof frame_live[0], VIEW_LIVE);
    map_array(root, frame_index, n * sizeof frame_index[0], 0);
    map_array(root, frame_stamp, n * sizeof frame_stamp[0], 0);
    map_array(root, frame_gen, n * sizeof frame_gen[0], 0);
}

void paging_init(uint32_t frames)
{
    pfn_t root = bootmem_alloc(1);

    window_table = bootmem_alloc(1);
    map_physical(root, frames);
    map_image(root, text_start, text_end, KERNEL_RX);
    map_image(root, probe_end, rodata_end, KERNEL_R);
    map_image(root, data_start, kernel_end, KERNEL_DATA);
    map(root, PT_LEVELS, PAGING_LAPIC, LAPIC_PHYSICAL | PTE_PCD | PTE_PWT | KERNEL_DATA, 1);
    map(root, PT_LEVELS, PROBE_BASE, ((uint64_t)probe_page - KERNEL_VMA) | USER_RX, 1);
    map_frame_table(root, frames);
    map_window(root, frames);
    frame_template = root;
    cpu_this()->root = root;
    tlb_root[0] = root;
    cpu_load_cr3((uint64_t)root * PAGE_BYTES);
    tlb_flushed[0] = FLUSHED_FOREVER;
}

void paging_add_window(pfn_t root)
{
    pt_exchange(root, L4_WINDOW, (uint64_t)window_table * PAGE_BYTES | LINK);
}
