/*
 * The part of the C library's <stdio.h> that guest code uses: formatting into a buffer.
 * Conversions: %c %s %d %i %u %x %X %p %%, with l, ll and z, the flags 0 - # and a width;
 * %.Ns limits a string. Anything else is copied as it stands.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>

/* Returns the length of the whole text; at most room-1 characters and an end are stored. */
int vsnprintf(char *to, size_t room, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
int snprintf(char *to, size_t room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
