/*
 * Asking mm: one function for each request of abi/mm.def.
 *
 * Every one answers mm's status, or E_CAP or E_PEER when the request did not reach it; results
 * are written only on OK. More than four words go through the thread's message page, so one
 * thread of a program uses these functions, after mm_client_init.
 */
#pragma once
#include "abi/mm.h"

/* Requires: page is the message page of the calling thread (start_page.message). */
void mm_client_init(uint64_t *page);

/* spaces and handles */
NODISCARD status_t mm_space_new(uint64_t *space);
NODISCARD status_t mm_activate(uint64_t space); /* 0: none */
NODISCARD status_t mm_close(uint64_t handle);
NODISCARD status_t mm_grant(uint64_t handle, uint32_t client, uint32_t rights,
                            uint64_t *granted);
NODISCARD status_t mm_self(uint64_t *space, uint32_t *client);

/* Take back what was granted from the handle, directly or through others: from one client, or
 * (client 0) from all. */
NODISCARD status_t mm_revoke(uint64_t handle, uint32_t client);
NODISCARD status_t mm_reap(uint64_t space, uint64_t *nodes);

/* space handlers: client 0 is nobody; *id is the badge of the space's faults */
NODISCARD status_t mm_pager(uint64_t space, uint32_t client, uint64_t *id);
NODISCARD status_t mm_faults_at(uint64_t endpoint);

/* frames; identity says which frame it is, whoever maps it */
struct mm_frame {
    uint64_t handle, identity;
};

/* One handle for `count` consecutive frames; flags: enum mm_frame_flag, without EACH. */
NODISCARD status_t mm_frame_alloc(uint64_t count, uint8_t fill, uint32_t flags,
                                  struct mm_frame *run);

/* Requires: 1 <= count <= MM_FRAME_EACH_MAX; room for as many in each[]. */
NODISCARD status_t mm_frame_alloc_each(uint32_t count, uint8_t fill, uint32_t flags,
                                       struct mm_frame *each);

/* cursors; flags: enum mm_cursor_flag */
struct mm_slot_info {
    uint64_t start, length;
    uint64_t property; /* enum prop_bit | MM_PRESENT if a mapping is there */
    uint64_t identity;
};

struct mm_unmapped {
    uint64_t leaves, pages;
};

struct mm_protected {
    uint64_t found, start, length;
};

NODISCARD status_t mm_cursor_open(uint64_t space, vaddr_t start, vaddr_t end, uint32_t flags,
                                  uint64_t *cursor);
NODISCARD status_t mm_query(uint64_t cursor, struct mm_slot_info *out);
NODISCARD status_t mm_find_next(uint64_t cursor, uint64_t length, bool *found, vaddr_t *at);
NODISCARD status_t mm_jump(uint64_t cursor, vaddr_t address);
NODISCARD status_t mm_addr(uint64_t cursor, vaddr_t *address);
NODISCARD status_t mm_map(uint64_t cursor, uint32_t property, const uint64_t *frames,
                          uint32_t count, uint64_t *displaced);
NODISCARD status_t mm_unmap(uint64_t cursor, uint64_t length, struct mm_unmapped *out);
NODISCARD status_t mm_protect_next(uint64_t cursor, uint64_t length, uint32_t property,
                                   struct mm_protected *out);
NODISCARD status_t mm_flush(uint64_t cursor, vaddr_t start, vaddr_t end);
NODISCARD status_t mm_dispatch(uint64_t cursor);
NODISCARD status_t mm_sync(uint64_t cursor);

/* one-shot forms; frames[]: `count` handles, of single frames or of runs */
NODISCARD status_t mm_map1(uint64_t space, vaddr_t address, uint32_t property,
                           const uint64_t *frames, uint32_t count, uint64_t *displaced);
NODISCARD status_t mm_unmap1(uint64_t space, vaddr_t address, uint64_t length,
                             struct mm_unmapped *out);
NODISCARD status_t mm_protect1(uint64_t space, vaddr_t address, uint64_t length,
                               uint32_t property, uint64_t *changed);
NODISCARD status_t mm_query1(uint64_t space, vaddr_t address, struct mm_slot_info *out);

/* windows; flags: enum mm_window_flag. A buffer is memory of the calling program; *done, the
 * bytes moved, is written on OK and on E_FAULT; size is 1, 2, 4 or 8 */
struct mm_window_range {
    vaddr_t start;
    uint64_t length;
};

NODISCARD status_t mm_window_new(uint64_t space, const struct mm_window_range *range,
                                 uint32_t flags, uint64_t *window);
NODISCARD status_t mm_window_activate(uint64_t window);
NODISCARD status_t mm_window_dispose(uint64_t window);
NODISCARD status_t mm_window_attach(uint64_t window, uint64_t space, vaddr_t address);
NODISCARD status_t mm_window_limit(uint64_t window, uint64_t bytes);
NODISCARD status_t mm_window_skip(uint64_t window, uint64_t bytes);
NODISCARD status_t mm_window_remain(uint64_t window, uint64_t *bytes);
NODISCARD status_t mm_window_read(uint64_t reader, void *buffer, uint64_t length,
                                  uint64_t *done);
NODISCARD status_t mm_window_write(uint64_t writer, const void *buffer, uint64_t length,
                                   uint64_t *done);
NODISCARD status_t mm_window_zero(uint64_t writer, uint64_t length, uint64_t *done);
NODISCARD status_t mm_window_copy(uint64_t writer, uint64_t reader, uint64_t *done);
NODISCARD status_t mm_window_read_val(uint64_t reader, uint32_t size, uint64_t *value);
NODISCARD status_t mm_window_write_val(uint64_t writer, uint32_t size, uint64_t value);
NODISCARD status_t mm_window_read_once(uint64_t window, uint32_t size, uint64_t *value);
NODISCARD status_t mm_window_write_once(uint64_t writer, uint32_t size, uint64_t value);
NODISCARD status_t mm_window_load(uint64_t window, uint32_t *value);
NODISCARD status_t mm_window_cas(uint64_t writer, uint32_t old, uint32_t new, uint32_t *found);

/* looking at mm */
struct mm_wait {
    uint64_t kind, client, cursor; /* enum mm_wait_kind; cursor 0: none */
};

struct mm_census {
    uint64_t frames, nodes, objects;
};

NODISCARD status_t mm_stat(enum mm_counter counter, uint64_t *value);
NODISCARD status_t mm_check(uint64_t *row, uint64_t *detail);
NODISCARD status_t mm_fail_alloc(uint64_t from_now);

/* *count: how many there are; min(*count, most) of them are in waits[]. */
NODISCARD status_t mm_waits(uint32_t client, struct mm_wait *waits, uint32_t most,
                            uint32_t *count);
NODISCARD status_t mm_corrupt(uint64_t row);
NODISCARD status_t mm_census(struct mm_census *out);

/* processes; slots are of the caller's capability table */
struct mm_process {
    uint64_t process, space; /* handles */
    uint32_t client;
};

struct mm_thread_how {
    uint32_t slot; /* where the caller gets a capability on the thread; 0: nowhere */
    uint32_t priority;
    uint32_t handler; /* slot of the new thread's table that gets its faults; 0: none */
    uint32_t flags;   /* enum mm_thread_flag */
};

struct mm_thread_start {
    vaddr_t ip, sp;
    uint64_t argument;
    uint64_t message; /* handle of the frame of its message page; 0: none */
};

struct mm_module {
    uint64_t frames, bytes; /* a run handle, and what of it is the module's; 0, 0: empty */
    char name[32];          /* NUL-terminated */
};

NODISCARD status_t mm_proc_new(uint32_t slot, struct mm_process *out);
NODISCARD status_t mm_proc_kill(uint64_t process);
NODISCARD status_t mm_thread_new(uint64_t process, const struct mm_thread_how *how,
                                 uint64_t *thread);
NODISCARD status_t mm_thread_start(uint64_t thread, const struct mm_thread_start *how);
NODISCARD status_t mm_endpoint_new(uint32_t slot, uint64_t *endpoint);
NODISCARD status_t mm_module(uint32_t index, struct mm_module *out);
