/*
 * Memory: everything is taken in runs, a page of each is written, and then read again: were two
 * frames the same memory, or one not there, it would show. The kernel's option below=N says
 * how many MiB lie below the 4 GiB address; whoever gets more has got some above.
 */
#include <string.h>

#include "servers/mm/client/mm_client.h"
#include "tests/guest/machine/parts.h"
#include "tests/guest/machine/report.h"

enum { RUN_PAGES = 512, RUNS_MAX = 512 };
#define RUN_BYTES ((uint64_t)RUN_PAGES * PAGE_BYTES)
#define PATTERN 0x6d656d6f72790000u /* and the run's number */

static uint64_t handles[RUNS_MAX];

/* The number behind `key` in the kernel's options, 0 if it is not there. */
static uint64_t option(const char *options, const char *key)
{
    size_t length = strlen(key);
    uint64_t n = 0;

    while (*options != '\0' && strncmp(options, key, length) != 0)
        options++;
    if (*options == '\0')
        return 0;
    for (options += length; *options >= '0' && *options <= '9'; options++)
        n = n * 10 + (uint64_t)(*options - '0');
    return n;
}

/* Where the first page of run i is mapped. */
static volatile uint64_t *page(vaddr_t scratch, uint32_t i)
{
    return (volatile uint64_t *)(scratch + i * RUN_BYTES);
}

/* Take runs until there are no more. Returns how many. */
static uint32_t take_all(const struct start_page *start)
{
    uint32_t n = 0;

    for (; n < RUNS_MAX; n++) {
        struct mm_frame run;
        uint64_t displaced;

        if (mm_frame_alloc(RUN_PAGES, 0, 0, &run) != OK)
            break;
        handles[n] = run.handle;
        if (mm_map1(start->space, (vaddr_t)page(start->scratch, n), PROP_R | PROP_W,
                    &run.handle, 1, &displaced) != OK)
            break;
        *page(start->scratch, n) = PATTERN + n;
    }
    return n;
}

static uint32_t right_ones(const struct start_page *start, uint32_t n)
{
    uint32_t right = 0;

    for (uint32_t i = 0; i < n; i++)
        right += *page(start->scratch, i) == PATTERN + i;
    return right;
}

static status_t give_back(const struct start_page *start, uint32_t n)
{
    struct mm_unmapped gone;
    status_t st = mm_unmap1(start->space, start->scratch, n * RUN_BYTES, &gone);

    for (uint32_t i = 0; i < n && st == OK; i++)
        st = mm_close(handles[i]);
    return st;
}

void memory_test(const struct start_page *start)
{
    uint64_t below = option(start->machine.options, "below=") << 20;
    uint64_t before = 0, after = 0;
    status_t st = mm_stat(COUNTER_frames_free, &before);
    uint32_t n = take_all(start);

    report("the counter of free frames", OK, (uint64_t)(int64_t)st);
    report("there is memory, more than lies below 4 GiB if so told", true,
           n > 0 && n * RUN_BYTES > below);
    report("it is most of what is free", true, (uint64_t)n * RUN_PAGES >= before - before / 8);
    report("every run has memory of its own", n, right_ones(start, n));
    report("all is given back", OK, (uint64_t)(int64_t)give_back(start, n));
    st = mm_stat(COUNTER_frames_free, &after);
    report("as many frames are free as before", before, st == OK ? after : 0);
}
