/* A client's handles: numbers of its own, each given once, and what they name (D20, D22). */
#pragma once
#include "abi/mm.h"

struct space;
struct cursor;
struct window;

struct handle {
    enum mm_kind kind;
    bool live;
    uint32_t rights;       /* enum mm_right; spaces and frames */
    uint32_t first, count; /* frames of a run */
    struct space *space;
    struct cursor *cursor;
    struct window *window;
    uint32_t client; /* KIND_PROC: its slot */
    uint64_t id;     /* … and its id */
    uint64_t parent; /* the handle it was granted from; 0: none that lives */
    uint32_t parent_client;
    uint32_t children; /* handles granted from it */
};

struct handles {
    struct handle *at;
    uint32_t count, room;
};

void handles_free(struct handles *h);

/* Returns: the number of a new live handle. */
uint64_t handles_new(struct handles *h, struct handle what);

/*
 * Returns: OK; E_STALE, the number was this client's, whatever it named; E_HANDLE, it never
 * was, or the handle is of another kind (KIND_NONE: any kind will do).
 */
NODISCARD status_t handles_find(const struct handles *h, uint64_t number, enum mm_kind kind,
                                struct handle **out);

/* The number of a handle of this table. */
uint64_t handles_number(const struct handles *h, const struct handle *of);
