/* Holds: references that mm keeps without a leaf, for handles and for pages being flushed. */
#include "kernel/edit_record.h"

/* Whether a DATA frame has room for one more reference, and why not. */
static status_t check_room(pfn_t f)
{
    if (frame_refs[f] < REF_MAX - 1)
        return OK;
    return frame_type[f] == FRAME_DATA ? E_SATURATED : E_TYPE;
}

/* A run names each frame once, so checking before taking counts right. */
static status_t check_run(uint64_t f, uint64_t end)
{
    status_t status = OK;

    while (f < end && status == OK) {
        status = check_room((pfn_t)f);
        f++;
    }
    return status;
}

status_t edit_hold_run(struct edit_rec r)
{
    uint64_t end = (uint64_t)r.frame + r.count;
    status_t status = edit_in_table(r.frame, r.count) ? edit_spend(r.count) : E_TYPE;

    if (status == OK)
        status = check_run(r.frame, end);
    if (status != OK)
        return status;
#pragma GCC unroll 16
    for (uint64_t f = r.frame; f < end; f++) {
        frame_refs[f]++;
        frame_parent[f]++;
    }
    return OK;
}

/* Take holds away from frames f .. f+n-1. Returns: how many before the first without one. */
static inline __attribute__((always_inline)) uint32_t unhold_block(uint64_t f, uint32_t n)
{
#pragma GCC unroll 16
    for (uint32_t k = 0; k < n; k++) {
        if (frame_type[f + k] != FRAME_DATA || frame_parent[f + k] == 0)
            return k;
        EDIT_IN_PLACE();
        frame_parent[f + k]--;
    }
    return n;
}

static uint64_t unhold_blocks(uint64_t f, uint64_t end)
{
    uint32_t taken = EDIT_BLOCK;

    while (end - f >= EDIT_BLOCK && taken == EDIT_BLOCK) {
        taken = unhold_block(f, EDIT_BLOCK);
        f += taken;
    }
    return f;
}

static uint64_t unhold_run(uint64_t first, uint64_t end)
{
    uint64_t f = unhold_blocks(first, end);

    while (f < end && unhold_block(f, 1) == 1)
        f++;
    return f;
}

/* Give holds back to frames of a run that was refused. */
static void rehold_run(uint64_t f, uint64_t end)
{
    for (; f < end; f++)
        frame_parent[f]++;
}

/* Give the references of a run back. (Its holds are gone, and refs >= holds + 1 was true.) */
static inline __attribute__((always_inline)) void release_block(uint64_t f, uint32_t n)
{
#pragma GCC unroll 16
    for (uint32_t k = 0; k < n; k++)
        if (__builtin_expect(--frame_refs[f + k] == 0, 0))
            edit_tell_zero(f + k);
}

static uint64_t release_blocks(uint64_t f, uint64_t end)
{
    for (; end - f >= EDIT_BLOCK; f += EDIT_BLOCK)
        release_block(f, EDIT_BLOCK);
    return f;
}

static void release_run(uint64_t first, uint64_t end)
{
    for (uint64_t f = release_blocks(first, end); f < end; f++)
        release_block(f, 1);
}

static status_t why_not(pfn_t f)
{
    return f < frame_count && frame_type[f] == FRAME_DATA ? E_STALE : E_TYPE;
}

status_t edit_hold_drop_run(struct edit_rec r)
{
    uint64_t end = (uint64_t)r.frame + r.count;
    status_t status = edit_in_table(r.frame, r.count) ? edit_spend(r.count) : E_TYPE;
    uint64_t stop;

    if (status != OK)
        return status;
    stop = unhold_run(r.frame, end);
    if (stop != end) {
        rehold_run(r.frame, stop);
        return why_not((pfn_t)stop);
    }
    release_run(r.frame, end);
    return OK;
}

/* As for a run, one listed frame after the other: a frame listed twice needs two holds. */
static uint64_t unhold_list(uint64_t at, uint64_t end)
{
    uint64_t limit = frame_count;

#pragma GCC unroll 16
    for (; at < end; at++) {
        uint64_t f = edit_list[at];

        if (f >= limit || unhold_block(f, 1) != 1)
            break;
    }
    return at;
}

static void rehold_list(uint64_t at, uint64_t end)
{
    for (; at < end; at++)
        frame_parent[edit_list[at]]++;
}

static void release_list(uint64_t at, uint64_t end)
{
#pragma GCC unroll 16
    for (; at < end; at++)
        release_block(edit_list[at], 1);
}

status_t edit_hold_drop_list(struct edit_rec r)
{
    uint64_t end = (uint64_t)r.frame + r.count;
    status_t status = edit_spend(r.count);
    uint64_t stop;

    if (status != OK)
        return status;
    stop = unhold_list(r.frame, end);
    if (stop != end) {
        rehold_list(r.frame, stop);
        return why_not(edit_list[stop]);
    }
    release_list(r.frame, end);
    return OK;
}
