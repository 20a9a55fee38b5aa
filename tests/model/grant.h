/* Which handle was granted from which: a tree over all clients (docs/decisions/0051). */
#pragma once
#include "state.h"

/* Says that a handle of client `to` came from where a handle of client `from` stands. */
void grant_below(struct model *m, uint32_t to, uint64_t number, uint32_t from, uint64_t parent);

/* A part of a run came from where the whole came. */
void grant_beside(struct model *m, uint32_t client, uint64_t number, uint64_t whole);

/* The handle closes: what was granted from it counts as granted from where it came. */
void grant_closed(struct model *m, uint32_t client, const struct handle *h);

struct grant_place {
    uint32_t client;
    uint64_t number;
};

/*
 * What stands below a handle; if `only` is a client, what that one has there, and all below
 * it. Returns: how many, in an array that the caller frees.
 */
uint32_t grant_list(const struct model *m, struct grant_place of, uint32_t only,
                    struct grant_place **list);
