/*
 * The start: what the kernel left becomes mm's pool of frames.
 */
#pragma once
#include "abi/boot.h"

/* Requires: serve_init was called; port_frames is set. Every DATA frame that nobody uses and
 * that is part of no module goes to the pool; mm takes one hold of each module's frames. */
void start_frames(const struct boot_record *boot);

/* Is it a module that programs may have? (mm's own pristine image is not.) */
bool start_is_data(const struct boot_module *m);

/* The record given to start_frames; NULL before. */
const struct boot_record *start_record(void);
