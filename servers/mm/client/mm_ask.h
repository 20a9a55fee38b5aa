/* What the stubs share: one request whose words are in registers, and the message page. */
#pragma once
#include "abi/mm.h"

extern uint64_t *mm_ask_page; /* the thread's message page; NULL before mm_client_init */

/*
 * Asks for `label` with msg->w[1] to msg->w[4] as the first of `count` arguments; argument 4
 * and up are in mm_ask_page. Returns mm's status; results are in msg->w[1..4] and mm_ask_page.
 */
NODISCARD status_t mm_ask(enum mm_label label, uint32_t count, struct ipc_msg *msg);

/* The same, when the caller wants no result. */
NODISCARD status_t mm_ask_plain(enum mm_label label, uint32_t count, struct ipc_msg msg);

/* The same, when the caller wants the first result only. */
NODISCARD status_t mm_ask_one(enum mm_label label, uint32_t count, struct ipc_msg msg,
                              uint64_t *result);
