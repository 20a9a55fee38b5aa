/*
 * A whole mm on the host: start it, ask it as its clients do, look whether anything leaked.
 */
#pragma once
#include <criterion/criterion.h>

#include "abi/boot.h"
#include "port_host.h"
#include "serve.h"

#define P ((uint64_t)PAGE_BYTES)
#define HP ((uint64_t)HUGE_BYTES)
#define GP (1ull << 30)
#define R PROP_R
#define RW (PROP_R | PROP_W)
#define RX (PROP_R | PROP_X)

enum { WORLD_CLIENTS = 4, WORLD_FRAMES = 4096 };

/* What the kernel left, for world_start; empty unless a test fills it in. */
extern struct boot_record world_boot;

/* mm with four clients, on one CPU, or on two (CPU 1 plays a client's). */
void world_start(uint32_t frames, uint32_t cpus);

/* The client's id, by number 0 .. WORLD_CLIENTS-1. */
uint32_t world_client(uint32_t i);

/* The results of the last request that was answered at once. */
extern uint64_t world_out[MM_ARGS_MAX];
extern uint32_t world_results;

/* A handle of client 0 on client i's process. */
uint64_t world_process(uint32_t i);

/* Ask as client i: words[0] is the label, `count` arguments follow. Returns the status, or
 * SERVE_LATER. Both checkers run after every request. */
int32_t world_ask(uint32_t i, uint32_t count, const uint64_t *words);

/* The same, which must succeed. Returns its first result. */
uint64_t world_ok(uint32_t i, uint32_t count, const uint64_t *words, int line);

#define WORDS(...)                                                                             \
    sizeof((uint64_t[]){ __VA_ARGS__ }) / 8 - 1, (uint64_t[])                                  \
    {                                                                                          \
        __VA_ARGS__                                                                            \
    }
#define ask(i, ...) world_ask(i, WORDS(__VA_ARGS__))
#define ok(i, ...) world_ok(i, WORDS(__VA_ARGS__), __LINE__)
#define must(expected, i, ...) cr_assert_eq(ask(i, __VA_ARGS__), expected)

/* mm's late answer to client i: its status; the test fails if there is none. */
int32_t world_reply(uint32_t i);

/* Everything the clients had is ended: no frame may be missing. */
void world_end(void);

/* With two CPUs, a space is loaded: client 0 has it active, and the second CPU runs in it. */
void world_load(uint64_t space, const struct vm_space *s);

/* world_end after world_load. Requires: every flush was made. */
void world_unload(void);

uint64_t world_stat(enum mm_counter which);
