/*
 * The world as the interpreter sees it: clients that carry out requests, mm's books, time,
 * and the line on which records go. The guest answers it with agents and system calls, the
 * host with a fake or with the model. One machine serves one interpreter.
 *
 * A client is named by its index: 0 is `main`, the others follow in the script's order.
 */
#pragma once
#include "abi/fault.h"
#include "abi/mm.h"
#include "abi/record.h"

enum {
    MACHINE_CLIENTS_MAX = 16,
    MACHINE_WAITS_MAX = 16,
    MACHINE_WORDS_MAX = MM_ARGS_MAX,
    MACHINE_BYTES_MAX = RECORD_BYTES_MAX, /* of one read or write through a window */
    MACHINE_OTHERS_MAX = 8,
    MACHINE_UNKNOWN = 1, /* machine_ask of a counter: this machine has none */
};

enum machine_kind {
    MACHINE_MM,
    MACHINE_TOUCH,
    MACHINE_READ,
    MACHINE_WRITE,
    MACHINE_FAULT, /* the client is a space's handler: enum machine_fault */
};

/*
 * What a handler does about faults. One that is taken is held until it is answered.
 *   TAKE            waits for the next one. words[0]: its address. E_BUSY: one is held
 *   WHY             the one held, as MACHINE_FAULTED. E_INVAL: none is
 *   RESUME, REFUSE  answer it: try again; ask the next in line. E_INVAL: none is held;
 *                   E_PEER: who faulted has ended
 */
enum machine_fault {
    MACHINE_FAULT_TAKE,
    MACHINE_FAULT_WHY,
    MACHINE_FAULT_RESUME,
    MACHINE_FAULT_REFUSE
};

struct machine_request {
    enum machine_kind kind;
    uint32_t label; /* MACHINE_MM: the message */
    uint32_t count;
    const uint64_t *args;     /* copied before machine_start returns */
    enum fault_access access; /* MACHINE_TOUCH */
    uint32_t width;           /* 1, 2, 4 or 8 bytes; 0 for ACCESS_X */
    uint64_t address;
    uint64_t value;
    uint64_t window;          /* MACHINE_READ, MACHINE_WRITE: its number */
    uint32_t length;          /* of the buffer, <= MACHINE_BYTES_MAX */
    const uint8_t *bytes;     /* MACHINE_WRITE; copied before machine_start returns */
    enum machine_fault fault; /* MACHINE_FAULT */
};

enum machine_end {
    MACHINE_REPLIED, /* status and words (a touch: OK and words[0] the value; read and write:
                        words[0] bytes were moved) */
    MACHINE_FAULTED, /* a touch, or the fault that was asked about: access and reason */
    MACHINE_DEAD,    /* the client ended before it had an answer */
    MACHINE_ANYTHING, /* among `others` only: nothing can be said */
};

struct machine_reply {
    enum machine_end end;
    enum fault_access access;
    enum fault_reason reason;
    int64_t status;
    uint32_t count;
    const uint64_t *words; /* valid until the next machine_* call */
    const uint8_t *bytes;  /* MACHINE_READ: as long */
    uint32_t others;       /* further answers that would be right as well; a model's, else 0 */
    const struct machine_reply *other; /* valid as long */
};

enum machine_event {
    MACHINE_REPLY, /* a request has ended */
    MACHINE_QUIET, /* nothing moves: what still waits will wait for ever */
    MACHINE_LATE,  /* the deadline has passed */
};

/* One thing that a waiting request waits for. */
struct machine_wait {
    enum mm_wait_kind kind;
    uint32_t client; /* whose cursor or request; MACHINE_CLIENTS_MAX: none of the script's */
    uint64_t cursor; /* its handle number, MM_WAIT_CURSOR only */
};

struct machine_facts {
    uint32_t cpus;
    uint64_t memory_bytes;
    bool checking; /* the checking image runs */
};

/* What does not change while the machine runs. */
const struct machine_facts *machine_facts(void);

/*
 * Returns: whether the kernel's command line has the word KEY=VALUE, VALUE being `bytes` bytes
 * (backend=bochs, feature=smap).
 */
bool machine_option(const char *key, const uint8_t *value, uint32_t bytes);

/*
 * Brings a client to life on a CPU.
 * Returns: OK, or why there is none.
 */
NODISCARD status_t machine_client(uint32_t client, uint32_t cpu);

/* Ends a client now, whatever it does. Its request in flight is forgotten: no reply comes but
 * *dead, MACHINE_DEAD. */
NODISCARD status_t machine_kill(uint32_t client, struct machine_reply *dead);

/* Returns: the number under which mm knows the client. */
uint64_t machine_client_id(uint32_t client);

/*
 * Hands a request to a client, which carries it out beside everything else.
 * Requires: the client lives and has no request in flight.
 */
void machine_start(uint32_t client, const struct machine_request *request);

/*
 * Waits until a request ends, nothing moves any more, or `deadline` microseconds have come.
 * Ensures: for MACHINE_REPLY, *client and *reply say whose and how. Replies come in the order
 * in which they were given; neither MACHINE_QUIET nor MACHINE_LATE while one is there.
 */
enum machine_event machine_wait(uint64_t deadline, uint32_t *client,
                                struct machine_reply *reply);

/*
 * What the request in flight of a client waits for.
 * Requires: the last machine_wait answered MACHINE_QUIET.
 * Returns: how many of wait[] are filled; 0 if it waits for nobody's cursor or request.
 */
uint32_t machine_waits(uint32_t client, struct machine_wait wait[MACHINE_WAITS_MAX]);

/*
 * Asks mm in the conductor's own name (STAT, CHECK, CENSUS, FAIL_ALLOC, SATURATE, DEVICE).
 * Requires: count <= 4 and room for 4 words in `words`.
 * Returns: mm's status; MACHINE_UNKNOWN.
 */
NODISCARD int64_t machine_ask(uint32_t label, uint32_t count, const uint64_t *args,
                              uint64_t words[IPC_REG_ARGS]);

/* Returns: microseconds of guest time. */
uint64_t machine_now(void);

/* Sends a record. */
void machine_emit(enum record_type type, const void *payload, size_t bytes);
