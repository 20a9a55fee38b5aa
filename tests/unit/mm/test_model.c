/* Random requests, compared step by step with a flat set of mappings. */
#include "flat.h"
#include "world.h"

static uint64_t seed;
static uint64_t rnd(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

enum { RUNS = 6, SINGLES = 6 };
static struct {
    uint64_t handle, identity;
    uint32_t count;
} frame[RUNS + SINGLES];
static uint64_t space, cursor;
static struct flat flat;
static struct {
    uint64_t lo, hi, va;
} cur;

/* An address near an edge of some level. */
static uint64_t any_va(void)
{
    static const uint64_t edge[] = { 0, HP, 2 * HP, GP, 512 * GP, 513 * GP, USER_END };
    uint64_t va = edge[rnd(7)] + rnd(5) * P;

    va = rnd(2) != 0 && va >= 4 * P ? va - 4 * P : va;
    return va > USER_END ? USER_END : va;
}

static uint32_t any_prop(void)
{
    static const uint32_t prop[] = { 0, R, RW, R | PROP_AVAIL2,
                                     R | CACHE_UC << PROP_CACHE_SHIFT };

    return prop[rnd(5)];
}

static void start(void)
{
    world_start(WORLD_FRAMES, 1);
    space = ok(0, MM_SPACE_NEW);
    for (uint32_t i = 0; i < RUNS + SINGLES; i++) {
        frame[i].count = i < RUNS ? 1 + (uint32_t)rnd(700) % (i == 0 ? 700 : 9) : 1;
        frame[i].handle = ok(0, MM_FRAME_ALLOC, frame[i].count, 0, 0);
        frame[i].identity = world_out[1];
    }
    flat.n = 0;
    cursor = 0;
}

/* Map up to 4 handles at va; the request has `head` words before the property. */
static int32_t map(uint32_t head, uint64_t *words, uint64_t va, uint64_t room)
{
    uint32_t n = 1 + (uint32_t)rnd(4), prop = any_prop(), picked[4];
    bool excl = rnd(4) == 0, hit = false, fits;
    uint64_t pages = 0, displaced = 0, at = va;

    words[head] = prop | (excl ? MM_EXCL : 0);
    for (uint32_t i = 0; i < n; i++) {
        picked[i] = (uint32_t)rnd(RUNS + SINGLES);
        words[head + 1 + i] = frame[picked[i]].handle;
        pages += frame[picked[i]].count;
    }
    fits = pages * P <= room;
    for (uint64_t k = 0; fits && k < pages; k++)
        hit |= flat_has(&flat, va + k * P);
    int32_t status = world_ask(0, head + n, words);

    if (!fits)
        cr_assert_eq(status, head == 2 ? E_LEN : E_RANGE);
    else
        cr_assert_eq(status, excl && hit ? E_MAPPED : OK);
    if (status != OK)
        return status;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < frame[picked[i]].count; k++, at += P)
            displaced +=
                flat_map(&flat, (struct flat_page){ at, frame[picked[i]].identity + k, prop });
    /* A page of this request is never displaced by another page of it. */
    cr_assert_eq(world_out[0], displaced);
    return OK;
}

static void step_cursor(void)
{
    uint64_t len = rnd(3) == 0 ? any_va() : rnd(600) * P, room = cur.hi - cur.va;
    uint64_t words[8] = { 0, cursor };
    uint32_t i = flat_at(&flat, cur.va), prop = any_prop();
    bool fits;

    switch (rnd(6)) {
    case 0:
        cur.va = cur.lo + rnd((cur.hi - cur.lo) / P) * P;
        ok(0, MM_JUMP, cursor, cur.va);
        return;
    case 1:
        words[0] = MM_MAP;
        if (map(2, words, cur.va, room) == OK)
            cur.va = ok(0, MM_ADDR, cursor);
        break;
    case 2:
        if (len > room) {
            must(E_LEN, 0, MM_UNMAP, cursor, len);
            break;
        }
        cr_assert_eq(ok(0, MM_UNMAP, cursor, len), flat_unmap(&flat, cur.va, cur.va + len));
        cur.va += len;
        break;
    case 3:
        if (len > room)
            break;
        fits = i < flat.n && flat.page[i].va < cur.va + len;
        cr_assert_eq(ok(0, MM_FIND_NEXT, cursor, len), fits);
        cur.va = fits ? flat.page[i].va : cur.va + len;
        cr_assert_eq(world_out[1], cur.va);
        break;
    case 4:
        if (len > room)
            break;
        fits = i < flat.n && flat.page[i].va < cur.va + len;
        cr_assert_eq(ok(0, MM_PROTECT_NEXT, cursor, len, prop), fits);
        if (fits) {
            cr_assert_eq(world_out[1], flat.page[i].va);
            cr_assert_eq(world_out[2], P);
            flat.page[i].prop = prop;
        }
        cur.va = fits ? flat.page[i].va + P : cur.va + len;
        break;
    default:
        if (cur.va == cur.hi) {
            must(E_OUTSIDE, 0, MM_QUERY, cursor);
            break;
        }
        ok(0, MM_QUERY, cursor);
        fits = i < flat.n && flat.page[i].va == cur.va;
        cr_assert_eq(world_out[2], fits ? flat.page[i].prop | MM_PRESENT : 0);
        cr_assert_eq(world_out[3], fits ? flat.page[i].identity : 0);
        if (!fits) { /* a hole: an aligned slot around, with nothing in it */
            cr_assert(world_out[0] <= cur.va && cur.va < world_out[0] + world_out[1]);
            cr_assert_eq(flat_at(&flat, world_out[0]),
                         flat_at(&flat, world_out[0] + world_out[1]));
        }
        break;
    }
    cr_assert_eq(ok(0, MM_ADDR, cursor), cur.va);
}

static void step_one_shot(void)
{
    uint64_t va = any_va(), end = any_va(), words[8] = { MM_MAP1, space, va };
    uint32_t prop = any_prop();

    if (end <= va)
        end = va + rnd(1000) * P;
    switch (rnd(4)) {
    case 0:
        (void)map(3, words, va, USER_END - va);
        break;
    case 1:
        if (va < end && end <= USER_END)
            cr_assert_eq(ok(0, MM_UNMAP1, space, va, end - va), flat_unmap(&flat, va, end));
        else
            must(E_RANGE, 0, MM_UNMAP1, space, va, end - va);
        break;
    case 2:
        if (va < end && end <= USER_END)
            cr_assert_eq(ok(0, MM_PROTECT1, space, va, end - va, prop),
                         flat_protect(&flat, va, end, prop));
        break;
    default:
        if (va == USER_END) {
            must(E_RANGE, 0, MM_QUERY1, space, va);
            break;
        }
        cr_assert_eq(ok(0, MM_QUERY1, space, va), va);
        cr_assert_eq(world_out[2] != 0, flat_has(&flat, va));
    }
}

static void open_cursor(void)
{
    cur.lo = any_va();
    cur.hi = any_va();
    if (cur.lo >= cur.hi) {
        must(E_RANGE, 0, MM_CURSOR_OPEN, space, cur.lo, cur.hi, MM_CURSOR_MUT);
        return;
    }
    cursor = ok(0, MM_CURSOR_OPEN, space, cur.lo, cur.hi, MM_CURSOR_MUT);
    cur.va = cur.lo;
}

/* Every page of the reference is there, and nothing else. */
static void compare(void)
{
    uint64_t all = ok(0, MM_CURSOR_OPEN, space, 0, USER_END, 0);
    uint32_t n = 0;

    while (ok(0, MM_FIND_NEXT, all, USER_END - ok(0, MM_ADDR, all)) == 1) {
        cr_assert_eq(world_out[1], flat.page[n].va);
        ok(0, MM_QUERY, all);
        cr_assert_eq(world_out[2], flat.page[n].prop | MM_PRESENT);
        cr_assert_eq(world_out[3], flat.page[n].identity);
        if (world_out[0] + P == USER_END) {
            n++;
            break;
        }
        ok(0, MM_JUMP, all, world_out[0] + P);
        n++;
    }
    cr_assert_eq(n, flat.n);
    ok(0, MM_CLOSE, all);
}

static void trace(uint64_t number)
{
    seed = 0x9e3779b97f4a7c15u * (number + 1);
    start();
    for (uint32_t i = 0; i < 60; i++) {
        if (cursor != 0 && rnd(12) == 0) {
            ok(0, MM_CLOSE, cursor);
            cursor = 0;
        } else if (cursor != 0) {
            step_cursor();
        } else if (rnd(3) == 0) {
            open_cursor();
        } else {
            step_one_shot();
        }
    }
    if (cursor != 0)
        ok(0, MM_CLOSE, cursor);
    if (flat.n < 400)
        compare();
    world_end();
}

Test(model, random_requests_agree_with_a_flat_set, .timeout = 110)
{
    for (uint64_t i = 0; i < 12; i++)
        trace(i);
}
