/*
 * Processes: a client's capability table, threads and endpoints, which are kernel objects in
 * frames of their own.
 */
#pragma once
#include "client.h"

enum { THREAD_MAX = 256, THREAD_NONE = THREAD_MAX, ENDPOINT_MAX = 256 };

struct thread {
    pfn_t object;    /* NO_FRAME: this entry is not used */
    pfn_t message;   /* its message page, of which mm keeps a hold; NO_FRAME: none */
    uint32_t client; /* slot */
    bool started;
    bool ended;      /* its end was reported */
};

struct endpoint {
    pfn_t object; /* NO_FRAME: this entry is not used */
    uint32_t client;
};

void process_init(void);

/* A client with a table that reaches mm, and an empty space of its own, without threads.
 * Returns: OK; E_NOMEM, nothing changed. */
NODISCARD status_t process_new(struct client **out);

/* A thread in the client's own space, or in none. Returns: OK; E_NOMEM, or the kernel's. */
struct process_thread {
    uint32_t priority;
    uint32_t handler; /* slot of the client's table */
    bool probe;       /* registered for ACTIVATE, in no space at first */
};
NODISCARD status_t process_thread_new(struct client *c, struct process_thread how, uint32_t *out);

/* message: a frame of which the caller holds a handle, or NO_FRAME. */
struct process_start {
    uint64_t ip, sp, argument;
    pfn_t message;
};
NODISCARD status_t process_thread_start(uint32_t thread, struct process_start how);

/* Which root the registered thread of a client without active space is bound to. */
NODISCARD status_t process_activate(struct client *c, struct vm_space *s);

NODISCARD status_t process_endpoint_new(struct client *c, uint32_t *out);
void process_endpoint_free(uint32_t endpoint);

/* Destroy the client's threads, endpoints and table: nothing of it runs any more. */
void process_stop(struct client *c);

struct thread *process_thread(uint32_t i);
struct endpoint *process_endpoint(uint32_t i);

/* Kernel objects that mm made. */
uint32_t process_objects(void);
