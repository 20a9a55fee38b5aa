/*
 * A machine for tests: a toy mm with spaces, frames and cursors that conflict when their
 * ranges overlap, and a notebook of everything that was asked and told. Requests are answered
 * in the order in which they were started.
 */
#pragma once
#include "clients/conductor/core/machine.h"

enum { FAKE_LOG = 4096, FAKE_RECORDS = 4096, FAKE_RECORD_BYTES = 512 };

struct fake_message {
    uint32_t client;
    uint32_t label; /* 0: a touch */
    uint32_t count;
    uint64_t args[4];
};

struct fake_record {
    enum record_type type;
    size_t bytes;
    uint8_t payload[FAKE_RECORD_BYTES];
};

struct fake {
    uint32_t messages, records;
    struct fake_message message[FAKE_LOG];
    struct fake_record record[FAKE_RECORDS];
    uint64_t now;
    uint32_t refuse_alloc; /* the n-th FRAME_ALLOC from now is E_NOMEM; 0: none */
    uint32_t live_handles; /* of all clients */
    uint32_t live_clients;
    bool die; /* the next request ends its client */
};

extern struct fake fake;

void fake_reset(void);

/* Returns: how many records of a type there are. */
uint32_t fake_count(enum record_type type);

/* Returns: record number `index` of its type as a point. Requires: it is there. */
const struct rec_point *fake_point(enum record_type type, uint32_t index);

/* Returns: how many messages with a label mm got from a client. */
uint32_t fake_messages(uint32_t client, uint32_t label);
