#include "frame_pool.h"

#include <assert.h>
#include <string.h>

#include "fail.h"

enum { WORD = 64, WORDS = FRAME_MAX / WORD };

static uint64_t free_map[WORDS];
static uint64_t script_map[WORDS];
static uint64_t restricted_map[WORDS];
static uint32_t free_count;
static uint32_t used_count;
static uint32_t restricted_count;
static pfn_t hint;

static bool get(const uint64_t *map, pfn_t f)
{
    return (map[f / WORD] >> (f % WORD) & 1) != 0;
}
static void set(uint64_t *map, pfn_t f)
{
    map[f / WORD] |= 1ull << (f % WORD);
}
static void clear(uint64_t *map, pfn_t f)
{
    map[f / WORD] &= ~(1ull << (f % WORD));
}

/* n bits from this one on; 0 < n <= WORD - bit. */
static uint64_t run_bits(uint32_t bit, uint32_t n)
{
    return ~0ull >> (WORD - n) << bit;
}

void frame_pool_init(void)
{
    memset(free_map, 0, sizeof free_map);
    memset(script_map, 0, sizeof script_map);
    memset(restricted_map, 0, sizeof restricted_map);
    free_count = used_count = restricted_count = 0;
    hint = 0;
}

void frame_pool_add(pfn_t first, uint32_t count)
{
    assert(first <= FRAME_MAX && count <= FRAME_MAX - first);
    free_count += count;
    while (count > 0) {
        uint32_t bit = first % WORD, n = count < WORD - bit ? count : WORD - bit;

        assert((free_map[first / WORD] & run_bits(bit, n)) == 0);
        free_map[first / WORD] |= run_bits(bit, n);
        first += n;
        count -= n;
    }
}

/* The first run of count free frames that lies in [from, to), or NO_FRAME. */
static pfn_t find(pfn_t from, pfn_t to, uint32_t count)
{
    uint32_t run = 0;

    for (pfn_t f = from; f < to;) {
        uint64_t word = free_map[f / WORD] >> (f % WORD);

        if (word == 0) {
            run = 0;
            f = (f | (WORD - 1)) + 1;
            continue;
        }
        if (run == 0 && (word & 1) == 0) {
            f += (pfn_t)__builtin_ctzll(word);
            continue;
        }
        run = (word & 1) != 0 ? run + 1 : 0;
        f++;
        if (run == count)
            return f - count;
    }
    return NO_FRAME;
}

/* The frames of a run that was found are not free any more. */
static void take(pfn_t first, uint32_t count, enum frame_use use)
{
    for (pfn_t f = first; f < first + count; f++) {
        clear(free_map, f);
        fail_poison(f);
        if (use == FRAME_USE_SCRIPT)
            set(script_map, f);
    }
    free_count -= count;
    used_count += use == FRAME_USE_SCRIPT ? count : 0;
}

status_t frame_pool_take(uint32_t count, enum frame_use use, pfn_t *first)
{
    pfn_t f;

    assert(count > 0);
    if (count > free_count)
        return E_NOMEM;
    f = find(hint, FRAME_MAX, count);
    if (f == NO_FRAME)
        f = find(0, FRAME_MAX, count);
    if (f == NO_FRAME)
        return E_NOMEM;
    take(f, count, use);
    hint = f + count < FRAME_MAX ? f + count : 0;
    *first = f;
    return OK;
}

static bool all_free(pfn_t first, uint32_t count)
{
    for (pfn_t f = first; f < first + count; f++)
        if (!get(free_map, f))
            return false;
    return true;
}

/* From the end, where single frames break a run last. */
status_t frame_pool_take_huge(enum frame_use use, pfn_t *first)
{
    for (pfn_t end = FRAME_MAX; end > 0; end -= PT_ENTRIES) {
        pfn_t f = end - PT_ENTRIES;

        if (free_map[f / WORD] == 0 || !all_free(f, PT_ENTRIES))
            continue;
        take(f, PT_ENTRIES, use);
        *first = f;
        return OK;
    }
    return E_NOMEM;
}

void frame_pool_put(pfn_t f)
{
    assert(f < FRAME_MAX);
    assert(!get(free_map, f));

    if (get(script_map, f)) {
        clear(script_map, f);
        used_count--;
    }
    if (restricted_count != 0 && get(restricted_map, f)) {
        clear(restricted_map, f);
        restricted_count--;
    }
    fail_poison(f);
    set(free_map, f);
    free_count++;
}

bool frame_pool_has(pfn_t f)
{
    return f < FRAME_MAX && get(free_map, f);
}

uint32_t frame_pool_free(void)
{
    return free_count;
}

bool frame_pool_scripts(pfn_t f)
{
    return get(script_map, f);
}

uint32_t frame_pool_used(void)
{
    return used_count;
}

void frame_pool_restrict(pfn_t first, uint32_t count)
{
    for (pfn_t f = first; f < first + count; f++) {
        restricted_count += !get(restricted_map, f);
        set(restricted_map, f);
    }
}

bool frame_pool_restricted(pfn_t f)
{
    return f < FRAME_MAX && get(restricted_map, f);
}

bool frame_pool_restricts(void)
{
    return restricted_count != 0;
}

uint64_t *frame_pool_word(pfn_t f)
{
    return &free_map[f / WORD];
}
