#include <string.h>

#include <stdint.h>

size_t strlen(const char *s)
{
    return strnlen(s, SIZE_MAX);
}
