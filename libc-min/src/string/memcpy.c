#include <string.h>

#include <stdint.h>

/* Words first: a rep string instruction counts once for each. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    void *d = to;
    size_t words = bytes / 8, rest = bytes % 8;

    __asm__ volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(rest) : : "memory");
    return to;
}
