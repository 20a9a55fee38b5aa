/* Simulated physical memory and the frame table's arrays, which a linker script places on
 * the machine. */
#include "memory_arch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/edit.h"
#include "kernel/tlb.h"

uint8_t frame_type[FRAME_MAX];
uint32_t frame_refs[FRAME_MAX];
uint32_t frame_parent[FRAME_MAX];
uint16_t frame_index[FRAME_MAX];
uint16_t frame_live[FRAME_MAX];
uint64_t frame_stamp[FRAME_MAX];
uint64_t frame_gen[FRAME_MAX];
uint64_t win[FRAME_MAX];

void (*memory_before_exchange)(pfn_t node, uint64_t index);

static uint64_t *memory;
static uint32_t memory_frames;

uint64_t *memory_frame(pfn_t f)
{
    assert(f < memory_frames);
    return memory + (size_t)f * (PAGE_BYTES / sizeof *memory);
}

uint64_t pt_load(pfn_t node, uint64_t index)
{
    assert(index < PT_ENTRIES);
    return __atomic_load_n(&memory_frame(node)[index], __ATOMIC_RELAXED);
}

/* The hook is taken off before it runs, so that it may itself write. */
static void run_hook(pfn_t node, uint64_t index)
{
    void (*hook)(pfn_t, uint64_t) = memory_before_exchange;

    memory_before_exchange = NULL;
    if (hook != NULL)
        hook(node, index);
}

uint64_t pt_exchange(pfn_t node, uint64_t index, uint64_t entry)
{
    assert(index < PT_ENTRIES);
    run_hook(node, index);
    return __atomic_exchange_n(&memory_frame(node)[index], entry, __ATOMIC_SEQ_CST);
}

uint64_t pt_compare_exchange(pfn_t node, uint64_t index, uint64_t expected, uint64_t entry)
{
    assert(index < PT_ENTRIES);
    run_hook(node, index);
    (void)__atomic_compare_exchange_n(&memory_frame(node)[index], &expected, entry, false,
                                      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
}

void frame_zero(pfn_t f)
{
    memset(memory_frame(f), 0, PAGE_BYTES);
}

static void new_memory(uint32_t frames)
{
    if (memory != NULL)
        munmap(memory, (size_t)memory_frames * PAGE_BYTES);
    memory = mmap(NULL, (size_t)frames * PAGE_BYTES, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    memory_frames = frames;
}

void memory_reset(uint32_t frames)
{
    assert(frames >= 2 && frames <= MEMORY_FRAMES_MAX);
    new_memory(frames);
    memory_before_exchange = NULL;
    frame_count = frames;
    frame_init(0, frames, FRAME_NONE);
    frame_init(0, 2, FRAME_KERNEL);
    frame_template = 1;
    for (uint32_t i = 0; i < frames; i++)
        frame_stamp[i] = frame_gen[i] = 0;
    for (uint32_t c = 0; c < CPU_MAX; c++) {
        tlb_root[c] = NO_FRAME;
        tlb_flushed[c] = FLUSHED_FOREVER;
    }
    tlb_clock = 0;
    tlb_cpus = 0;
    memory_frame(1)[L4_PHYSMAP] = 0x1003;
    memory_frame(1)[L4_PROBE] = 0x2007;
    memory_frame(1)[L4_KERNEL] = 0x3003;
}
