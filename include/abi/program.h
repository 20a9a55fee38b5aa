/*
 * The compiled script: what `scriptc` writes and the conductor runs.
 *
 * One file, all numbers little-endian, no pointers: a header, then sections that the header
 * locates by offset (from the start of the file, a multiple of 8) and count. It is read in
 * place; nothing in it is changed while it runs. Run-time memory is bounded by the header.
 * Lines, columns and texts are for the host only and live in the JSON map.
 *
 * A script is a machine with
 *   slots      header.slots variables, all VALUE_UNBOUND at the start. No calls at run time:
 *              `def` is expanded where it is called, so every slot is static;
 *   stack      of values, one per strand of control, at most header.stack deep;
 *   strands    one; inside PAR or INTERLEAVE one more for each lane;
 *   expects    per strand: the list that EXPECT builds and the next REQUEST or AWAIT takes;
 *   loops      per strand: slots of the running REPEATs, innermost last (for records);
 *   groups     a stack of lists of handles to close.
 * Every instruction is checked when it runs (pc, stack, slot, index, tag of each operand);
 * whatever does not fit is WHY_PROGRAM with the pc: the compiler never makes it.
 */
#pragma once
#include "abi/mm.h"
#include "abi/record.h"

#define PROGRAM_MAGIC 0x31435049u /* "IPC1" */

enum {
    PROGRAM_VERSION = 1,
    PROGRAM_CODE_MAX = 65536,   /* instructions */
    PROGRAM_SITES_MAX = 16384,
    PROGRAM_SLOTS_MAX = 4096,
    PROGRAM_STACK_MAX = 320,    /* values */
    PROGRAM_NUMBERS_MAX = 16384,
    PROGRAM_STRINGS_MAX = 8192, /* entries, names included */
    PROGRAM_BYTES_MAX = 1 << 18,
    PROGRAM_STRING_MAX = RECORD_BYTES_MAX, /* bytes of one string */
    PROGRAM_NAMES_MAX = 4096,
    PROGRAM_CLIENTS_MAX = 16,   /* `main` included: it is client 0, on CPU 0 */
    PROGRAM_TAGS_MAX = 256,
    PROGRAM_LANES_MAX = 16,     /* of one PAR or INTERLEAVE */
    PROGRAM_STEPS_MAX = 255,    /* of one lane of INTERLEAVE */
    PROGRAM_LOOPS_MAX = 16,     /* nested */
    PROGRAM_GROUPS_MAX = 16,    /* nested */
    PROGRAM_EXPECTS_MAX = 16,   /* outcomes of one statement */
    PROGRAM_RAW_WORDS = 64,     /* of one raw request, the label not counted */
    PROGRAM_LIST_MAX = 256,     /* of one `write` list */
    PROGRAM_ELEMENTS_MAX = 65536, /* elements of all arrays; a run-time limit (WHY_LIMIT) */
    PROGRAM_TIMEOUT_US = 10000000, /* guest time unless said */
};
#define PROGRAM_NONE 0xffffffffu /* no string, no name */
#define PROGRAM_NONE16 0xffffu   /* no slot, no tag, no client */

struct program_section {
    uint32_t offset;
    uint32_t count; /* of entries, for `bytes` of bytes */
};

struct program_header {
    uint32_t magic;
    uint16_t version;
    uint16_t header_bytes; /* sizeof(struct program_header) */
    uint32_t bytes;        /* the whole file; the module may be longer (padding) */
    uint32_t flags;        /* 0 */
    uint64_t seed;         /* of the script; rand starts here */
    uint64_t timeout_us;   /* guest time for the whole script */
    uint32_t slots;
    uint32_t stack;
    uint32_t lanes;  /* most of one PAR or INTERLEAVE */
    uint32_t points; /* statements that are points: a hint, loops multiply them */
    struct program_section code;    /* struct program_insn */
    struct program_section sites;   /* struct program_site */
    struct program_section numbers; /* uint64_t */
    struct program_section strings; /* struct program_string */
    struct program_section names;   /* uint32_t: string */
    struct program_section clients; /* uint32_t: string; [0] is `main` */
    struct program_section tags;    /* uint32_t: string */
    struct program_section data;    /* bytes of the strings */
};

struct program_string {
    uint32_t offset; /* in the section data */
    uint32_t bytes;
};

/* What an async request, a variable, an expectation are made of. */
enum value_tag {
    VALUE_UNBOUND, /* a creation failed: sends 1, never valid; as a number all ones */
    VALUE_NUMBER,
    VALUE_HANDLE, /* a handle record of the interpreter, see "Handles" */
    VALUE_ARRAY,  /* several of them: frame x N with N other than 1 */
    VALUE_STRING, /* index in strings */
    VALUE_CLIENT, /* index in clients */
    VALUE_TAG,    /* index in tags */
    VALUE_NONE,   /* `none` */
    VALUE_UNKNOWN, /* a counter that the model does not know: skips a check, ends the script */
};

/* The operations, from script_ops.def: SCRIPT_MAP, SCRIPT_UNMAP, … */
#define SCRIPT_OP(name, spelling, operands, result, label, meaning) SCRIPT_##name,
enum script_op {
#include "abi/script_ops.def"
    SCRIPT_OPS
};
#undef SCRIPT_OP

/* What the outcome of a success looks like, and what `name =` binds. */
enum script_result {
    RESULT_OK,      /* OUT_OK; binds nothing */
    RESULT_SPACE,   /* creations: OUT_OK, binds a handle */
    RESULT_FRAME,   /* binds a handle, or an array if the count is not 1 */
    RESULT_HUGE,
    RESULT_DEVICE,
    RESULT_CURSOR,
    RESULT_CURSOR_MUT,
    RESULT_READER,
    RESULT_WRITER,
    RESULT_NUMBER,  /* OUT_NUMBER; binds the number */
    RESULT_ADDRESS, /* OUT_NUMBER or OUT_NOTHING; binds the number */
    RESULT_RANGE,   /* OUT_RANGE or OUT_NOTHING; binds the start */
    RESULT_QUERY,   /* OUT_HOLE or OUT_MAPPED; binds the start */
    RESULT_BYTES,   /* OUT_BYTES; binds nothing */
    RESULT_RAW,     /* OUT_OK; binds the first result word as a handle of unknown kind */
};

enum site_kind {
    SITE_REQUEST,
    SITE_AWAIT,
    SITE_BLOCKED,
    SITE_CHECK,
    SITE_GROUP,
    SITE_SKIP,
    SITE_TODO,
    SITE_NOTE,
    SITE_DUMP,
    SITE_NEEDS,
    SITE_INTERLEAVE,
    SITE_PAR,
    SITE_CONTROL, /* any other statement that may fail: let, set, repeat, if, choose, client */
    SITE_KINDS
};

enum site_flag {
    SITE_POINT = 1,   /* one TAP point each time it runs: REC_POINT. Without it a failure is
                         REC_FAIL and ends the script */
    SITE_IN_TODO = 2, /* `todo` is in force here: rec_point.flags = 1. It is lexical: no
                         run-time state */
    SITE_EXPECTS = 4, /* the statement has `=>` */
};

/* One statement (one for each expansion of a `def`). Instructions name it by index, and so
   do records. */
struct program_site {
    uint8_t kind;     /* enum site_kind */
    uint8_t flags;    /* enum site_flag */
    uint8_t op;       /* SITE_REQUEST: enum script_op */
    uint8_t zero;
    uint16_t client;  /* SITE_REQUEST: who asks; else PROGRAM_NONE16 */
    uint16_t tag;     /* request: its async tag, or NONE16; await, blocked: the tag */
    uint16_t slot;    /* request: where the result goes, or NONE16 */
    uint16_t operands; /* request: values it pops; blocked: 1 with `by`, else 0 */
    uint32_t name;    /* request: index in names of what it binds, or PROGRAM_NONE;
                         group, skip, todo, note, dump: index in strings of the text */
};

struct program_insn {
    uint8_t op; /* enum program_op */
    uint8_t a;
    uint16_t b;
    uint32_t c; /* jumps: the distance from this instruction, as int32_t */
};

static_assert(sizeof(struct program_section) == 8, "file");
static_assert(sizeof(struct program_header) == 112, "file");
static_assert(sizeof(struct program_string) == 8, "file");
static_assert(sizeof(struct program_site) == 16, "file");
static_assert(sizeof(struct program_insn) == 8, "file");

/*
 * Instructions. "pops x, y" means that y was pushed last. Numbers are uint64_t and wrap.
 * Where a number is wanted and VALUE_UNBOUND found, it is all ones.
 */
enum program_op {
    PROG_END, /* the script has ended: end its group (see Groups), make clients exit */

    /* values */
    PROG_PUSH,   /* push the number c */
    PROG_CONST,  /* push numbers[c] */
    PROG_STRING, /* push string c */
    PROG_CLIENT, /* push client c */
    PROG_TAG,    /* push tag c */
    PROG_NONE,   /* push VALUE_NONE */
    PROG_LOAD,   /* push slot c */
    PROG_LOADX,  /* pops an index; push that element of the array in slot c. A single handle
                    is an array of one; beyond the end is VALUE_UNBOUND */
    PROG_STORE,  /* pops a value into slot c (numbers, handles and arrays: by value) */
    PROG_UNBIND, /* b slots from c on become VALUE_UNBOUND */
    PROG_NUMBER, /* pops a handle, pushes its number for client c: as a request of that client
                    would send it, so the rule of the first use (Handles) applies */
    PROG_ONE,    /* a = enum program_unary: pops x, pushes a(x) */
    PROG_TWO,    /* a = enum program_binary: pops x, y, pushes a(x, y). Division or remainder
                    by zero ends the script: REC_FAIL with site c, WHY_DIVIDE */
    PROG_RAND,   /* a = 0: push a number; a = 1: pops lo, hi, pushes one of [lo, hi), or lo
                    if that is empty. See Randomness */
    PROG_STAT,   /* push counter c (enum mm_counter), or VALUE_UNKNOWN; b = site, or NONE16 */
    PROG_LEAKS,  /* push what rule 23 counts: frames + nodes + objects beyond the start's */
    PROG_ENV,    /* a = enum program_env: push what the machine has */

    /* control */
    PROG_JUMP,   /* go on at pc + c */
    PROG_JZ,     /* pops x; if it is 0 go on at pc + c */
    PROG_REPEAT, /* pops n; slot b = 0, slot b+1 = n; if n is 0 go on at pc + c, else the loop
                    is entered: b is appended to the strand's loops */
    PROG_NEXT,   /* slot b += 1; if it is below slot b+1 go on at pc + c (the first statement
                    of the body), else the loop is left. rec_point.loop[] = slot b of the
                    innermost loops */
    PROG_CHOOSE, /* pops a weights; draws a number below their sum and goes on at
                    pc + 1 + k, k the alternative (k = a if the sum is 0). That many PROG_JUMP
                    follow, one for each alternative and one more */
    PROG_GROUP,  /* site c: a group begins, REC_GROUP_BEGIN */
    PROG_ENDGROUP, /* site c: it ends, REC_GROUP_END. See Groups */
    PROG_HOLD,   /* a list of handles begins without a group (no record) */
    PROG_ENDHOLD, /* … and ends as a group does */
    PROG_PAR,    /* site c; a lanes: that many PROG_LANE follow. See par */
    PROG_INTERLEAVE, /* site c; pops max; a lanes: that many PROG_LANE follow */
    PROG_LANE,   /* b client, a steps (INTERLEAVE), c distance from here to the lane's code.
                    Behind the last one stands a PROG_JUMP past the code of all lanes */
    PROG_STEP,   /* INTERLEAVE: this step of the lane is done, the next one begins */
    PROG_ENDLANE, /* the lane is done */
    PROG_BARRIER, /* PAR: wait until a lanes have arrived at barrier c, then all go on; it can
                     be used again (loops). b: PROGRAM_NONE16 */

    /* statements */
    PROG_DECLARE, /* client b is there from now on; pops its CPU. Nothing if it lives; a killed
                     one is made anew. A CPU that the machine lacks: REC_FAIL site c,
                     WHY_MACHINE */
    PROG_NEEDS,  /* site c; pops x; if it is 0 the script is skipped (REC_SKIP, then its end
                    with VERDICT_SKIP) */
    PROG_SKIP,   /* site c: REC_SKIP. The jump to the end of the block follows */
    PROG_TODO,   /* site c: REC_TODO */
    PROG_NOTE,   /* site c: REC_NOTE */
    PROG_DUMP,   /* site c: quiesce, then REC_DUMP */
    PROG_TRACE,  /* a = 1 on, 0 off */
    PROG_EXPECT, /* append one outcome to the strand's expects, see Expectations */
    PROG_SETTLE, /* site c: of a request. Stands before its operands. See Requests */
    PROG_REQUEST, /* site c; pops site.operands values. See Requests */
    PROG_AWAIT,  /* site c. See Requests */
    PROG_BLOCKED, /* site c; pops X if site.operands. See Requests */
    PROG_QUIESCE, /* wait until everything is quiet: stands before the operands of a check */
    PROG_CHECK,  /* site c, one point. a = enum program_check, b = enum program_binary */
    PROG_OPS
};

/* - ~ ! and "not 0" */
enum program_unary { UNARY_NEG, UNARY_NOT, UNARY_LNOT, UNARY_BOOL, UNARY_OPS };

/* Comparisons answer 0 or 1. Shifts by 64 and more answer 0. && and || are made of jumps. */
enum program_binary {
    BINARY_ADD, BINARY_SUB, BINARY_MUL, BINARY_DIV, BINARY_MOD,
    BINARY_AND, BINARY_OR, BINARY_XOR, BINARY_SHL, BINARY_SHR,
    BINARY_EQ, BINARY_NE, BINARY_LT, BINARY_LE, BINARY_GT, BINARY_GE,
    BINARY_MIN, BINARY_MAX,
    BINARY_ALIGN, /* x up to the next multiple of y; y 0: x */
    BINARY_OPS
};

enum program_check {
    CHECK_TRUE,       /* pops x: not 0. WHY_FALSE with left = x, right = 0 */
    CHECK_COMPARE,    /* pops x, y: b(x, y), b is EQ .. GE. WHY_FALSE: left = x, right = y */
    CHECK_INVARIANTS, /* quiesces and runs mm's CHECK; WHY_INVARIANT with OUT_ROW */
    CHECK_LEAK,       /* as COMPARE, one operand was PROG_LEAKS: WHY_LEAK */
};

enum program_env {
    ENV_CPUS,    /* CPUs of the machine */
    ENV_MEM,     /* bytes of memory */
    ENV_SEED,    /* the seed in use */
    ENV_BACKEND, /* c = string: 1 if the kernel's command line has the word backend=STRING */
    ENV_FEATURE, /* c = string: 1 if the processor has it: pcid, smap, smep, nx, 1g, …; the
                    command line's word feature=STRING says so */
};

/*
 * Expectations. PROG_EXPECT: a = enum record_outcome, b = enum record_outcome_flag. They are
 * computed before the request is sent; those of an async request are kept with it. An
 * outcome matches if it matches one of the list.
 *   OUT_OK       any success
 *   OUT_NUMBER   pops value
 *   OUT_NOTHING  none
 *   OUT_RANGE    pops start, length. Not what a query answers: that is a hole or mapped
 *   OUT_HOLE     pops start, length
 *   OUT_MAPPED   pops start, length, handle (with OUT_ANY_FRAME only start, length); c = prop.
 *                The frame is compared by identity. The property counts unless OUT_ANY_PROP:
 *                PROP_R|W|X and the cache kind, nothing else
 *   OUT_BYTES    c = string
 *   OUT_ERROR    c = enum status as int32_t; OUT_COUNTED: pops the count, else any count
 *   OUT_FAULT    c = enum fault_access | enum fault_reason << 8; OUT_ANY_REASON
 *   OUT_ANY      anything, errors and faults too
 * A length of all ones never matches (a literal of another type was written there).
 *
 * Requests. PROG_SETTLE: if the client of site has a request in flight (async), waits for
 * that reply and completes it (5), so that the operands that follow see what it bound. If all
 * is quiet and it still waits, the script ends at this site: REC_FAIL, WHY_SELF.
 * PROG_REQUEST takes its operands and expects, then
 *   1. settles as PROG_SETTLE does. A killed client: the request has no outcome, WHY_DEAD;
 *   2. lets the client send it. Operands that are handles become that client's numbers;
 *   3. with a tag: the tag is now this request (an earlier one of that tag is forgotten but
 *      still completed and told as below); go on with the next instruction;
 *   4. without: wait for the reply. If all is quiet and none came: inside INTERLEAVE the lane
 *      is pending; in PAR another lane may free it, when all lanes are stuck and at top level
 *      it is WHY_STUCK: a failed point with SITE_POINT, else the script ends;
 *   5. complete: bind site.slot (see Handles), then match. With SITE_EXPECTS: a point.
 *      Without: if it did not succeed, REC_FAIL with WHY_FAILED and the script ends.
 * An async request completes for the script (5) when the first of these comes: AWAIT of its
 * tag, the next statement of its client, the end of its group, or the join of the
 * INTERLEAVE it was sent in. Records of completions therefore have a fixed order. PAR does not
 * wait for it.
 * If it has no `=>` and is completed by an AWAIT with `=>`, that one alone judges it.
 *
 * PROG_AWAIT: completes the request of site.tag (WHY_STUCK if it cannot), then, with
 * SITE_EXPECTS, a point of its own: the same outcome against the await's list. A tag that
 * never was sent has outcome OUT_NONE, which matches only OUT_ANY; without `=>` nothing
 * happens. One already completed is matched again by its kept outcome.
 *
 * PROG_BLOCKED: quiesce; then pass iff the request of site.tag waits (rule 7) directly for X:
 * a VALUE_HANDLE (that cursor), a VALUE_CLIENT (one of its cursors), a VALUE_TAG (that earlier
 * waiting request); without `by` for anything. WHY_DONE with its outcome if it has completed;
 * WHY_OTHER with OUT_WAITS if it waits for something else. The wait is not ended by this, and
 * the completion seen here is still told by (5) later.
 *
 * Operations that are not one request to mm:
 *   FRAME    count handles: FRAME_ALLOC with MM_FRAME_EACH, in pieces of MM_FRAME_EACH_MAX if
 *            it must be; if a piece fails, the earlier ones are closed and the outcome is the
 *            error. Count 0 is sent as it is
 *   HUGE     FRAME_ALLOC of 512 with MM_FRAME_HUGE: one handle on the whole run
 *   MAP, MAP_EXCL, MAP1 with an array: its frames in order, up to 512 in one request
 *   CLOSE    an array: each, in order; the first error. `main` first closes copies (rule 1)
 *   TOUCH_*  the agent's probe. TOUCH_R answers the value
 *   READ, WRITE, WRITE_LIST  bytes in the agent's message page, at most RECORD_BYTES_MAX
 *   TAKE_FAULT, FAULT_WHY (OUT_FAULT), RESUME, REFUSE  the client itself, as a handler
 *   SATURATE, DEVICE  conductor; the handle that mm answers is the client's
 *   RAW      label, words … → head IPC_HEAD(label, words). One that would wait is E_BUSY
 *   KILL     conductor: PROC_KILL; what was in flight has WHY_DEAD
 *   GRANT    the client's number for this handle is from now on the one that it answered
 * Label NONE otherwise: there is none in mm.def. An unassigned one is sent: E_INVAL.
 *
 * Handles. A VALUE_HANDLE refers to a record of the interpreter: client that made it, its
 * number there, kind, identity (frames), the site's name and the index in its array (records
 * tell these), and copies: for each other client a number, if it was granted one. When
 * client B uses a record
 *   made by B: its number;
 *   copied to B: the copy;
 *   made by `main`, a space or frame: `main` first grants B a copy with all rights; if that
 *     fails its error is the outcome (E_STALE for a closed one);
 *   else 1, a handle of no kind, which mm answers with E_HANDLE.
 * A closed record keeps its numbers as long as a slot refers to it: its use is E_STALE. A
 * binding makes a new record; the slot's old record stays in the list of its group. On
 * failure the slot becomes VALUE_UNBOUND; also for results that are numbers and are `none`.
 *
 * Groups. Each PROG_GROUP, PROG_HOLD and the script itself has a list of the records made
 * since. At the end: (1) every async request sent inside and not yet completed is completed,
 * in the order they were sent; one that cannot is a failed point (its site, WHY_STUCK) and is
 * dropped with its client killed; (2) the list is closed newest first, each by its owner,
 * copies first, closed ones skipped; spaces that a client has active are deactivated before;
 * a status other than OK or E_STALE is a failed point, WHY_CLOSE. What a raw request created
 * is closed too: each word of a successful reply that is a handle of a creating label. Records
 * with an unbound name are in the list all the same.
 *
 * PAR. The lanes run as strands of their own from the same slots. First every lane runs until
 * it has sent its first request; only then is a reply consumed. After that, whenever several
 * lanes could go on (reply there, barrier open), the interpreter's schedule stream chooses
 * one. A lane's requests are in order, each waits for its reply. PAR is done when every lane
 * has reached PROG_ENDLANE; the list of handles is the enclosing group's. If all is quiet and
 * no lane can go on, each lane that waits has WHY_STUCK (point or script end).
 * In lanes of PAR and INTERLEAVE there is no GROUP and no other PAR or INTERLEAVE; in lanes of
 * PAR no CHECK, BLOCKED or DUMP either.
 *
 * INTERLEAVE. Every order runs all lanes from their start to PROG_ENDLANE. A choice point is
 * the start and each PROG_STEP. Candidates there: lanes with steps left that are not blocked,
 * in the order of the PROG_LANEs. The chosen lane runs one step: up to the next PROG_STEP or
 * PROG_ENDLANE, or until its request still waits when all is quiet: then the lane is blocked
 * and the step goes on as soon as the reply is there, before the next choice. The first order
 * chooses the first candidate always; each next one repeats the choices of the one before up
 * to the last point that had a later candidate, takes the next candidate there, and the
 * first ones behind it; a choice that is not possible any more (state is kept between orders)
 * takes the next possible. This runs every distinct schedule once, in lexicographic order. It
 * ends after max orders, and when there is no other; then REC_LEFT_OUT if some were left:
 * left = number of merges of the steps (saturating) minus those done, 0 if every choice was
 * exhausted. No candidate and steps left: the blocked ones have WHY_STUCK. Before each order
 * an implicit list of handles begins and it ends as a group does, without records.
 * rec_point.order is the number of the order. max has no default in the program: the compiler
 * pushes INTERLEAVE_DEFAULT.
 *
 * Randomness. rand's state starts as the seed. One draw:
 *     z = (state += 0x9e3779b97f4a7c15);
 *     z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9; z = (z ^ z >> 27) * 0x94d049bb133111eb;
 *     draw = z ^ z >> 31
 * rand() = draw; rand(lo, hi) = lo + draw % (hi - lo); CHOOSE: draw % sum (no draw if 0).
 * PAR draws once, d; lane k (from 0) has a state of its own, d + k * 0xd1342543de82ef95; the
 * schedule's state is d ^ 0xa0761d6478bd642f.
 */
#define INTERLEAVE_DEFAULT 1000u
