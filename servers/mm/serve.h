/*
 * Serving requests: from a message to its answer, without a system call of its own.
 *
 * Each request of abi/mm.def has one function serve_NAME: it checks everything, in the order
 * handle, rights, range, alignment, state; then it does everything. A request that must wait
 * for a lock is stored, answered later through port_reply, and served again from the start.
 */
#pragma once
#include "core/client.h"
#include "core/cursor.h"

enum { SERVE_LATER = 1 /* no answer yet */, SERVE_RESULTS = 4 };

struct request {
    struct client *client;
    int64_t token;
    uint32_t label;
    uint32_t count;              /* argument words */
    uint64_t arg[IPC_REG_ARGS];  /* words beyond count are undefined */
    const uint64_t *more;        /* arguments 4 and up */
    bool again;                  /* it has waited, and its lock is granted */
    uint64_t out[SERVE_RESULTS]; /* results 0 to 3 */
    uint64_t *page;              /* results 4 and up; NULL: there may be none */
    uint32_t results;            /* set by the request's function; 0 before it */
};

/* Before the first request: empty tables; frames come with frame_pool_put. */
void serve_init(void);

/* The frames of the pool at the start: what frames_free counts from. */
void serve_started(void);

/* Which function serves a label, and how many arguments it takes. */
struct serve_operation {
    int32_t (*serve)(struct request *r); /* NULL: no such request */
    uint32_t least, most;
};
extern const struct serve_operation serve_operations[MM_LABEL_END];

/* Requires: results is 0. Returns: the status to answer with out[] and page[], or
 * SERVE_LATER. */
static inline int32_t serve(struct request *r)
{
    const struct serve_operation *op = serve_operations + r->label % MM_LABEL_END;

    if ((r->label & ~MM_TRY) >= MM_LABEL_END || op->serve == NULL || r->count < op->least ||
        r->count > op->most)
        return E_INVAL;
    return op->serve(r);
}

/* Threads have ended: find them, report them, and end clients whose first thread is among
 * them. */
void serve_deaths(void);

/* End a client and all it has; it may be the one that asks. */
void serve_end_client(struct client *c);

/* Shared by the serve_* functions. */

static inline uint64_t serve_arg(const struct request *r, uint32_t i)
{
    return i < IPC_REG_ARGS ? r->arg[i] : r->more[i - IPC_REG_ARGS];
}

/* The live space that a handle names, if it has these rights (0: any). */
NODISCARD status_t serve_space(const struct request *r, uint64_t number, uint32_t rights,
                               struct vm_space **out);

/* The same, to be looked at: MAP or READ will do. */
NODISCARD status_t serve_space_look(const struct request *r, uint64_t number,
                                    struct vm_space **out);

/* The live entry of a handle that can be granted: a space's or a frame's. */
NODISCARD status_t serve_granted(const struct request *r, uint64_t number,
                                 struct handle_entry **out);

/* The client's waiting request gets E_STALE, if it waits in this space by this handle. */
void serve_refuse(const struct client *c, const struct vm_space *s, uint64_t via);

/* The cursor that argument 0 names; `mut`: it must be able to change the space. */
NODISCARD status_t serve_cursor(const struct request *r, bool mut, struct cursor **out);

/* The frames that a handle names, if it has these rights. */
NODISCARD status_t serve_run(const struct request *r, uint64_t number, uint32_t rights,
                             struct handle_entry **out);

/* May the client own this range now? Returns: OK; E_BUSY, also if another of the client's
 * threads waits already; E_NOMEM; SERVE_LATER: it waits. */
int32_t serve_lock(const struct request *r, struct vm_space *s, struct vrange range, bool wait);

/* A cursor was closed, or a waiting request went: decide the waiting ones again. */
void serve_waiting(void);

/* The frames that a request names, arguments `from` and up, for a mapping with property prop.
 * Either run[] or port_in->list holds them. */
struct serve_frames {
    uint64_t pages;
    uint32_t runs; /* 0: the list holds them, pages <= EDIT_PAGES_MAX */
    const struct frame_run *run;
};

/* Handles are checked before rights: what an E_ACCESS becomes if one of the frames' handles,
 * arguments `from` and up, names no frame. Any other status stays. */
NODISCARD status_t serve_handles_first(const struct request *r, uint32_t from, status_t st);

NODISCARD status_t serve_frames(const struct request *r, uint32_t from, uint32_t prop,
                                struct serve_frames *out);
NODISCARD status_t serve_map(struct map_job *job, const struct serve_frames *f);

/* Identities of frames, which say nothing about where they are. */
static inline uint64_t serve_identity(pfn_t f)
{
    return (uint64_t)f + 0x100000000u;
}

/* Results of query: start, length, property, identity. */
void serve_slot(struct request *r, const struct pt_slot *slot);

uint64_t serve_frames_free(void);

#define MM_OP(name, label, least, most, args, results) int32_t serve_##name(struct request *r);
#include "abi/mm.def"
#undef MM_OP

/* What a frame's handle must permit to be mapped like this (docs/decisions/0010). */
static inline uint32_t serve_frame_rights(uint64_t prop)
{
    enum { M = MM_RIGHT_MAP, R = M | MM_RIGHT_READ, W = M | MM_RIGHT_WRITE, RW = R | W };
    static const uint8_t need[] = { M, R, W, RW, R, R, RW, RW };

    return need[prop % 8]; /* the three lowest bits */
}
