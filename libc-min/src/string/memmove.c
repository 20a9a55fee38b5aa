#include <string.h>

#include <stdint.h>

void *memmove(void *to, const void *from, size_t bytes)
{
    uint8_t *d = to;
    const uint8_t *s = from;

    if ((uintptr_t)d - (uintptr_t)s >= bytes)
        return memcpy(to, from, bytes); /* forward is safe: d is not inside [s, s+bytes) */
    while (bytes > 0) {
        bytes--;
        d[bytes] = s[bytes];
    }
    return to;
}
