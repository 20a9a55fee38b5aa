/*
 * Requests: one function for each label of abi/mm.def. It checks in the order that D23 and
 * docs/decisions/0011 give, and changes nothing before all checks have passed.
 */
#pragma once
#include "edit.h"
#include "lock.h"

enum { REQUEST_WAITS = 1 }; /* beside the statuses: the answer comes later */

struct request {
    struct model *m;
    uint32_t client;
    struct client *c;
    uint32_t label; /* without MM_TRY */
    bool try;
    bool granted; /* it has waited, and may have its range now */
    uint32_t count;
    const uint64_t *arg;
    uint32_t length;      /* WINDOW_READ, WINDOW_WRITE by a buffer that is all right … */
    const uint8_t *bytes; /* … WINDOW_WRITE: what is in it; NULL: the buffer is in arg[] */
    struct outcome *into; /* … WINDOW_READ: where its bytes go; NULL: the buffer is in arg[] */
    uint32_t words;       /* of the answer */
    uint64_t *word;
};

typedef int32_t request_fn(struct request *r);

/* Decodes, checks the number of words, and calls the label's function. */
int32_t request_serve(struct request *r);

request_fn request_space_new, request_activate, request_close, request_grant, request_self,
    request_frame_alloc;
request_fn request_cursor_open, request_query, request_find_next, request_jump, request_addr,
    request_map, request_unmap, request_protect_next, request_flush, request_dispatch,
    request_sync;
request_fn request_map1, request_unmap1, request_protect1, request_query1;
request_fn request_window_new, request_window_activate, request_window_dispose,
    request_window_limit, request_window_skip, request_window_remain, request_window_read,
    request_window_write, request_window_zero, request_window_copy, request_window_read_val,
    request_window_write_val, request_window_read_once, request_window_write_once,
    request_window_load, request_window_cas;
request_fn request_revoke, request_reap, request_pager, request_faults_at, request_saturate;
request_fn request_window_attach;
request_fn request_device, request_map_device;
request_fn request_map_huge, request_frame_slice, request_frame_split;
request_fn request_stat, request_check, request_fail_alloc, request_waits, request_corrupt,
    request_census;
request_fn request_proc_new, request_proc_kill, request_thread_new, request_thread_start,
    request_endpoint_new, request_module;

/* --- shared by them --- */

enum { REQUEST_RUNS = MM_ARGS_MAX };

/* The space that a handle names, if it has these rights. */
NODISCARD status_t request_space(const struct request *r, uint64_t number, uint32_t rights,
                                 struct space **out);

/* The same for looking only: MAP or READ (docs/decisions/0010). */
NODISCARD status_t request_space_look(const struct request *r, uint64_t number,
                                      struct space **out);

/* May the client lock the range now? Returns: OK; E_BUSY; REQUEST_WAITS: it is queued. */
int32_t request_lock(struct request *r, struct space *s, uint64_t lo, uint64_t hi, bool wait);

/* Do the arguments `from` and up name frames? Handles are checked before rights (D23). */
NODISCARD status_t request_frame_handles(const struct request *r, uint32_t from);

/* The frames that the arguments `from` and up name, for a mapping with this property. */
NODISCARD status_t request_frames(const struct request *r, uint32_t from, uint64_t prop,
                                  struct edit_run run[REQUEST_RUNS], uint32_t *runs,
                                  uint64_t *pages);

/* The rights on its handle that mapping a frame like this takes (docs/decisions/0010). */
uint32_t request_rights_for(uint64_t prop);

/* Is [lo, hi) a range that a cursor may have? Returns: OK; E_RANGE; E_ALIGN. */
NODISCARD status_t request_range(uint64_t lo, uint64_t hi);

/* What is at va, as a query answers it. */
void request_slot(struct request *r, const struct space *s, uint64_t va);

/* A frame's opaque identity. */
uint64_t request_identity(uint32_t frame);

/* Closing a handle of any kind, whatever holds it: a client ends. */
void request_let_go(struct model *m, struct client *c, struct handle *h);

/* The client's copy, if it is one through this window (NULL: any), ends with a status. */
void request_stop_copy(struct model *m, uint32_t client, const struct window *of,
                       int32_t status);

/* Some lock may be free: requests that wait are decided again, in order of arrival. */
void request_wake(struct model *m);

/* The client's request has this answer. */
void request_answer(struct model *m, uint32_t client, int64_t status, uint32_t count,
                    const uint64_t *words);
