/* A small kernel on the host: objects in numbered frames, one CPU, mm's endpoint. */
#pragma once
#include "kernel/cap.h"
#include "kernel/cpu.h"
#include "kernel/fault.h"
#include "kernel/ipc.h"
#include "kernel/sched.h"

enum { FIRST_OBJECT = 16, MESSAGE_FRAMES = 400, WORLD_FRAMES = 512 };

/* An empty machine; mm's endpoint and thread exist. */
void world_reset(void);

/* The next free OBJECT frame with such an object in it. */
pfn_t world_object(enum obj_kind kind);

/* A thread of this priority with a table of its own, not started. */
struct thread *world_thread(uint32_t priority);

/* Start t and take it as the running one. */
void world_run(struct thread *t);

/* Give t a capability to e in slot. */
void world_cap(struct thread *t, uint64_t slot, struct endpoint *e, uint32_t rights,
               uint32_t badge);

struct endpoint *world_endpoint(void);

/* A pinned message page for t. Returns its words. */
uint64_t *world_message(struct thread *t);

/* t, running, does the system call with these registers; then the next thread is picked.
 * Returns the running thread. */
struct thread *world_call(struct thread *t, uint64_t slot_extra, uint64_t w0);
struct thread *world_recv(struct thread *t, uint64_t slot);
struct thread *world_reply(struct thread *t, uint64_t slot_extra, uint64_t token, uint64_t w0);
struct thread *world_reply_recv(struct thread *t, uint64_t slot_extra, uint64_t token,
                                uint64_t w0);

extern uint64_t world_deaths; /* notifications that mm's endpoint has got */
