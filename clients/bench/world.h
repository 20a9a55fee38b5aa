/* What the bench measures with: frames, handles, addresses, other processes. */
#pragma once
#include <sys.h>

#include "abi/start.h"
#include "bench.h"

struct world {
    uint64_t space;    /* the bench's own, active while it runs */
    uint64_t *message; /* its message page */
    uint64_t one;      /* handles of single frames */
    uint64_t other;
    uint64_t run;               /* handle of BENCH_PAGES frames */
    uint64_t list[BENCH_PAGES]; /* handles of one frame each */
    uint64_t far;               /* another space, with a megabyte at WORLD_FAR to read */
    uint32_t echo;              /* slot: calls come back as they went */
    uint32_t report;            /* slot: the toucher's calls are received here */
};
extern struct world world;

/* Where things are mapped, each in 2 MiB of its own. */
#define WORLD_ONE ((vaddr_t)START_SCRATCH_VA)
#define WORLD_MANY (WORLD_ONE + 2 * HUGE_BYTES)
#define WORLD_COPY (WORLD_ONE + 4 * HUGE_BYTES)
#define WORLD_FAR WORLD_MANY
#define WORLD_EMPTY (1ull << 44) /* nothing is ever mapped from here on */

/*
 * One request to mm with `count` arguments, of which those from the fifth on are in the
 * message page already. Returns mm's status; results replace the words.
 */
static inline __attribute__((always_inline)) status_t
world_ask(struct ipc_msg *msg, enum mm_label label, uint32_t count)
{
    uint32_t extra = count > IPC_REG_ARGS ? count - IPC_REG_ARGS : 0;

    msg->w[0] = IPC_HEAD(label, count);

    status_t st = sys_call(SLOT_MM, extra, msg, &extra);

    return st != OK ? st : (status_t)msg->w[0];
}

/* Makes everything in `world`. Asserts that mm has the means. */
void world_make(const struct start_page *start);

/* Lets the toucher fault once more. Returns how long that took. */
uint64_t world_fault(void);

/* Lets another process need a page that is not there; the handler of its space maps it through
 * mm. Returns how long that took. world_undemand takes the page away again. */
uint64_t world_demand(void);
void world_undemand(void);
