/* What the host's machine for mm asserts, in a program that is no Criterion test: a failure
 * says where and ends the program. */
#pragma once
#include <stdio.h>
#include <stdlib.h>

#define cr_assert(condition, ...)                                                              \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            fprintf(stderr, "%s:%d: error: " #condition "\n", __FILE__, __LINE__);             \
            abort();                                                                           \
        }                                                                                      \
    } while (0)
#define cr_assert_eq(a, b, ...) cr_assert((a) == (b))
#define cr_assert_neq(a, b, ...) cr_assert((a) != (b))
