/* Asking the model in tests: requests of clients, answers as statuses and words. */
#pragma once
#include "tests/model/model.h"

extern struct model *world;
extern const struct outcome_set *answer; /* the last one taken */
extern uint64_t out[OUTCOME_WORDS];      /* its words */

/* A new model with clients 0 and 1 on CPU 0 and client 2 on CPU 1. */
void world_begin(void);
void world_end(void);

/* Asks and takes the answer. Returns: its status. Requires: it does not wait. */
#define ask(client, label, ...)                                                                \
    ask_words(client, label, sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t),           \
              (uint64_t[]){ __VA_ARGS__ })
int64_t ask_words(uint32_t client, uint32_t label, uint32_t count, const uint64_t *words);

/* Asks without taking the answer. */
#define post(client, label, ...)                                                               \
    post_words(client, label, sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t),          \
               (uint64_t[]){ __VA_ARGS__ })
void post_words(uint32_t client, uint32_t label, uint32_t count, const uint64_t *words);

/* Takes the oldest answer, which must be this client's. Returns: its status. */
int64_t taken(uint32_t client);

/* Touches, and takes the answer. */
void load(uint32_t client, uint64_t address, uint32_t width);
void store(uint32_t client, uint64_t address, uint32_t width, uint64_t value);
void call(uint32_t client, uint64_t address);

/* Is the last answer just this? */
bool is_value(uint64_t value);
bool is_fault(enum fault_access access, enum fault_reason reason);

/* A space, `count` frames each of its own, a cursor_mut: their first handle. */
uint64_t new_space(uint32_t client);
uint64_t new_frame(uint32_t client, uint8_t fill);
uint64_t new_huge(uint32_t client);
uint64_t new_cursor(uint32_t client, uint64_t space, uint64_t lo, uint64_t hi);

uint64_t counted(enum mm_counter which);

enum { P = PAGE_BYTES };
#define HP ((uint64_t)HUGE_BYTES)
#define GP (512 * HP)
enum { RW = PROP_R | PROP_W };
