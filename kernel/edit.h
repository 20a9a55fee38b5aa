/*
 * pt_edit: the only code that changes page tables after boot.
 *
 * The caller (syscall.c, or a test) puts records and lists into edit_recs and edit_list
 * (kernel memory: nobody changes them meanwhile) and reads edit_answer, edit_zero, edit_old.
 * Runs under the kernel lock with interrupts off.
 */
#pragma once
#include "kernel/frame.h"

extern struct edit_rec edit_recs[EDIT_RECS_MAX];
extern pfn_t edit_list[EDIT_PAGES_MAX];
extern struct edit_result edit_answer;
extern pfn_t edit_zero[EDIT_PAGES_MAX];
extern uint64_t edit_old[EDIT_PAGES_MAX];

/*
 * Check and do edit_recs[0 .. n-1]; root names the space whose TLBs the ticket is about.
 * Returns: OK, or the status that refused record edit_answer.done, which changed nothing:
 * E_INVAL (op, flags, count, index, property, list), E_TYPE (node, frame or child of the
 * wrong type), E_LEVEL (level-4 kernel half; huge leaf not at level 2 or misaligned),
 * E_BUSY (child already linked, link target occupied, nothing to unlink or to split),
 * E_SATURATED, E_STALE (drop without a hold).
 */
NODISCARD status_t edit_run(pfn_t root, uint32_t n);

/* The same for this one record; edit_recs is not looked at. */
NODISCARD status_t edit_run_one(pfn_t root, struct edit_rec r);
