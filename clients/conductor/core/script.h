/*
 * A running script: everything the interpreter knows while it runs one program, in storage
 * of the caller's. The files of this room share it; outside, only script_run is used.
 *
 * Words: a *strand* is a line of control (one, or one per lane of par and interleave); a
 * *flight* is a client's latest request until it has been told to the host; an *object* is
 * one handle that the script has, had, or was granted.
 */
#pragma once
#include "clients/conductor/core/machine.h"
#include "clients/conductor/core/view.h"

enum {
    SCRIPT_OBJECTS_MAX = 16384,
    SCRIPT_PATH_MAX = PROGRAM_LANES_MAX * PROGRAM_STEPS_MAX,
};
#define SCRIPT_NO_OBJECT 0xffffffffu
static_assert((int)MACHINE_CLIENTS_MAX == PROGRAM_CLIENTS_MAX, "the same clients");

struct value {
    enum value_tag tag;
    uint32_t count;  /* VALUE_ARRAY: elements */
    uint64_t number; /* VALUE_NUMBER; else the index: of the (first) object, string, … */
};

/* One outcome that a statement allows. */
struct expect {
    struct rec_outcome want; /* OUT_BYTES: the text is string `string` */
    uint32_t string;
    bool never; /* names a frame that is not there */
};

/* Outcomes that would have been right as well: only a model has some. */
struct others {
    uint32_t count;
    struct rec_outcome list[MACHINE_OTHERS_MAX];
};

struct expects {
    uint32_t count;
    struct expect list[PROGRAM_EXPECTS_MAX];
};

enum object_state { OBJECT_FREE, OBJECT_OPEN, OBJECT_CLOSED };

struct object {
    uint64_t number;       /* its owner's name for it */
    uint64_t identity;     /* of a frame */
    uint32_t name;         /* in the program's names; RECORD_NONE: none */
    uint32_t index;        /* in the array of that name */
    uint32_t site;         /* that made it */
    uint32_t copies;       /* first of the copies that other clients were granted */
    uint32_t newer, older; /* list of all that are no copies; a copy: older = next copy */
    uint8_t state;         /* enum object_state */
    uint8_t client;        /* owner */
    uint8_t kind;          /* enum mm_kind */
    uint8_t group;         /* group that closes it */
    bool marked;           /* while garbage is collected */
    bool automatic;        /* a copy that the first use made */
    bool copy;
    bool lapsed; /* a copy closed because main closes what it is a copy of */
};

/* Where a statement ran, for its record. */
struct place {
    uint32_t site;
    uint32_t order;
    uint32_t loop[RECORD_LOOPS];
};

enum flight_state {
    FLIGHT_NONE,
    FLIGHT_FLYING,   /* sent, no answer yet */
    FLIGHT_ANSWERED, /* `actual` and `result` are there, nobody was told */
    FLIGHT_LOST,     /* told to have no answer, and indeed flying still */
};

struct flight {
    enum flight_state state;
    uint32_t born; /* order of sending */
    uint16_t tag;  /* or PROGRAM_NONE16 */
    uint8_t group;
    bool dead; /* the client ended: no outcome */
    struct place place;
    struct expects expects;
    struct rec_outcome actual;
    struct others others;
    struct value result; /* what the site's slot gets */
    status_t earlier;    /* first error of the pieces that were sent before this one */
    struct value object; /* CLOSE, GRANT, ACTIVATE: the operand; FRAME: what is there */
    uint32_t done;       /* pieces answered; FRAME: frames had so far */
    uint32_t count;      /* FRAME, RAW: frames wanted */
    uint32_t grantee;    /* GRANT */
    uint64_t fill;       /* FRAME: the byte; GRANT: the rights */
    uint64_t label;      /* RAW */
    uint64_t flags;      /* RAW: the word that says how many results there are */
    uint8_t bytes[RECORD_BYTES_MAX];
};

struct client {
    bool alive;
    bool declared;
    bool sub;  /* a request of the interpreter's own is under way */
    bool busy; /* the machine has a request of it */
    struct flight flight;
    struct machine_reply answer; /* to the interpreter's own request */
    uint64_t answer_words[IPC_REG_ARGS];
    uint32_t active; /* object of the space it has activated */
    bool active_raw; /* some space was activated by a raw request */
};

struct tag {
    bool sent;
    bool done; /* `kept` holds */
    bool dead;
    uint16_t client;
    uint32_t born; /* of its flight */
    struct rec_outcome kept;
    struct others others;
};

enum strand_state {
    STRAND_RUNS,    /* can go on */
    STRAND_SENT,    /* can go on; has just sent its first request */
    STRAND_STEPPED, /* can go on; a step of INTERLEAVE has ended */
    STRAND_WAITS,   /* for the answer of client `waits` */
    STRAND_BARRIER, /* for the others at barrier `barrier` */
    STRAND_DONE,    /* END or ENDLANE */
};

struct strand {
    enum strand_state state;
    uint32_t pc;
    uint32_t depth;
    uint32_t loops; /* used of loop[] */
    uint32_t waits;
    uint32_t barrier;
    uint32_t arrivals; /* that open it */
    uint32_t order;
    uint32_t steps; /* INTERLEAVE: steps not begun */
    bool lane;      /* inside PAR or INTERLEAVE */
    bool first;     /* PAR: stop behind the first request */
    bool sent;      /* the request at pc is under way */
    bool unknown;   /* this instruction has met a VALUE_UNKNOWN */
    uint32_t guess; /* site of the last counter that was unknown */
    uint64_t random;
    uint16_t loop[PROGRAM_LOOPS_MAX];
    struct expects expects;
    struct value stack[PROGRAM_STACK_MAX];
};

struct group {
    uint32_t site; /* RECORD_NONE: HOLD, an order of INTERLEAVE, or the script itself */
    uint32_t points, failed;
    bool told; /* has records of its own */
};

struct script {
    struct view view;
    uint64_t deadline;
    bool stopped; /* a REC_FAIL was sent, nothing more runs */
    bool skipped; /* `needs` did not hold */
    uint32_t points, failed, skips;
    uint32_t born;   /* flights so far */
    uint32_t groups; /* used of group[]; group[0] is the script's */
    uint32_t newest; /* object */
    uint32_t hint;   /* where a free object may be */
    uint64_t leak_base;
    struct strand *at; /* the strand that runs */
    struct group group[PROGRAM_GROUPS_MAX + 2];
    struct client client[PROGRAM_CLIENTS_MAX];
    struct tag tag[PROGRAM_TAGS_MAX];
    struct value slot[PROGRAM_SLOTS_MAX];
    struct strand strand;
    struct strand lane[PROGRAM_LANES_MAX];
    struct object object[SCRIPT_OBJECTS_MAX];
    uint8_t path[SCRIPT_PATH_MAX];  /* INTERLEAVE: lane chosen at each point */
    uint16_t open[SCRIPT_PATH_MAX]; /* lanes that could have been */
    uint8_t payload[RECORD_PAYLOAD_MAX];
    uint64_t words[MACHINE_WORDS_MAX];
};

/* How a script ended. */
struct script_verdict {
    enum record_verdict verdict;
    uint32_t points, failed, skipped;
};

/*
 * Runs one program from beginning to end: starts `main`, sends all records from
 * REC_SCRIPT_BEGIN to REC_SCRIPT_END, and ends every client. `file` is 8-byte aligned;
 * `name` is for the record. *script need not be initialised.
 */
struct script_verdict script_run(struct script *script, uint32_t index, const char *name,
                                 const void *file, size_t bytes);
