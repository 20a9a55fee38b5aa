/*
 * Synchronous messages: call, recv, reply, reply_recv; and notifications.
 *
 * States: call -> SENDING (queued) or WAITING (received); reply -> READY. The fast paths in
 * entry.S do the common case of call and reply_recv; this file is the whole of it.
 */
#pragma once
#include "kernel/thread.h"

void ipc_call(struct thread *t);
void ipc_recv(struct thread *t);
void ipc_reply(struct thread *t);
void ipc_reply_recv(struct thread *t);
void ipc_notify(struct thread *t);

/* A timer tick: who wanted to wait no longer than that goes on, with E_NOTQUIET. */
void ipc_tick(void);

/* OR bits into e; wakes its receiver. */
void ipc_notify_endpoint(struct endpoint *e, uint64_t bits);

/* t's fault message goes to e under badge, as a call. Requires: t is blocked, t->fault set. */
void ipc_send_fault(struct thread *t, struct endpoint *e, uint32_t badge);

/* t, which waits at an endpoint that ends, goes on with E_PEER (a fault: with the next
 * handler). */
void ipc_abort(struct thread *t);

/* t leaves the endpoint it waits at, if any. */
void ipc_leave(struct thread *t);
