/* The script's random numbers: one 64-bit state, every draw the same on every machine. */
#pragma once
#include "abi/types.h"

/* Returns: the next number of the stream. */
uint64_t draw_next(uint64_t *state);

/* Returns: one of [lo, hi), or lo if that is empty (then nothing is drawn). */
uint64_t draw_range(uint64_t *state, uint64_t lo, uint64_t hi);
