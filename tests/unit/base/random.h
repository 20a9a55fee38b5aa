/* A small generator, so that a failure can be run again from the seed it names. */
#pragma once
#include <stdint.h>

static inline uint32_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* A number below `below`. */
static inline uint32_t random_below(uint64_t *state, uint32_t below)
{
    return random_next(state) % below;
}
