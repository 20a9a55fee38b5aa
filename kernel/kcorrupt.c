/* One broken word per row. Entries are broken where they are empty, and grant nothing. */
#include "kernel/kcorrupt.h"

#include "base/pte.h"
#include "kernel/tlb.h"

#include "memory_arch.h"

/* What was broken last, and what it was. */
enum kind { NOTHING, ENTRY, INDEX, LIVE, PARENT, REFS, ROOT };
static struct {
    enum kind kind;
    pfn_t frame; /* of ROOT: the CPU */
    uint32_t index;
    uint64_t old;
} broken;

static status_t note(enum kind kind, pfn_t frame, uint64_t old)
{
    broken.kind = kind;
    broken.frame = frame;
    broken.old = old;
    return OK;
}

static status_t repair(void)
{
    pfn_t f = broken.frame;
    enum kind kind = broken.kind;

    broken.kind = NOTHING;
    switch (kind) {
    case NOTHING:
        return E_INVAL;
    case ENTRY:
        (void)pt_exchange(f, broken.index, broken.old);
        return OK;
    case INDEX:
        frame_index[f] = (uint16_t)broken.old;
        return OK;
    case LIVE:
        frame_live[f] = (uint16_t)broken.old;
        return OK;
    case PARENT:
        frame_parent[f] = (pfn_t)broken.old;
        return OK;
    case REFS:
        frame_refs[f] = (uint32_t)broken.old;
        return OK;
    case ROOT:
        tlb_root[f] = (pfn_t)broken.old;
        return OK;
    }
    return E_INVAL;
}

/* The last frame of a type that fits, or NO_FRAME: users' frames rather than mm's first. */
enum fit { ANY, LINKED, UNLINKED, UNUSED, USED, HAS_HOLE };

/* The last empty entry of a node, or PT_ENTRIES. */
static uint32_t hole_in(pfn_t node)
{
    for (uint32_t i = PT_ENTRIES; i > 0; i--)
        if (pt_load(node, i - 1) == 0)
            return i - 1;
    return PT_ENTRIES;
}

static bool fits(pfn_t f, enum fit fit)
{
    switch (fit) {
    case ANY:
        return true;
    case LINKED:
        return frame_parent[f] != NO_FRAME;
    case UNLINKED:
        return frame_parent[f] == NO_FRAME;
    case UNUSED:
        return frame_refs[f] == 0;
    case USED:
        return frame_refs[f] > 0 && frame_refs[f] < REF_MAX - 1;
    case HAS_HOLE:
        return hole_in(f) != PT_ENTRIES;
    }
    return false;
}

static pfn_t last(enum frame_type type, enum fit fit)
{
    for (pfn_t f = frame_count; f > 0; f--)
        if (frame_type[f - 1] == type && fits(f - 1, fit))
            return f - 1;
    return NO_FRAME;
}

/* Put a word into an empty entry of a node of this type. */
static status_t put(enum frame_type type, uint64_t entry)
{
    pfn_t node = last(type, HAS_HOLE);

    if (node == NO_FRAME)
        return E_BUSY;
    broken.index = hole_in(node);
    return note(ENTRY, node, pt_exchange(node, broken.index, entry));
}

/* A leaf that grants nothing, over this frame. */
static status_t put_leaf(enum frame_type type, pfn_t f)
{
    return f == NO_FRAME ? E_BUSY : put(type, pte_leaf(f, 0));
}

static bool is_data_block(pfn_t first)
{
    for (uint32_t k = 0; k < PT_ENTRIES; k++)
        if (frame_type[first + k] != FRAME_DATA)
            return false;
    return true;
}

/* The last 512 aligned DATA frames of which one is unused. */
static pfn_t uncounted_block(void)
{
    pfn_t f = last(FRAME_DATA, UNUSED);
    pfn_t first = f == NO_FRAME ? 0 : f / PT_ENTRIES * PT_ENTRIES;

    if (f == NO_FRAME)
        return NO_FRAME;
    while (first > 0 && (frame_count - first < PT_ENTRIES || !is_data_block(first) ||
                         frame_refs[first] != 0))
        first -= PT_ENTRIES;
    return first == 0 ? NO_FRAME : first;
}

static status_t break_index(pfn_t node)
{
    if (node == NO_FRAME)
        return E_BUSY;
    (void)note(INDEX, node, frame_index[node]);
    frame_index[node] = (uint16_t)((frame_index[node] + 1) % PT_ENTRIES);
    return OK;
}

static status_t break_live(pfn_t node)
{
    if (node == NO_FRAME)
        return E_BUSY;
    (void)note(LIVE, node, frame_live[node]);
    frame_live[node]++;
    return OK;
}

static status_t break_parent(void)
{
    pfn_t node = last(FRAME_PT1, UNLINKED);

    if (node == NO_FRAME)
        node = last(FRAME_PT2, UNLINKED);
    if (node == NO_FRAME)
        node = last(FRAME_PT3, UNLINKED);
    if (node == NO_FRAME)
        return E_BUSY;
    (void)note(PARENT, node, frame_parent[node]);
    frame_parent[node] = 0;
    return OK;
}

static status_t break_refs(pfn_t f, uint32_t change)
{
    if (f == NO_FRAME)
        return E_BUSY;
    (void)note(REFS, f, frame_refs[f]);
    frame_refs[f] += change;
    return OK;
}

static status_t break_root(uint32_t cpu)
{
    pfn_t f = last(FRAME_DATA, ANY);

    if (f == NO_FRAME)
        return E_BUSY;
    (void)note(ROOT, cpu, tlb_root[cpu]);
    tlb_root[cpu] = f;
    return OK;
}

status_t kcorrupt(uint32_t row)
{
    switch (row) {
    case 0:
        return repair();
    case 1:
        return put(FRAME_PT1, PTE_PRESENT);
    case 2:
        return break_index(last(FRAME_PT1, LINKED));
    case 3:
        return break_live(last(FRAME_PT1, ANY));
    case 4:
        return put(FRAME_PT1, PTE_WRITE);
    case 5:
        return break_parent();
    case 9:
        return break_refs(0, UINT32_MAX);
    case 10:
        return break_refs(last(FRAME_DATA, USED), 1);
    case 11:
        return put_leaf(FRAME_PT2, uncounted_block());
    case 12:
        return put_leaf(FRAME_PT1, last(FRAME_PT1, ANY));
    case 15:
        return put_leaf(FRAME_PT1, last(FRAME_DATA, UNUSED));
    case 16:
        return break_root(CPU_MAX - 1);
    default:
        return E_INVAL;
    }
}

status_t kcorrupt_inject(pfn_t f, uint32_t refs)
{
    uint32_t others;

    if (f >= frame_count || frame_type[f] != FRAME_DATA)
        return E_TYPE;
    others = frame_refs[f] - frame_parent[f];
    if (refs < others || refs >= REF_MAX)
        return E_INVAL;
    frame_refs[f] = refs;
    frame_parent[f] = refs - others;
    return OK;
}
