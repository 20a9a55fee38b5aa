/* SplitMix64, as abi/program.h says under "Randomness". */
#include "clients/conductor/core/draw.h"

uint64_t draw_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t draw_range(uint64_t *state, uint64_t lo, uint64_t hi)
{
    return lo < hi ? lo + draw_next(state) % (hi - lo) : lo;
}
