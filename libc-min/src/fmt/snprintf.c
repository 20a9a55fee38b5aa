#include <stdio.h>

int snprintf(char *to, size_t room, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(to, room, format, args);
    va_end(args);
    return n;
}
