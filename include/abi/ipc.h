/*
 * A message: a head word, four argument words in registers, more in the message page.
 *
 * To mm the head is label | count << 32, where count is the number of argument words;
 * arguments 0..3 travel in registers, argument 4+k is word k of the message page.
 * mm answers with its status in the head (sign-extended) and results in the same places.
 */
#pragma once
#include "abi/types.h"

enum {
    IPC_REG_WORDS = 5,
    IPC_REG_ARGS = 4,
    IPC_EXTRA_MAX = 512, /* words of a message page */
    MM_ARGS_MAX = IPC_REG_ARGS + IPC_EXTRA_MAX,
};

/* In the place of `extra`: the kernel says that this is a fault (abi/fault.h). No sender
 * can. */
#define IPC_FAULT 0x80000000u

struct ipc_msg {
    uint64_t w[IPC_REG_WORDS];
};

/* What recv answers beside the words. */
struct ipc_from {
    int64_t token;  /* > 0: answer it with reply; 0: a notification; < 0: a status */
    uint32_t badge; /* of the capability that the sender used */
    uint32_t extra; /* words in the message page */
};

#define IPC_HEAD(label, count) ((uint64_t)(uint32_t)(label) | (uint64_t)(count) << 32)
