/*
 * Kernel objects: threads, endpoints, capability tables. Each fills one OBJECT frame.
 *
 * An object is named by (frame, generation): frame_gen[] grows whenever the object in a frame
 * begins or ends, and frame_live[] holds its enum obj_kind while it lives. So a stale name
 * is found by one compare against memory that only the kernel writes.
 * A thread belongs to one CPU, which alone changes its state.
 */
#pragma once
#include "abi/fault.h"
#include "abi/ipc.h"
#include "abi/syscall.h"
#include "kernel/tlb.h"
#include "memory_arch.h"

/* What a capability slot holds. Valid iff kind is CAP_NONE or frame_gen[frame] == gen. */
struct cap {
    uint8_t kind;   /* enum cap_kind */
    uint8_t rights; /* enum cap_right */
    uint16_t arg;   /* port range or interrupt line */
    uint32_t badge;
    pfn_t frame;
    uint32_t unused;
    uint64_t gen;
    void *object;
};

struct cap_table {
    uint64_t users; /* threads that use it */
    uint64_t unused[31];
    struct cap cap[CAP_SLOTS];
};
static_assert(sizeof(struct cap_table) <= PAGE_BYTES, "an object is one frame");

/* Registers in the order of offsets.h. A thread that stopped in a system call needs all but
 * rcx and r11; one that was interrupted (full) needs every one. */
struct context {
    uint64_t rbx, rbp, r12, r13, r14, r15, rip, rflags, rsp;
    uint64_t rax, rdi, rsi, rdx, r10, r8, r9, rcx, r11;
};

struct fault_info {
    uint64_t head; /* word 0 of the fault message; 0: none */
    uint64_t address, error;
};

struct endpoint;

/* A token is a thread's frame, and how many calls came before in that frame. */
#define TOKEN_STEP (1u << 24)

struct thread {
    struct context ctx;
    uint64_t token;        /* frame + TOKEN_STEP * calls: what the receiver answers with */
    struct cap *caps;      /* its table's slots */
    struct endpoint *wait; /* the endpoint it waits at: SENDING, WAITING, RECEIVING */
    uint64_t root;         /* its level-4 node; frame_template: no space */
    uint32_t state;        /* enum thread_state */
    uint32_t full;         /* resume every register, by IRET */
    uint32_t priority;
    uint32_t above; /* mask of the priorities above its own */
    struct fault_info fault;
    /* From here on the assembly does not look. */
    pfn_t frame;      /* where it lives: fixed */
    pfn_t table;      /* frame of caps; NO_FRAME: none yet */
    pfn_t message;    /* pinned message page or NO_FRAME */
    uint32_t badge;   /* SENDING: of the capability it sent through */
    uint32_t extra;   /* SENDING: words in its message page */
    uint32_t handler; /* slot of its own table that gets its faults; 0: none */
    pfn_t pager;      /* endpoint of its space's handler, or NO_FRAME */
    uint32_t pager_badge;
    uint64_t pager_gen;
    uint32_t limit;      /* ticks it may run between two system calls; 0: no limit */
    uint32_t ticks;      /* ticks since its last system call */
    uint64_t tick_token; /* token when ticks was last counted */
    uint32_t stage;      /* enum fault_stage: who has been asked about its fault */
    struct thread *next, *prev;         /* ready queue or endpoint queue */
    struct thread *all_next, *all_prev; /* every thread */
};
static_assert(sizeof(struct thread) <= PAGE_BYTES, "an object is one frame");

/* Threads one behind the other (thread_queue.h); a thread is in one queue at most. */
struct thread_queue {
    struct thread *head, *tail;
};

/* Per CPU: a thread that waits to receive, and callers that wait to be received. */
struct endpoint_queue {
    struct thread *waiter;
    struct thread_queue callers;
    struct thread *till_tick; /* a receiver for which the fast paths have no eye */
};

struct endpoint {
    struct endpoint_queue queue[CPU_MAX];
    uint64_t bits; /* notifications not yet received */
    pfn_t frame;
};
static_assert(sizeof(struct endpoint) <= PAGE_BYTES, "an object is one frame");

/* Every living thread, newest first. */
extern struct thread *thread_all;

/* The live object of this kind in frame f, whatever number a user says that is, or NULL. */
static inline void *object_get(uint64_t f, enum obj_kind kind)
{
    if (f >= frame_count || frame_type[f] != FRAME_OBJECT || frame_live[f] != kind)
        return NULL;
    return frame_address((pfn_t)f);
}

/* Requires: nothing. Makes an object in an OBJECT frame that holds none.
 * Returns: OK and the generation; E_INVAL, E_TYPE. */
NODISCARD status_t object_init(uint64_t frame, enum obj_kind kind, uint64_t *gen);

/* End an object, in bounded steps. Returns: OK; E_NOTQUIET (call again); E_TYPE; E_BUSY (a
 * table in use, a thread that runs on a CPU, another endpoint being destroyed). */
NODISCARD status_t object_destroy(uint64_t frame);

static inline bool cap_alive(const struct cap *c)
{
    bool object = c->kind >= CAP_THREAD && c->kind <= CAP_TABLE;

    return c->kind != CAP_NONE && (!object || frame_gen[c->frame] == c->gen);
}

/* The capability in a slot of t's table if it is alive, of this kind and has all of these
 * rights, else NULL. */
static inline struct cap *cap_get(struct thread *t, uint64_t slot, enum cap_kind kind,
                                  uint32_t rights)
{
    struct cap *c;

    if (t->caps == NULL || slot >= CAP_SLOTS)
        return NULL;
    c = &t->caps[slot];
    return c->kind == kind && (c->rights & rights) == rights && cap_alive(c) ? c : NULL;
}

NODISCARD status_t cap_put(uint64_t table, uint64_t slot, uint64_t object, uint32_t rights,
                           uint32_t badge);
NODISCARD status_t cap_copy(struct thread *t, uint64_t from, uint64_t table_slot, uint64_t to,
                            uint32_t rights, uint32_t badge);
NODISCARD status_t cap_drop(struct thread *t, uint64_t slot);

NODISCARD status_t thread_set(uint64_t f, uint64_t field, uint64_t value);
NODISCARD status_t thread_bind(uint64_t f, uint64_t root, uint64_t *ticket);
NODISCARD status_t thread_start(uint64_t f, uint64_t ip, uint64_t sp, uint64_t arg);

/* End t: it leaves every queue and never runs again; mm is notified. */
void thread_end(struct thread *t);
