/*
 * Who may still hold stale translations: a stamp clock and each CPU's last full flush.
 *
 * A ticket is a stamp; it is done when every CPU's flush time has reached it. A CPU on the
 * kernel root counts as flushed for ever.
 */
#pragma once
#include "kernel/frame.h"

enum { CPU_MAX = 64 };
#define FLUSHED_FOREVER UINT64_MAX

extern uint64_t tlb_clock;            /* the last stamp given */
extern uint64_t tlb_flushed[CPU_MAX]; /* clock as read before that CPU's last full flush */
extern uint32_t tlb_root[CPU_MAX];    /* current_root: stored just before CR3 is loaded */
extern uint32_t tlb_cpus;             /* CPUs that run */

uint64_t tlb_stamp(void);        /* a new stamp */
bool tlb_loaded(pfn_t root);     /* some CPU has this root loaded */
uint64_t tlb_ticket(pfn_t root); /* a new stamp if any CPU has root loaded, else 0 */
bool tlb_done(uint64_t ticket);  /* every CPU has flushed since */
