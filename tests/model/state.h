/* What the files of the model share: its state, and nothing else. */
#pragma once
#include "batch.h"
#include "frames.h"
#include "handles.h"
#include "mapset.h"
#include "model.h"
#include "nodeset.h"

/* A translation that is no more, and the CPUs that may use it still (contract 3.5). */
struct stale {
    struct mapping old;
    uint64_t cpus;
    const struct cursor *by;   /* whose batch will flush it; NULL: it was dispatched */
    const struct cursor *sync; /* dispatched, and this cursor's sync waits for it */
};

struct space {
    struct space *next;
    uint32_t id;      /* for people */
    uint32_t handles; /* of all clients */
    uint64_t pager;   /* id of the client that handles its faults; 0: nobody */
    bool process;     /* a client's own: its nodes are not counted */
    struct mapset maps;
    struct nodeset nodes;
    struct cursor *cursors; /* newest first */
    struct window *windows;
    struct stale *stale;
    uint32_t stales, stale_room;
};

/* A reader or a writer of a range of bytes (contract 1.6, 3.3; docs/decisions/0030). */
struct window {
    struct window *next; /* of its space */
    struct space *space;
    uint64_t start, end, cur;
    bool writer;
    bool reads;  /* what it may do was settled when it was made */
    bool active; /* it excludes others, beyond one request */
    bool moving; /* a copy through it goes on */
    uint32_t client;
    uint64_t handle;
    uint64_t via;  /* the handle of the space by which it was made */
    uint64_t lent; /* that of the activation, if it gave more rights; 0: it did not */
    bool attached; /* its pages [first, behind) are mapped at `at` of `place`, too */
    struct space *place;
    uint64_t at, first, behind;
    uint64_t place_via; /* the handle that named the place; 0: none did */
};

/* A run of frames. */
struct kept {
    uint32_t first, count;
};

struct cursor {
    struct cursor *next; /* of its space */
    struct space *space;
    uint64_t lo, hi, cur;
    uint32_t guard; /* level of the node that it owns as a whole */
    bool mut;
    uint32_t client;
    uint64_t handle;
    uint64_t via; /* the handle of the space by which it was opened */
    struct batch batch;
    struct kept *kept; /* frames that stay until the batch is flushed (docs/decisions/0042) */
    uint32_t keeps, keep_room;
};

/* A request that waits for a lock. */
struct waiting {
    bool there;
    uint64_t order; /* of arrival */
    struct space *space;
    uint64_t lo, hi;
    uint64_t behind; /* clients whose earlier requests it waits for */
};

/* A client whose access has faulted waits for a space's handler. */
struct faulting {
    bool there;
    bool taken;
    uint32_t handler;
    uint64_t order;
    enum fault_access access;
    enum fault_reason reason;
    uint64_t address;
};

/* What a client does as a handler. */
struct taking {
    bool waits; /* for a fault */
    bool holds; /* one, of this client: */
    uint32_t client;
    uint64_t id;
    enum fault_access access;
    enum fault_reason reason;
};

/* A copy that goes on between other requests (docs/decisions/0031). */
struct moving {
    bool there;
    struct window *to, *from; /* NULL: the buffer, or for `zeros` nothing */
    bool zeros;
    uint64_t buffer; /* in the client's own space */
    uint64_t left, done;
};

struct client {
    bool alive;
    uint64_t id;
    uint32_t cpu;
    struct handles handles;
    struct space *own;   /* its process's space: SELF names it */
    uint64_t own_handle; /* 0: none yet */
    struct space *active;
    uint64_t active_via; /* the handle by which it was activated */
    struct waiting waiting;
    struct moving moving;
    bool takes; /* it has named an endpoint for faults */
    struct faulting faulting;
    struct taking taking;
    uint32_t label, count; /* the request under way */
    uint64_t args[MM_ARGS_MAX];
    uint64_t order; /* of the answer; 0: there is none, or it was taken */
    struct outcome_set answer;
    struct model_request touch; /* a store whose place is to be committed */
    uint32_t places;
    uint32_t place[OUTCOME_MEMBERS][2]; /* frames where it may have gone */
};

struct model {
    struct model_facts facts;
    struct frames frames;
    uint32_t device; /* its first page, as a frame that nobody counts */
    struct space *spaces;
    uint32_t space_ids;
    uint32_t script_spaces; /* live ones that are no process's */
    uint64_t client_ids;
    struct client client[MODEL_CLIENTS];
    uint64_t orders; /* of arrivals and answers */
    uint64_t fail;   /* allocations until one fails; 0: none does */
    uint64_t invlpg, flush_all, batches, lock_conflicts, cursors, windows;
};
