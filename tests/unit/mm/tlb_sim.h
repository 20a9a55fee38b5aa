/*
 * What the other CPUs remember: translations that they have used, until a flush takes them.
 *
 * A CPU fills its memory by touching a page of the root that it has loaded. From then on mm
 * must not free the frame, nor leave the entry wrong, before it has flushed it.
 */
#pragma once
#include "core/port.h"

/* Every CPU forgets. */
void tlb_sim_reset(void);

/* The CPU loads a user byte at va by the root it runs. Returns: was the page there? */
bool tlb_sim_touch(uint32_t cpu, vaddr_t va);

/* A CR3 load. */
void tlb_sim_forget(uint32_t cpu);

/* INVLPG of n pages, or everything (n = 0), on each CPU that has the root loaded. */
void tlb_sim_flush(pfn_t root, const vaddr_t *pages, uint32_t n);

/* Does some CPU translate to this frame? */
bool tlb_sim_maps(pfn_t f);

/*
 * I14 and I15: what a CPU remembers is what the tables say, with no more rights, or an open
 * cursor has its address queued; and its frame is not free. Fails the test.
 */
void tlb_sim_check(void);
