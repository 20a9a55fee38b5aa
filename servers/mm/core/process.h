/*
 * Processes: a client's capability table, threads and endpoints, which are kernel objects in
 * frames of their own.
 *
 * A client's first thread is the one that asks mm. What ACTIVATE binds is its registered
 * thread: of a plain program the first one itself, of an agent a second one, the probe, which
 * runs in no space until then.
 */
#pragma once
#include "client.h"

enum {
    THREAD_MAX = 256,
    THREAD_NONE = THREAD_MAX,
    ENDPOINT_MAX = 256,
    ENDPOINT_NONE = ENDPOINT_MAX
};

struct thread {
    pfn_t object;           /* NO_FRAME: this entry is not used */
    uint32_t id;            /* index plus a multiple of THREAD_MAX: never used twice */
    pfn_t message;          /* its message page, of which mm keeps a hold; NO_FRAME: none */
    struct vm_space *space; /* bound to it; NULL: to none */
    uint32_t client;        /* slot */
    bool paged;             /* the kernel knows a handler of its space */
    bool started;
    bool ended; /* its end was reported */
};

struct endpoint {
    pfn_t object; /* NO_FRAME: this entry is not used */
    uint32_t client;
};

void process_init(void);

/* A client with a table that reaches mm, and an empty space of its own, without threads.
 * Returns: OK; E_NOMEM, nothing changed. */
NODISCARD status_t process_new(struct client **out);

/* A thread in the client's own space, or in none; *out is its id. Returns: OK; E_NOMEM;
 * E_BUSY, a probe while the client has a space active; or what the kernel says. */
struct process_thread {
    uint32_t priority;
    uint32_t handler; /* slot of the client's table */
    bool probe;       /* registered for ACTIVATE, in no space at first */
};
NODISCARD status_t process_thread_new(struct client *c, struct process_thread how,
                                      uint32_t *out);

/* End a thread that was not started. Requires: it is live. */
void process_thread_drop(uint32_t id);

/* message: a frame of which the caller holds a handle, or NO_FRAME. */
struct process_start {
    uint64_t ip, sp, argument;
    pfn_t message;
};
NODISCARD status_t process_thread_start(struct thread *t, struct process_start how);

/* Bind the client's registered thread to the space; NULL: to none, or a plain program's to its
 * own. Returns: OK; E_INVAL, the client has no such thread; or what the kernel says. */
NODISCARD status_t process_activate(struct client *c, struct vm_space *s);

/* The client's registered thread has ended, and with it its use of a space. */
void process_deactivated(struct client *c);

/* A space, or a client, has another handler of faults: tell the kernel for each thread. */
void process_handlers_changed(void);

NODISCARD status_t process_endpoint_new(struct client *c, uint32_t *out);
void process_endpoint_free(uint32_t endpoint);

/* Destroy the client's threads, endpoints and table: nothing of it runs any more. */
void process_stop(struct client *c);

struct thread *process_thread(uint32_t i);       /* the table, THREAD_MAX long */
struct thread *process_thread_find(uint32_t id); /* or NULL: it is gone */
struct endpoint *process_endpoint(uint32_t i);

/* Kernel objects that mm made. */
uint32_t process_objects(void);
