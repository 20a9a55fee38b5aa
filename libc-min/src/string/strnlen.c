#include <string.h>

size_t strnlen(const char *s, size_t most)
{
    size_t n = 0;

    while (n < most && s[n] != '\0')
        n++;
    return n;
}
