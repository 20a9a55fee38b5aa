/*
 * Clients: processes that mm knows by the badge of the capability they call with.
 *
 * A client's id is its slot plus a multiple of CLIENT_MAX that is never used twice, so an id
 * names a client for ever and finds it at once. Id 0 is nobody.
 */
#pragma once
#include "handle.h"
#include "vm_space.h"

enum { CLIENT_MAX = 64, CLIENT_NONE = CLIENT_MAX };

struct client {
    uint32_t id;   /* 0: the slot is free */
    uint32_t slot; /* fixed */
    bool init;     /* the first program: it alone may ask for modules */
    bool trusted;  /* started by init: it may break things on purpose (FAIL_ALLOC, CORRUPT) */
    struct handle_table handles;
    struct vm_space *own;    /* its process's space; NULL in tests of the core alone */
    uint64_t own_handle;     /* its last handle on it; 0: none yet */
    struct vm_space *active; /* what its registered thread is bound to by ACTIVATE */
    uint64_t active_via;     /* the handle with which it did so */
    uint32_t faults_at;      /* index of the endpoint where it takes faults; ENDPOINT_NONE */
    pfn_t table;             /* its capability table, NO_FRAME: none */
    uint32_t registered;     /* index of the thread that ACTIVATE binds; THREAD_NONE */
    uint32_t first;          /* index of its first thread; THREAD_NONE */
} __attribute__((aligned(128))); /* a power of two: found by a shift */

void client_init(void);

/* Returns: OK; E_NOMEM. */
NODISCARD status_t client_new(struct client **out);

/* Requires: nothing of it is left. */
void client_free(struct client *c);

/* The space in which the client's first thread runs, which asks mm: its buffers are there.
 * Requires: it is a process. */
static inline struct vm_space *client_space(const struct client *c)
{
    return c->active != NULL && c->registered == c->first ? c->active : c->own;
}

extern struct client client_table[CLIENT_MAX];

/* Requires: slot < CLIENT_MAX. */
static inline struct client *client_at(uint32_t slot)
{
    return &client_table[slot];
}

/* The live client with this id, or NULL. */
static inline struct client *client_find(uint64_t id)
{
    struct client *c = &client_table[id % CLIENT_MAX];

    return id != 0 && c->id == id ? c : NULL;
}
