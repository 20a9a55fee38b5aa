/*
 * Starting a program from its ELF image, by requests to mm that any client may send.
 *
 *     spawn_begin   a process whose space holds the image's segments and a stack
 *     spawn_give    capabilities that it shall find in its table
 *     spawn_arg     words of its start page
 *     spawn_start   start page, message page, first thread; it runs
 *
 * Whoever fails undoes everything: the process is killed, no handle is left. One program is
 * under construction at a time; the spawner's space above `scratch` must be free.
 */
#pragma once
#include "abi/start.h"
#include "servers/mm/client/mm_client.h"

/* A program under construction, then the spawner's hold on it. */
struct spawn {
    uint64_t process; /* handle; for mm_proc_kill */
    uint64_t space;   /* handle; 0 once it runs */
    uint32_t client;  /* its id, and its badge */
    uint32_t priority;
    uint32_t handler; /* slot of its table that gets its faults, SLOT_NONE unless set */
    vaddr_t entry;
    struct start_page start; /* what its start page will say; log_slot is the caller's to set */
};

/*
 * self: the spawner's own start page. table: a slot of the spawner's table that is in use
 * while a program is under construction, and empty otherwise.
 */
void spawn_init(const struct start_page *self, uint32_t table);

/* What a new program is made from. */
struct spawn_image {
    const uint8_t *image; /* readable in the caller's space while spawn_begin runs */
    uint64_t bytes;
    const char *name; /* cut at START_NAME_MAX - 1 characters */
    uint32_t priority;
};

/* Returns: OK and *child; E_INVAL, it is no program that can be loaded; or mm's refusal. */
NODISCARD status_t spawn_begin(struct spawn *child, const struct spawn_image *what);

/*
 * Copies the capability in the caller's slot `from` to the child's slot `to`, with fewer
 * rights (enum cap_right) and a badge (0: the source's). On failure the child is gone.
 */
struct spawn_gift {
    uint32_t from, to;
    uint32_t rights, badge;
};
NODISCARD status_t spawn_give(struct spawn *child, struct spawn_gift gift);

/* Requires: i < START_ARGS. */
void spawn_arg(struct spawn *child, uint32_t i, uint64_t word);

/* Grants the child a handle of the caller's, as word i. On failure the child is gone. */
NODISCARD status_t spawn_grant(struct spawn *child, uint32_t i, uint64_t handle,
                               uint32_t rights);

/*
 * Lets it run. thread: a slot of the caller's table for a capability on the first thread, or
 * SLOT_NONE. On failure the child is gone.
 */
NODISCARD status_t spawn_start(struct spawn *child, uint32_t thread);

/* Ends a child, running or under construction, and forgets it. */
void spawn_kill(struct spawn *child);

/*
 * Maps a run of frames read-only at the next free place of the caller's space.
 * Returns: OK and where it is in *at; mm's refusal.
 */
NODISCARD status_t spawn_view(uint64_t frames, uint64_t bytes, const uint8_t **at);
