/*
 * Mapping: frames become leaves. The two loops of MAP_RUN are the hottest of the kernel:
 * one compare proves that a frame is DATA and has room, because the count of every other
 * frame stands at REF_MAX.
 */
#include "base/pte.h"
#include "kernel/edit_record.h"

#include "memory_arch.h"

/* Why a frame could not be counted once more. */
static status_t why_not(pfn_t f)
{
    return f < frame_count && frame_type[f] == FRAME_DATA ? E_SATURATED : E_TYPE;
}

/*
 * Count the frames at .. at+n-1 once each. Returns: how many before the first without room.
 * Inlined with literals for n and list, so that a block of frames is straight code.
 */
static inline __attribute__((always_inline)) uint32_t take_block(uint64_t at, uint32_t n,
                                                                 bool list)
{
    uint64_t limit = frame_count;

#pragma GCC unroll 16
    for (uint32_t m = 0; m < n; m++) {
        uint64_t f = edit_frame_at(at + m, list);

        if (__builtin_expect((list && f >= limit) || frame_refs[f] >= REF_MAX - 1, 0)) {
            uint32_t stop = m;

            if (list)
                EDIT_LATE(stop);
            return stop;
        }
        EDIT_IN_PLACE();
        frame_refs[f]++;
    }
    return n;
}

/* Count each frame once. Returns: the place of the first that has no room, end if all have. */
static inline __attribute__((always_inline)) uint64_t take_frames(uint64_t at, uint64_t end,
                                                                  bool list)
{
    uint32_t taken = EDIT_BLOCK;

    while (end - at >= EDIT_BLOCK && taken == EDIT_BLOCK) {
        taken = take_block(at, EDIT_BLOCK, list);
        at += taken;
    }
    while (at < end && take_block(at, 1, list) == 1)
        at++;
    return at;
}

static uint64_t take_run(uint64_t first, uint64_t end)
{
    return take_frames(first, end, false);
}

static uint64_t take_list(uint64_t first, uint64_t end)
{
    return take_frames(first, end, true);
}

/* Give back what was taken of a record that is refused. */
static void untake(uint64_t at, uint64_t end, bool list)
{
    for (; at < end; at++)
        frame_refs[edit_frame_at(at, list)]--;
}

static bool all_devices(pfn_t first, uint32_t count)
{
    for (uint64_t f = first; f < (uint64_t)first + count; f++)
        if (f >= NO_FRAME || !frame_is_device((pfn_t)f))
            return false;
    return true;
}

/* Pass 1 of a run that is not all DATA with room: device frames, or a refusal. */
static status_t __attribute__((noinline))
take_devices(struct edit_rec r, pfn_t culprit, uint64_t *mark)
{
    if (!all_devices(r.frame, r.count))
        return why_not(culprit);
    if (pte_prop_cache(r.prop) != CACHE_UC)
        return E_INVAL;
    *mark = PTE_AVAIL1;
    return OK;
}

/* Pass 1 of a run: OK with every frame counted and *mark 0, or device frames and their mark. */
static status_t take(struct edit_rec r, uint64_t *mark)
{
    uint64_t end = (uint64_t)r.frame + r.count;
    uint64_t stop;

    *mark = 0;
    if (!edit_in_table(r.frame, r.count))
        return take_devices(r, NO_FRAME, mark);
    stop = take_run(r.frame, end);
    if (stop == end)
        return OK;
    untake(r.frame, stop, false);
    return take_devices(r, (pfn_t)stop, mark);
}

/* An entry was replaced: rare, so kept out of the loops. */
static void __attribute__((noinline)) replaced(uint64_t old, struct edit_rec r, uint32_t level)
{
    edit_stale = true;
    edit_let_go(old, level, edit_keeps(r), edit_wants_old(r));
}

/* Write leaves k .. k+n-1 of the record (see take_block). entry: leaf k of a run, or all of a
 * listed one but its frame. */
static inline __attribute__((always_inline)) void
put_block(struct edit_rec r, uint64_t k, uint64_t entry, uint32_t n, bool list)
{
#pragma GCC unroll 16
    for (uint32_t m = 0; m < n; m++) {
        uint64_t more = list ? edit_frame_at(r.frame + k + m, list) : m;
        uint64_t old = pt_exchange(r.node, r.index + k + m, entry + more * PAGE_BYTES);

        if (__builtin_expect(old != 0, 0))
            replaced(old, r, 1);
    }
}

static inline __attribute__((always_inline)) void put_frames(struct edit_rec r, uint64_t entry,
                                                             bool list)
{
    uint64_t step = list ? 0 : PAGE_BYTES;
    uint64_t k = 0;

    for (; r.count - k >= EDIT_BLOCK; k += EDIT_BLOCK)
        put_block(r, k, entry + k * step, EDIT_BLOCK, list);
    for (; k < r.count; k++)
        put_block(r, k, entry + k * step, 1, list);
}

/* A new leaf makes one more valid entry, unless it replaced one. */
static void count_live(pfn_t node, uint32_t leaves, uint32_t removed_before)
{
    uint32_t removed = edit_answer.removed - removed_before;

    frame_live[node] = (uint16_t)(frame_live[node] + leaves - removed);
}

/* A single page of DATA with room: most requests. Both passes at once. */
static void map_page(struct edit_rec r)
{
    uint64_t old;

    frame_refs[r.frame]++;
    old = pt_exchange(r.node, r.index, pte_leaf(r.frame, r.prop));
    if (__builtin_expect(old != 0, 0))
        replaced(old, r, 1);
    else
        frame_live[r.node]++;
}

static status_t __attribute__((noinline)) map_pages(struct edit_rec r)
{
    uint32_t before = edit_answer.removed;
    uint64_t mark;
    status_t status = take(r, &mark);

    if (status != OK)
        return status;
    put_frames(r, pte_leaf(r.frame, r.prop) + mark, false);
    count_live(r.node, r.count, before);
    return OK;
}

status_t edit_map_run(struct edit_rec r)
{
    if (edit_level(r.node) != 1)
        return E_LEVEL;
    if (edit_spend(r.count) != OK)
        return E_INVAL;
    if (r.count != 1 || r.frame >= frame_count || frame_refs[r.frame] >= REF_MAX - 1)
        return map_pages(r);
    map_page(r);
    return OK;
}

status_t edit_map_list(struct edit_rec r)
{
    uint64_t end = (uint64_t)r.frame + r.count;
    uint32_t before = edit_answer.removed;
    status_t status;
    uint64_t stop;

    if (edit_level(r.node) != 1)
        return E_LEVEL;
    status = edit_spend(r.count);
    if (status != OK)
        return status;
    stop = take_list(r.frame, end);
    if (stop != end) {
        untake(r.frame, stop, true);
        return why_not(edit_list[stop]);
    }
    put_frames(r, pte_leaf_bits(r.prop), true);
    count_live(r.node, r.count, before);
    return OK;
}

/* One leaf over 512 aligned frames; it may replace another leaf, never a node. */
status_t edit_map_huge(struct edit_rec r)
{
    uint32_t before = edit_answer.removed;
    status_t status;
    uint64_t mark;
    uint64_t old;

    if (edit_level(r.node) != 2 || r.frame % PT_ENTRIES != 0)
        return E_LEVEL;
    if (pte_is_table(pt_load(r.node, r.index)))
        return E_BUSY;
    r.count = PT_ENTRIES; /* frames, from here on */
    status = edit_spend(r.count);
    if (status == OK)
        status = take(r, &mark);
    if (status != OK)
        return status;
    old = pt_exchange(r.node, r.index, pte_leaf(r.frame, r.prop) + mark);
    if (old != 0)
        replaced(old, r, 2);
    count_live(r.node, 1, before);
    return OK;
}
