/*
 * Asserts of the guest: always on. What assert_fail does is up to what is linked: the
 * kernel panics, a program writes to the log and exits.
 */
#pragma once

#define static_assert _Static_assert

/* Requires: called for a broken assumption only. Does not return. */
__attribute__((noreturn, cold)) void assert_fail(const char *text, const char *file, int line);

#define assert(condition) ((condition) ? (void)0 : assert_fail(#condition, __FILE__, __LINE__))
