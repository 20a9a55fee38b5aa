/*
 * Records: what the conductor tells the host on COM1. Nothing else is written there after
 * user mode starts.
 *
 * A record on the wire, all numbers little-endian:
 *   bytes 0..1   0xc5 0x5a
 *   byte  2      enum record_type
 *   byte  3      0
 *   bytes 4..7   length of the payload, at most RECORD_PAYLOAD_MAX
 *   bytes 8..11  sequence number: 0 for the first record of a boot, then one more each
 *   payload      as below
 *   4 bytes      CRC-32 (the one of zlib, start 0) over bytes 0 .. 11 and the payload
 * A reader that finds another byte where 0xc5 should be, a wrong checksum, or a gap in the
 * sequence knows that the stream is damaged; a stream that does not end with REC_BYE is
 * truncated. Strings are UTF-8, not terminated: they fill the rest of the payload.
 *
 * The host knows names, lines and texts from the compiled program; a record carries only
 * `site`, the index of the statement in the program's table of sites.
 */
#pragma once
#include "abi/types.h"

enum {
    RECORD_SYNC0 = 0xc5,
    RECORD_SYNC1 = 0x5a,
    RECORD_VERSION = 1,
    RECORD_HEAD_BYTES = 12,
    RECORD_CRC_BYTES = 4,
    RECORD_PAYLOAD_MAX = 2048,
    RECORD_LOOPS = 4,        /* innermost loops whose iteration is told */
    RECORD_EXPECTS = 4,      /* expected outcomes that a failed point tells */
    RECORD_BYTES_MAX = 1024, /* of one outcome that is bytes */
};
#define RECORD_NONE 0xffffffffu /* no site, no name, no loop */

enum record_type {
    REC_NONE,
    REC_HELLO,        /* struct rec_hello: first record of a boot */
    REC_SCRIPT_BEGIN, /* struct rec_script, then the module's name */
    REC_GROUP_BEGIN,  /* struct rec_group, points = 0 */
    REC_GROUP_END,    /* struct rec_group: points directly inside, subgroups count as one */
    REC_POINT,        /* struct rec_point, then bytes and expected outcomes */
    REC_FAIL,         /* struct rec_point: a statement without => failed; the script ends */
    REC_SKIP,         /* struct rec_text: the block of this statement ends here */
    REC_TODO,         /* struct rec_text: the points after it in this block may fail */
    REC_NOTE,         /* struct rec_text */
    REC_DUMP,         /* struct rec_text: parts of one dump follow each other */
    REC_LEFT_OUT,     /* struct rec_left: orders that `interleave` did not run */
    REC_PLAN,         /* struct rec_plan: once per script, when it has ended */
    REC_SCRIPT_END,   /* struct rec_end: after it nothing of this script follows */
    REC_BYE,          /* struct rec_bye: last record; the machine is being ended cleanly */
    REC_BENCH,        /* struct rec_bench, then the operation's name; only the bench's boot */
    REC_CHECK,        /* struct rec_check, then what was checked; only tests/guest */
    REC_ALSO,         /* struct rec_outcome: the point that follows could have had this outcome,
                         too; only from the model */
    REC_TYPES
};

struct rec_hello {
    uint16_t version;  /* RECORD_VERSION */
    uint16_t program;  /* version of compiled programs that the conductor runs */
    uint32_t checking; /* 1: the checking image, 0: the plain one */
    uint32_t cpus;
    uint32_t scripts; /* modules that it is going to run */
    uint64_t ticks_per_second;
};

struct rec_script {
    uint32_t index; /* in order of running, from 0 */
    uint32_t crc;   /* CRC-32 of the whole program: which compilation this is */
    uint64_t seed;  /* the seed in use */
};

struct rec_group {
    uint32_t site;
    uint32_t points;
    uint32_t failed;
    uint32_t loop[RECORD_LOOPS]; /* as in rec_point */
};

enum record_verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_SKIP, VERDICT_VERDICTS };

/* Why a point failed, or a script ended early. */
enum record_why {
    WHY_NONE,
    WHY_MISMATCH,  /* the outcome is none of the expected ones */
    WHY_FAILED,    /* a request without => did not succeed */
    WHY_STUCK,     /* everything is quiet and the request still waits */
    WHY_SELF,      /* only a later statement of the same client could free it */
    WHY_TIMEOUT,   /* the script's time is over */
    WHY_DONE,      /* blocked: the request has completed (the outcome says how) */
    WHY_OTHER,     /* blocked: it waits, but not for that (outcome OUT_WAITS) */
    WHY_FALSE,     /* check: the condition is false (left and right tell the operands) */
    WHY_INVARIANT, /* check invariants: outcome OUT_ROW */
    WHY_LEAK,      /* check leaks: left is the count found, right the one expected */
    WHY_DEAD,      /* the client has ended; its request has no outcome */
    WHY_CLOSE,     /* closing at a group's end failed (outcome; name and index: what) */
    WHY_LIMIT,     /* the script needs more than the conductor has room for */
    WHY_PROGRAM,   /* the program is damaged: value of the outcome is the offset */
    WHY_DIVIDE,    /* division by zero in an expression */
    WHY_MACHINE,   /* mm or the kernel refused what the conductor itself needs */
    WHY_WHYS
};

enum record_outcome {
    OUT_NONE,    /* there is none */
    OUT_OK,      /* ok */
    OUT_NUMBER,  /* value */
    OUT_NOTHING, /* `none` */
    OUT_RANGE,   /* value = start, length */
    OUT_HOLE,    /* range -> none */
    OUT_MAPPED,  /* range -> frame (name, index; RECORD_NONE: none of the script's) prop */
    OUT_BYTES,   /* `bytes` bytes, which follow */
    OUT_ERROR,   /* status; value = count if counted */
    OUT_FAULT,   /* fault(access, reason) */
    OUT_ANY,     /* expected only: _ */
    OUT_WAITS,   /* it waits for `value` others; the first: client, and cursor name, index */
    OUT_ROW,     /* value = row of the contract's 3.4, length = detail */
    OUT_KINDS
};

enum record_outcome_flag {
    OUT_COUNTED = 1,    /* OUT_ERROR: value is a count */
    OUT_ANY_REASON = 2, /* expected OUT_FAULT: any reason */
    OUT_ANY_PROP = 4,   /* expected OUT_MAPPED: any property */
    OUT_ANY_FRAME = 8,  /* expected OUT_MAPPED: any frame and property */
};

/* One outcome. Fields that its kind does not use are 0, names RECORD_NONE. */
struct rec_outcome {
    uint8_t kind;   /* enum record_outcome */
    uint8_t flags;  /* enum record_outcome_flag */
    uint8_t access; /* OUT_FAULT: enum fault_access */
    uint8_t reason; /* OUT_FAULT: enum fault_reason */
    int32_t status; /* OUT_ERROR: enum status */
    uint64_t value;
    uint64_t length;
    uint32_t name;     /* index in the program's table of names */
    uint32_t index;    /* which element of that array; 0 for a plain name */
    uint32_t prop;     /* OUT_MAPPED: enum prop_bit */
    uint32_t client;   /* OUT_WAITS: index in the program's table of clients */
    uint64_t identity; /* OUT_MAPPED: the frame's opaque identity, for frames without a name */
    uint32_t bytes;    /* OUT_BYTES: how many */
    uint32_t zero;
};

/* REC_POINT and REC_FAIL. Behind it: actual.bytes bytes, then for each expected outcome a
   struct rec_outcome and its bytes. */
struct rec_point {
    uint32_t site;
    uint8_t verdict;             /* enum record_verdict */
    uint8_t why;                 /* enum record_why */
    uint8_t expects;             /* expected outcomes that follow; told only when it failed */
    uint8_t flags;               /* 1: inside `todo` */
    uint32_t client;             /* who asked; RECORD_NONE: nobody */
    uint32_t loop[RECORD_LOOPS]; /* iterations from 0, outermost first; RECORD_NONE: no loop */
    uint32_t order; /* which order of an `interleave`, from 0; RECORD_NONE: in none */
    uint64_t left;  /* check: the operands of its comparison */
    uint64_t right;
    struct rec_outcome actual;
};

struct rec_text {
    uint32_t site; /* the text follows; empty where the host knows it from the program */
    uint32_t more; /* REC_DUMP: 1 if another part follows */
};

struct rec_left {
    uint32_t site;
    uint32_t done;
    uint64_t left;
};

struct rec_plan {
    uint32_t points; /* executed, in all groups: REC_POINT records of this script */
    uint32_t failed; /* of them, not counting those inside `todo` */
    uint32_t skipped;
    uint32_t stopped; /* 1: the script ended early, by a REC_FAIL */
};

struct rec_end {
    uint32_t index;   /* as in rec_script */
    uint32_t verdict; /* enum record_verdict; VERDICT_SKIP: its `needs` did not hold */
};

struct rec_bye {
    uint32_t scripts;
    uint32_t failed;  /* scripts that failed */
    uint32_t records; /* of this boot, this one included */
    uint32_t zero;
};

/* The bench's part of the talk; the host answers BENCH_READY with one byte, see below. */
enum bench_phase {
    BENCH_RESULT, /* an operation was measured `runs` times: median, least, most */
    BENCH_READY,  /* BENCH_GO: it is done once more; anything else: the next operation */
    BENCH_DONE,   /* it was done once more and took `median` */
    BENCH_PHASES
};
#define BENCH_GO 'g'

struct rec_bench {
    uint32_t op;    /* its index, from 0 */
    uint32_t phase; /* enum bench_phase */
    uint32_t runs;
    uint32_t divisor; /* pages that it treats: the report tells the price of one */
    uint64_t median;  /* instructions, reading the clock not counted */
    uint64_t least;
    uint64_t most;
};

/* One point of a test program. It failed if the two numbers differ. */
struct rec_check {
    uint32_t index; /* from 0 */
    uint32_t zero;
    uint64_t expected;
    uint64_t actual;
};

static_assert(sizeof(struct rec_hello) == 24, "wire");
static_assert(sizeof(struct rec_check) == 24, "wire");
static_assert(sizeof(struct rec_bench) == 40, "wire");
static_assert(sizeof(struct rec_script) == 16, "wire");
static_assert(sizeof(struct rec_group) == 28, "wire");
static_assert(sizeof(struct rec_outcome) == 56, "wire");
static_assert(sizeof(struct rec_point) == 104, "wire");
static_assert(sizeof(struct rec_text) == 8, "wire");
static_assert(sizeof(struct rec_left) == 16, "wire");
static_assert(sizeof(struct rec_plan) == 16, "wire");
static_assert(sizeof(struct rec_end) == 8, "wire");
static_assert(sizeof(struct rec_bye) == 16, "wire");
