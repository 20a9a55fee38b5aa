#include "node_pool.h"

#include <assert.h>

#include "fail.h"
#include "port.h"

enum {
    CAP1 = 8192, /* enough for one request that maps all of memory */
    CAP_UPPER = 512,
    REFILL = 32,
    ROOMY = 512, /* with fewer free frames than this, a refill takes no more than asked for */
};

static pfn_t pool1[CAP1];
static pfn_t pool_upper[PT_LEVELS + 1][CAP_UPPER];
static uint32_t counts[PT_LEVELS + 1];

static pfn_t *stack(uint32_t level)
{
    return level == 1 ? pool1 : pool_upper[level];
}
static uint32_t cap(uint32_t level)
{
    return level == 1 ? CAP1 : CAP_UPPER;
}

static enum frame_type type_of(uint32_t level)
{
    return (enum frame_type)(FRAME_PT1 + level - 1);
}

void node_pool_init(void)
{
    for (uint32_t l = 1; l <= PT_LEVELS; l++)
        counts[l] = 0;
}

/* Retype up to n pooled nodes of one level to data. */
static void give_back(uint32_t level, uint32_t n)
{
    while (n > 0) {
        uint32_t part = n < RETYPE_MAX ? n : RETYPE_MAX;
        pfn_t *top = stack(level) + counts[level] - part;

        if (port_retype(top, part, FRAME_DATA) != OK)
            return; /* they stay nodes, and pooled */
        for (uint32_t i = 0; i < part; i++)
            frame_pool_put(top[i]);
        counts[level] -= part;
        n -= part;
    }
}

void node_pool_drain(void)
{
    for (uint32_t l = 1; l <= PT_LEVELS; l++)
        give_back(l, counts[l]);
}

/* Retype up to n frames of the pool to nodes of one level. Returns how many. */
static uint32_t refill(uint32_t level, uint32_t n)
{
    pfn_t frames[RETYPE_MAX];
    uint32_t got = 0;

    n = n < RETYPE_MAX ? n : RETYPE_MAX;
    while (got < n && frame_pool_take(1, FRAME_USE_OTHER, &frames[got]) == OK)
        got++;
    if (got == 0)
        return 0;
    if (port_retype(frames, got, type_of(level)) != OK) {
        for (uint32_t i = 0; i < got; i++)
            frame_pool_put(frames[i]);
        return 0;
    }
    for (uint32_t i = 0; i < got; i++)
        stack(level)[counts[level]++] = frames[i];
    return got;
}

/* Nodes of the other levels that are not needed there become nodes of this one, by way of the
 * frame pool. */
static void borrow(uint32_t level, const uint32_t need[PT_LEVELS + 1])
{
    for (uint32_t l = 1; l <= PT_LEVELS; l++)
        if (l != level && counts[l] > need[l])
            give_back(l, counts[l] - need[l]);
}

static status_t reserve(uint32_t level, const uint32_t need[PT_LEVELS + 1])
{
    uint32_t n = need[level];

    for (uint32_t i = 0; i < n; i++)
        if (fail_now())
            return E_NOMEM;
    if (n > cap(level))
        return E_NOMEM;

    while (counts[level] < n) {
        uint32_t want = n - counts[level];

        if (want < REFILL && frame_pool_free() >= ROOMY)
            want = REFILL;
        if (want > cap(level) - counts[level])
            want = cap(level) - counts[level];
        if (refill(level, want) != 0)
            continue;
        borrow(level, need);
        if (refill(level, want) == 0)
            return E_NOMEM;
    }
    return OK;
}

status_t node_pool_reserve_each(const uint32_t need[PT_LEVELS + 1])
{
    status_t st = OK;

    for (uint32_t l = PT_LEVELS; st == OK && l >= 1; l--)
        st = need[l] != 0 ? reserve(l, need) : OK;
    return st;
}

status_t node_pool_reserve(uint32_t level, uint32_t n)
{
    uint32_t need[PT_LEVELS + 1] = { 0 };

    assert(level >= 1 && level <= PT_LEVELS);
    need[level] = n;
    return reserve(level, need);
}

pfn_t node_pool_take(uint32_t level)
{
    assert(counts[level] > 0);
    return stack(level)[--counts[level]];
}

void node_pool_put(uint32_t level, pfn_t node)
{
    assert(level >= 1 && level <= PT_LEVELS);

    if (counts[level] == cap(level))
        give_back(level, RETYPE_MAX);
    assert(counts[level] < cap(level));
    stack(level)[counts[level]++] = node;
}

uint32_t node_pool_count(uint32_t level)
{
    return counts[level];
}

pfn_t *node_pool_at(uint32_t level, uint32_t i)
{
    assert(i < counts[level]);
    return stack(level) + i;
}

status_t node_pool_take_frames(uint32_t count, enum frame_use use, pfn_t *first)
{
    if (fail_now())
        return E_NOMEM;
    if (frame_pool_take(count, use, first) == OK)
        return OK;
    node_pool_drain();
    return frame_pool_take(count, use, first);
}

status_t node_pool_take_huge(enum frame_use use, pfn_t *first)
{
    if (fail_now())
        return E_NOMEM;
    if (frame_pool_take_huge(use, first) == OK)
        return OK;
    node_pool_drain();
    return frame_pool_take_huge(use, first);
}
