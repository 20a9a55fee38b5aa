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

/* Take holds away from the frames at .. at+n-1. Returns: how many before the first without
 * one. (A frame listed twice needs two.) */
static inline __attribute__((always_inline)) uint32_t unhold_block(uint64_t at, uint32_t n,
                                                                   bool list)
{
    uint64_t limit = frame_count;

#pragma GCC unroll 16
    for (uint32_t m = 0; m < n; m++) {
        uint64_t f = edit_frame_at(at + m, list);

        if ((list && f >= limit) || frame_type[f] != FRAME_DATA || frame_parent[f] == 0)
            return m;
        EDIT_IN_PLACE();
        frame_parent[f]--;
    }
    return n;
}

/* Returns: the place of the first frame without a hold, end if all had one. */
static inline __attribute__((always_inline)) uint64_t unhold(uint64_t at, uint64_t end,
                                                             bool list)
{
    uint32_t taken = EDIT_BLOCK;

    while (end - at >= EDIT_BLOCK && taken == EDIT_BLOCK) {
        taken = unhold_block(at, EDIT_BLOCK, list);
        at += taken;
    }
    while (at < end && unhold_block(at, 1, list) == 1)
        at++;
    return at;
}

/* Give holds back to frames of a record that was refused. */
static void rehold(uint64_t at, uint64_t end, bool list)
{
    for (; at < end; at++)
        frame_parent[edit_frame_at(at, list)]++;
}

/* Give the references back. (The holds are gone, and refs >= holds + 1 was true.) */
static inline __attribute__((always_inline)) void release_block(uint64_t at, uint32_t n,
                                                                bool list)
{
#pragma GCC unroll 16
    for (uint32_t m = 0; m < n; m++)
        if (__builtin_expect(--frame_refs[edit_frame_at(at + m, list)] == 0, 0))
            edit_tell_zero(edit_frame_at(at + m, list));
}

static inline __attribute__((always_inline)) void release(uint64_t at, uint64_t end, bool list)
{
    for (; end - at >= EDIT_BLOCK; at += EDIT_BLOCK)
        release_block(at, EDIT_BLOCK, list);
    for (; at < end; at++)
        release_block(at, 1, list);
}

static status_t why_not(uint64_t f)
{
    return f < frame_count && frame_type[f] == FRAME_DATA ? E_STALE : E_TYPE;
}

static inline __attribute__((always_inline)) status_t drop(struct edit_rec r, bool list)
{
    uint64_t end = (uint64_t)r.frame + r.count;
    uint64_t stop = unhold(r.frame, end, list);

    if (stop != end) {
        rehold(r.frame, stop, list);
        return why_not(edit_frame_at(stop, list));
    }
    release(r.frame, end, list);
    return OK;
}

status_t edit_hold_drop_run(struct edit_rec r)
{
    status_t status = edit_in_table(r.frame, r.count) ? edit_spend(r.count) : E_TYPE;

    return status == OK ? drop(r, false) : status;
}

status_t edit_hold_drop_list(struct edit_rec r)
{
    status_t status = edit_spend(r.count);

    return status == OK ? drop(r, true) : status;
}
