/*
 * The model: what the contract says must come of every request, as a program.
 *
 * It knows sets of mappings, cursors, frames, clients and who waits for whom; it has no page
 * tables, no kernel, and no code of mm's. A request is carried out when it is stepped; its
 * answer, a set of outcomes, can be taken at once or, if it has to wait, after the step that
 * lets it go on. Where a set has several members, committing one says which it was.
 */
#pragma once
#include <stdio.h>

#include "abi/mm.h"
#include "outcome.h"

/* There is one device, of so many pages: device 0. */
enum { MODEL_CLIENTS = 64, MODEL_NOBODY = MODEL_CLIENTS, MODEL_DEVICE_PAGES = 8 };

struct model;

struct model_facts {
    uint32_t cpus; /* at most 64 */
    uint64_t memory_bytes;
};

struct model *model_new(struct model_facts facts);
void model_free(struct model *m);

/* --- clients --- */

/* A new client on a CPU. Returns: its number, or MODEL_NOBODY if there are too many. */
uint32_t model_begin(struct model *m, uint32_t cpu);

/* A client ends: what it asked is forgotten, what it had is closed. */
void model_end(struct model *m, uint32_t client);

/* What mm would call it in its protocol. */
uint64_t model_id(const struct model *m, uint32_t client);

/* --- requests --- */

/* READ and WRITE: WINDOW_READ and WINDOW_WRITE with a buffer that is all right. */
enum model_kind { MODEL_MM, MODEL_TOUCH, MODEL_READ, MODEL_WRITE, MODEL_FAULT };

/* What a space's handler does about faults; TAKE answers the address. */
enum model_fault { MODEL_FAULT_TAKE, MODEL_FAULT_WHY, MODEL_FAULT_RESUME, MODEL_FAULT_REFUSE };

struct model_request {
    enum model_kind kind;
    uint32_t label; /* MODEL_MM: enum mm_label, perhaps with MM_TRY */
    uint32_t count; /* of args, at most MM_ARGS_MAX */
    const uint64_t *args;
    enum fault_access access; /* MODEL_TOUCH */
    uint32_t width;           /* 1, 2, 4 or 8; 0 for ACCESS_X */
    uint64_t address;
    uint64_t value;
    uint64_t window;        /* MODEL_READ, MODEL_WRITE */
    uint32_t length;        /* at most OUTCOME_BYTES */
    const uint8_t *bytes;   /* MODEL_WRITE */
    enum model_fault fault; /* MODEL_FAULT */
};

/* Carries it out, or lets it wait. Requires: the client lives and asks nothing else. */
void model_step(struct model *m, uint32_t client, const struct model_request *request);

/*
 * The oldest answer that was not taken yet. Returns: is there one?
 * Ensures: *client says whose; *set stays until that client's next step.
 */
bool model_answer(struct model *m, uint32_t *client, const struct outcome_set **set);

/* Nobody asks just now: long copies go on a little. Returns: whether there are some. */
bool model_idle(struct model *m);

/*
 * Says which outcome of the answer that was taken last it was.
 * Requires: outcome_in(set, seen). Without this call it was the first one.
 */
void model_commit(struct model *m, uint32_t client, const struct outcome *seen);

/* Does the client's request wait? */
bool model_waits(const struct model *m, uint32_t client);

/* Is the client's request a long copy that goes on? */
bool model_moves(const struct model *m, uint32_t client);

/* One thing that a waiting request waits for. */
struct model_reason {
    enum mm_wait_kind kind;
    uint32_t client;
    uint64_t cursor; /* its owner's handle; MM_WAIT_CURSOR only */
};

/* Returns: how many of reason[] are filled. */
uint32_t model_reasons(const struct model *m, uint32_t client, struct model_reason *reason,
                       uint32_t most);

/* --- looking at it --- */

/* Nothing moves any more: what was dispatched has been flushed everywhere. */
void model_quiet(struct model *m);

/* Does the model know this counter? What it counts depends on the machine otherwise. */
bool model_counts(enum mm_counter which);
uint64_t model_counter(const struct model *m, enum mm_counter which);

/* Frames, nodes and objects that no handle owns or reaches. */
void model_census(const struct model *m, uint64_t *frames, uint64_t *nodes, uint64_t *objects);

/* The row of the contract's 3.4 that fails, or 0. */
uint32_t model_check(const struct model *m, uint64_t *detail);

/* The n-th allocation from now fails; 0: none does. */
void model_fail_alloc(struct model *m, uint64_t nth);

/* The client can be a space's handler, as if it had named an endpoint of its own. */
void model_takes_faults(struct model *m, uint32_t client);

/* A handle on device memory for a client; *out: the handle, its identity, its bytes. */
int64_t model_device(struct model *m, uint64_t client_id, uint64_t index, uint64_t out[3]);

/* The count of a client's frame stands at its limit until *handle, the client's, is closed. */
int64_t model_saturate(struct model *m, uint64_t client_id, uint64_t frame, uint64_t *handle);

/* Everything, for people to read. */
void model_dump(const struct model *m, FILE *out);
