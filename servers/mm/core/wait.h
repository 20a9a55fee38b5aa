/*
 * Requests that wait for a lock, in order of arrival, and who waits for whom.
 *
 * A request waits for (a) each live cursor that it conflicts with and (b) each earlier waiting
 * request that it conflicts with. If its (a) edges close a cycle over clients, it is refused;
 * a (b) edge that would close one is left out, so that the request overtakes. A client has at
 * most one request here, so the graph is one word of edges for each client.
 */
#pragma once
#include "client.h"
#include "cursor.h"

enum wait_outcome { WAIT_GRANTED, WAIT_MUST, WAIT_CYCLE };

/* A request that waits: the message, as it came, to be served again when it is granted. */
struct wait_request {
    int64_t token;
    uint32_t label;
    uint32_t count;
    uint64_t arg[IPC_REG_ARGS];
    pfn_t extra;            /* a frame with the further words; NO_FRAME: none */
    struct vm_space *space; /* NULL: this entry is not used */
    struct vrange range;
    uint32_t client; /* slot */
    uint32_t next;   /* the next to arrive; CLIENT_NONE: the last */
};

extern uint32_t wait_head; /* slot of the first to have arrived; CLIENT_NONE: nobody waits */

/* Does anybody wait, for whatever space? */
static inline bool wait_any(void)
{
    return wait_head != CLIENT_NONE;
}

void wait_init(void);

/* May the client own the range of the space now? Changes nothing. */
enum wait_outcome wait_try(uint32_t client, const struct vm_space *s, struct vrange r);

/* Let the client's request wait. Requires: wait_try said WAIT_MUST; the client has none
 * waiting. Returns its entry, to be filled with the message. */
struct wait_request *wait_enter(uint32_t client, struct vm_space *s, struct vrange r);

/* The client's waiting request, or NULL. */
struct wait_request *wait_of(uint32_t client);

/* Take the client's request out of the queue. Its extra frame is the caller's now. */
struct wait_request wait_leave(uint32_t client);

/* A cursor was opened: requests that conflict with it wait for its client from now on. */
void wait_opened(const struct cursor *c);

/* Decide the request again, as if it arrived now at its place in the queue. */
enum wait_outcome wait_again(struct wait_request *w);

/* The queue in order of arrival; NULL: no more. A request may be left before going on if
 * its successor is asked for first. */
struct wait_request *wait_first(void);
struct wait_request *wait_next(const struct wait_request *w);

/* What a waiting request waits for, one by one: conflicts in the order cursors, requests. */
struct wait_reason {
    enum mm_wait_kind kind;
    uint32_t client; /* slot */
    uint64_t cursor; /* its owner's handle, or 0 */
};
uint32_t wait_reasons(const struct wait_request *w, struct wait_reason *out, uint32_t most);
