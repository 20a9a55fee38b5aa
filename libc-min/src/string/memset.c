#include <string.h>

#include <stdint.h>

void *memset(void *to, int value, size_t bytes)
{
    void *d = to;
    uint64_t word = (uint8_t)value * 0x0101010101010101u;
    size_t words = bytes / 8, rest = bytes % 8;

    __asm__ volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(word) : "memory");
    __asm__ volatile("rep stosb" : "+D"(d), "+c"(rest) : "a"(word) : "memory");
    return to;
}
