/*
 * The frame table: what every physical frame is, and how often it is used.
 *
 * Parallel arrays indexed by frame number, never through a pointer (that keeps the code
 * provable). On the machine the linker script places them; on the host they are statics.
 * Invariants (kcheck.c tests them): refs of a DATA frame = leaves that map it + holds +
 * pins; refs of every other frame stands at REF_MAX, so one compare proves type and room;
 * win[f] is what frame_window_entry says of its type; frame 0 is never DATA.
 */
#pragma once
#include "abi/edit.h"
#include "abi/status.h"

extern uint8_t frame_type[FRAME_MAX];    /* enum frame_type */
extern uint32_t frame_refs[FRAME_MAX];   /* DATA: leaves + holds + pins; else REF_MAX */
extern uint32_t frame_parent[FRAME_MAX]; /* DATA: holds; PT1..PT3: the node that links it,
                                            NO_FRAME if none; PT4: threads bound to it */
extern uint16_t frame_index[FRAME_MAX];  /* PT1..PT3 linked: the entry that links it */
extern uint16_t frame_live[FRAME_MAX];   /* PTn: valid entries (PT4: of the user half);
                                            DATA: pins; OBJECT: its kind, 0 once destroyed */
extern uint64_t frame_stamp[FRAME_MAX];  /* LIMBO: clock at retype_begin; PT4: last unbind */
extern uint64_t frame_gen[FRAME_MAX];    /* objects: generation, only grows */
extern uint64_t win[FRAME_MAX];          /* level-1 entries of mm's window */

extern uint32_t frame_count; /* frame numbers are below this */
extern pfn_t frame_template; /* the PT4 whose upper half every new PT4 gets */

/* What win[f] must be for a frame of this type. */
uint64_t frame_window_entry(pfn_t f, enum frame_type type);

/* The one store of a type: frames first .. first+count-1 begin anew with it, unlinked, unbound,
 * without holds or valid entries; the window follows. Stamp and generation stay.
 * Requires: nothing refers to the frames. */
void frame_init(pfn_t first, uint32_t count, enum frame_type type);

/* One kernel pin on a DATA frame: it can then be neither freed nor retyped.
 * Returns: OK; E_TYPE (not DATA), E_SATURATED. */
NODISCARD status_t frame_pin(uint64_t f);
void frame_unpin(pfn_t f);

/* Device ranges: mappable uncached only, never counted. Boot only, after all frame_init;
 * at most 16. Returns: OK; E_TYPE (RAM or the kernel's), E_INVAL (empty, wraps, known
 * already, or interrupt controllers), E_NOMEM. */
NODISCARD status_t frame_add_device(pfn_t first, uint32_t count);
bool frame_is_device(pfn_t f);
