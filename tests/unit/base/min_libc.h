/* The guest's C library under the names that it has in these tests. */
#pragma once
#include <stdarg.h>
#include <stddef.h>

void *min_memcpy(void *to, const void *from, size_t bytes);
void *min_memmove(void *to, const void *from, size_t bytes);
void *min_memset(void *to, int value, size_t bytes);
int min_memcmp(const void *a, const void *b, size_t bytes);
size_t min_strlen(const char *s);
size_t min_strnlen(const char *s, size_t most);
int min_strcmp(const char *a, const char *b);
int min_strncmp(const char *a, const char *b, size_t most);
int min_snprintf(char *to, size_t room, const char *format, ...);
int min_vsnprintf(char *to, size_t room, const char *format, va_list args);
