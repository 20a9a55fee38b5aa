/*
 * The whole-table checker: every invariant of contract.md 3.4 that the kernel alone can see.
 *
 * Linked into the checking image only. Runs under the kernel lock. Rows, and
 * what they mean here:
 *   1  levels: a node links nodes one level down only; leaves stand at level 1 and 2
 *   2  tree: a linked node's back-link names its entry; kernel halves are the template's, and
 *      one root at most has mm's window
 *   3  live is the number of valid entries (of a root: in the user half)
 *   4  an entry is 0, or exactly what the codec makes of its meaning, and in range
 *   5  a node that says it is linked is: the entry it names refers to it
 *   9  refs of a DATA frame is below REF_MAX, of any other frame at it; types are known
 *  10  refs = leaves that map the frame + holds + pins
 *  11  each of the 512 frames of a large leaf is counted
 *  12  leaves map DATA, or devices uncached; mm's window shows each frame as its type says
 *  15  no leaf and no window entry shows a frame that is free (count 0) or in LIMBO
 *  16  what a CPU has loaded as its root is one, or was until it is flushed, or the kernel's
 */
#pragma once
#include "kernel/frame.h"

/* Whether this is the checking image. */
extern const bool kcheck_linked;

/* Returns: 0 if all rows hold; else a row that fails and the frame concerned. */
uint32_t kcheck(pfn_t *where);
