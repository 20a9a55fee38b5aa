/*
 * Each row that the checking image knows is broken by one word: CHECK must name that row and
 * no other. Then the word is repaired, and CHECK must find nothing. While a word is broken mm
 * is asked for nothing else.
 */
#include <log.h>
#include <stdio.h>

#include "servers/mm/client/mm_ask.h"
#include "servers/mm/client/mm_client.h"
#include "tests/guest/machine/parts.h"
#include "tests/guest/machine/report.h"

#define SLOT_BYTES ((uint64_t)HUGE_BYTES) /* what a level-1 node spans */

static const struct {
    uint32_t row, owner; /* owner: 0, or MM_CORRUPT_KERNEL */
    const char *what;
} rows[] = {
    { 1, 0, "a level-1 node has a link" },
    { 2, 0, "a node's back-link names another entry" },
    { 3, 0, "a node counts one entry too many" },
    { 4, 0, "an invalid entry is not zero" },
    { 5, 0, "a node of mm's pool is linked" },
    { 5, MM_CORRUPT_KERNEL, "a node is linked nowhere and says where" },
    { 7, 0, "a cursor stands behind its range" },
    { 8, 0, "two cursors own one node" },
    { 9, 0, "a frame that nobody uses is not in mm's pool" },
    { 9, MM_CORRUPT_KERNEL, "a kernel frame is counted" },
    { 10, 0, "a frame is counted once too often" },
    { 11, 0, "a large leaf over frames that are not counted" },
    { 12, 0, "a leaf maps a page table" },
    { 13, 0, "two active windows have a byte in common" },
    { 15, 0, "a frame in use is in mm's pool" },
    { 15, MM_CORRUPT_KERNEL, "a leaf maps a free frame" },
    { 16, 0, "mm takes a space for active that is not" },
    { 16, MM_CORRUPT_KERNEL, "a CPU has loaded what is no root" },
    { 17, 0, "mm counts one node too many" },
};

/* An active window of one page. */
static status_t make_window(uint64_t space, vaddr_t va, uint64_t flags)
{
    uint64_t window;
    status_t st = mm_ask_one(MM_WINDOW_NEW, 4,
                             (struct ipc_msg){ { 0, space, va, PAGE_BYTES, flags } }, &window);

    if (st != OK)
        return st;
    return mm_ask_plain(MM_WINDOW_ACTIVATE, 1, (struct ipc_msg){ { 0, window } });
}

/* Something of each kind: pages, windows, a cursor, another one beside its range under its
 * node. */
static status_t make_scene(void)
{
    struct mm_frame frame;
    uint64_t space, cursor, displaced;
    status_t st = mm_space_new(&space);

    if (st == OK)
        st = mm_frame_alloc(1, 0, 0, &frame);
    for (uint64_t i = 3; st == OK && i <= 7; i++)
        st = mm_map1(space, i * SLOT_BYTES, PROP_R, &frame.handle, 1, &displaced);
    if (st == OK)
        st = mm_cursor_open(space, 3 * SLOT_BYTES, 5 * SLOT_BYTES, MM_CURSOR_MUT, &cursor);
    if (st == OK)
        st = mm_cursor_open(space, 7 * SLOT_BYTES, 7 * SLOT_BYTES + PAGE_BYTES, 0, &cursor);
    if (st == OK)
        st = make_window(space, 0, MM_WINDOW_WRITER);
    return st == OK ? make_window(space, PAGE_BYTES, 0) : st;
}

/* The row that CHECK names, 0 if none; a status if it cannot be asked. */
static uint64_t named(void)
{
    uint64_t row, detail;
    status_t st = mm_check(&row, &detail);

    return st == OK ? row : (uint64_t)(int64_t)st;
}

static void test_row(uint32_t row, uint32_t owner, const char *what)
{
    char text[100];
    status_t broken = mm_corrupt(row | owner);
    uint64_t found = broken == OK ? named() : (uint64_t)(int64_t)broken;
    status_t repaired = mm_corrupt(0);
    uint64_t left = repaired == OK ? named() : (uint64_t)(int64_t)repaired;

    snprintf(text, sizeof text, "I%u is named: %s", row, what);
    report(text, row, found);
    snprintf(text, sizeof text, "I%u holds again", row);
    report(text, 0, left);
}

void rows_test(void)
{
    report("a scene with something of each kind", OK, (uint64_t)(int64_t)make_scene());
    report("all rows hold before", 0, named());
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_row(rows[i].row, rows[i].owner, rows[i].what);
}
