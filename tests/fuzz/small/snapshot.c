#include "snapshot.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES_MAX = 2048 };

/* Pages that were written to, in the order of their first write, and what they were before. */
struct written {
    uint32_t count;
    uint8_t *at[PAGES_MAX];
    uint8_t first[PAGES_MAX][PAGE];
};

struct snapshot {
    uint32_t count;
    uint8_t page[PAGES_MAX][PAGE];
};

static struct written *written; /* itself outside; set once, before anything is tracked */

/* The program's static data, as the linker knows it. */
extern uint8_t __data_start[], _end[];

void *snapshot_outside(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED)
        _exit(2);
    return at;
}

/* The first write to a tracked page: remember the page, and let the write happen. */
static void first_write(int signal, siginfo_t *info, void *context)
{
    uint8_t *page = (uint8_t *)((uintptr_t)info->si_addr / PAGE * PAGE);
    uint32_t i = written->count;

    (void)signal, (void)context;
    if (i == PAGES_MAX || (i > 0 && written->at[i - 1] == page) ||
        mprotect(page, PAGE, PROT_READ | PROT_WRITE) != 0)
        _exit(3); /* a wild access, or far too many pages */
    written->at[i] = page;
    memcpy(written->first[i], page, PAGE);
    written->count++;
}

void snapshot_track(void *at, size_t bytes)
{
    struct sigaction action = { .sa_sigaction = first_write, .sa_flags = SA_SIGINFO };

    if (written == NULL)
        written = snapshot_outside(sizeof *written);
    if (sigaction(SIGSEGV, &action, NULL) != 0 || mprotect(at, bytes, PROT_READ) != 0)
        _exit(2);
}

void snapshot_track_statics(void)
{
    uintptr_t first = (uintptr_t)__data_start / PAGE * PAGE;

    snapshot_track((void *)first, (uintptr_t)_end - first);
}

struct snapshot *snapshot_new(void)
{
    return snapshot_outside(sizeof(struct snapshot));
}

void snapshot_take(struct snapshot *s)
{
    s->count = written->count;
    for (uint32_t i = 0; i < s->count; i++)
        memcpy(s->page[i], written->at[i], PAGE);
}

void snapshot_return(const struct snapshot *s)
{
    for (uint32_t i = 0; i < written->count; i++)
        memcpy(written->at[i], i < s->count ? s->page[i] : written->first[i], PAGE);
}
