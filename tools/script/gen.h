/*
 * From the tree to a program: names, types and code in one walk.
 *
 * Code goes into lanes. Lane 0 is the script itself; inside `par` and `interleave` each
 * client has a lane of its own, and the code of all lanes is put together at the end of the
 * block. `set` says into which lanes the current statement goes: control statements inside
 * `par` that hold requests of several clients go into each of those lanes.
 */
#pragma once
#include "ast.h"
#include "ops.h"

enum type {
    TYPE_ANY, /* unknown because of an earlier error, or a parameter of a def never called */
    TYPE_NUMBER,
    TYPE_SPACE,
    TYPE_FRAME,
    TYPE_FRAMES, /* an array of frames */
    TYPE_SOME,   /* frame x N, N known at run time only: one or an array */
    TYPE_HUGE,
    TYPE_DEVICE,
    TYPE_CURSOR,
    TYPE_CURSOR_MUT,
    TYPE_READER,
    TYPE_WRITER,
    TYPE_RAW, /* a handle of unknown kind */
    TYPE_CLIENT,
    TYPE_TAG,
    TYPE_DEF,
};

struct scope;
struct symbol {
    struct slice name;
    enum type type;
    uint32_t slot;      /* client: its number; tag: its number */
    bool per_lane;      /* each lane of the par has a slot of its own, from `slot` on */
    uint32_t count;     /* TYPE_FRAMES: how many, 0: not known */
    struct place maker; /* the statement */
    struct place name_at;
    const struct request *request; /* that made it, or NULL */
    const struct stmt *def;
    struct scope *home;   /* of a def */
    uint32_t calls;       /* of a def */
    uint32_t client;      /* that made it, or that sent the async request */
    uint32_t site;        /* of the async request */
    struct slice origin;  /* the name it was made by, where this is a parameter */
    struct symbol *alias; /* what a parameter stands for, or NULL */
    bool closed;          /* somewhere in the script */
    struct symbol *next;
};

struct patch {
    uint32_t lane, at;
    struct patch *next;
};

struct scope {
    struct scope *parent;
    struct symbol *symbols;
    struct patch *skips; /* jumps to the end of the block */
    bool transparent;    /* handles made here live in the parent: par, choose */
    bool tags;           /* async tags live here: script, group, def, block of interleave */
    bool todo;
};

struct lane {
    struct program_insn *code;
    uint32_t count, room;
    uint32_t depth, depth_max;
    uint32_t client;
    uint32_t loops;
};

/* One expansion of a def that code is being made for. */
struct expansion {
    const struct stmt *def;
    struct place call;
    struct expansion *outer;
};

struct site_info {
    struct program_site site;
    const struct stmt *stmt;
    const struct expansion *via; /* kept in the arena */
    uint32_t group;              /* site of the group around it, or PROGRAM_NONE */
    uint32_t points;             /* of a group: sites directly inside, groups count as one */
    uint32_t tag_site;           /* await, blocked: the async request */
};

enum { GEN_LANES_MAX = 1 + PROGRAM_LANES_MAX, GEN_VISITS_MAX = 400000, GEN_ARMS_MAX = 64 };

struct gen {
    struct source *source;
    struct scope *scope;
    struct lane lane[GEN_LANES_MAX];
    uint32_t set;        /* lanes that the current statement goes into: a bit each */
    uint32_t first_lane; /* of the current par; slots that are per lane count from it */
    uint32_t lanes;      /* of the current par; 0: none */
    uint32_t lanes_max;
    bool in_par, in_interleave;
    uint32_t client;         /* who asks when nobody is named */
    const struct stmt *stmt; /* being worked on */
    uint32_t site;           /* its site, or PROGRAM_NONE */
    uint32_t muted;          /* > 0: check, but make no code */
    bool stop;               /* too large: nothing more is looked at */
    uint32_t visits, slots, groups, loops;
    struct expansion *expansion;
    uint32_t group;
    uint32_t barriers;
    /* what an expression may hold beside numbers */
    bool raw, check, needs;
    uint32_t raw_client;
    bool lint;
    /* header statements */
    const struct stmt *test, *timeout_at, *seed_at;
    uint64_t timeout_us, seed;
    /* sections */
    struct site_info *sites;
    uint64_t *numbers;
    struct slice *strings;
    uint32_t *names, *clients, *tags;
    bool name_is_array[PROGRAM_NAMES_MAX];
    uint32_t site_count, number_count, string_count, name_count, client_count, tag_count;
    uint32_t site_room, number_room, string_room, data_bytes;
    uint32_t points;
    uint32_t counters; /* read by stat: a bit each */
};

/* Lanes of the current set, one after the other. */
#define GEN_LANES(g, l)                                                                        \
    for (uint32_t l = 0; l < GEN_LANES_MAX; l++)                                               \
        if ((g)->set >> l & 1)

/* emit.c: sections and instructions */
uint32_t emit(struct gen *g, uint32_t lane, enum program_op op, uint32_t a, uint32_t b,
              uint32_t c);
uint32_t emit_here(const struct gen *g, uint32_t lane);
void emit_patch(struct gen *g, uint32_t lane, uint32_t at); /* jump at `at` comes here */
void emit_number(struct gen *g, uint32_t lane, uint64_t value);
void emit_depth(struct gen *g, uint32_t lane, int change);
uint32_t emit_string(struct gen *g, struct slice text);
uint32_t emit_name(struct gen *g, struct slice text, bool array);
uint32_t emit_client(struct gen *g, struct slice text, struct place at);
uint32_t emit_tag(struct gen *g, struct slice text);
uint32_t emit_site(struct gen *g, const struct stmt *s, enum site_kind kind);
/* The site of the statement being worked on; a plain one is made if it has none. */
uint32_t emit_here_site(struct gen *g);
uint32_t emit_slots(struct gen *g, uint32_t count);
void emit_too_large(struct gen *g, const char *what);

/* scope.c: names */
struct scope *scope_push(struct gen *g);
void scope_pop(
    struct gen *g); /* the end of a block: skips come here, defs never called are checked */
struct symbol *scope_find(struct gen *g, struct slice name);
struct symbol *scope_add(struct gen *g, struct slice name, enum type type, struct place at);
/* The block that handles made here live in. */
struct scope *scope_of_handles(struct gen *g);
/* Returns: the symbol of a name; one that is not known is told once and is TYPE_ANY. */
struct symbol *scope_need(struct gen *g, struct slice name, struct place at);
/* The same with another help, where no known name is near. */
struct symbol *scope_need_or(struct gen *g, struct slice name, struct place at,
                             const char *help);
const char *scope_type_name(struct gen *g, const struct symbol *s);
struct finding *scope_error(struct gen *g, struct place at, const char *text, const char *help,
                            const struct symbol *made);
const char *scope_text(struct gen *g, const char *format, struct slice a);

/* gen_expr.c */
bool gen_constant(const struct expr *e, uint64_t *value);
void gen_number(struct gen *g, uint32_t lane, const struct expr *e);
bool gen_is_random(const struct expr *e); /* rand or stat somewhere inside */
/* NULL if it is no handle: a number. */
struct symbol *gen_handle_symbol(struct gen *g, const struct expr *e);
void gen_load(struct gen *g, uint32_t lane, const struct symbol *s);
uint32_t gen_slot(const struct gen *g, uint32_t lane, const struct symbol *s);

/* gen_handle.c */
/* A handle as an operand of `what`; letter as in script_ops.def, '#' for any single one. */
void gen_handle(struct gen *g, uint32_t lane, const struct expr *e, char letter,
                const char *what);

/* gen_op.c */
void gen_request(struct gen *g, const struct stmt *s);
void gen_expects(struct gen *g, uint32_t lane, const struct stmt *s);
uint32_t gen_client(struct gen *g, const struct stmt *s);

/* gen_verify.c */
void gen_blocked(struct gen *g, const struct stmt *s);
void gen_await(struct gen *g, const struct stmt *s);
void gen_check(struct gen *g, const struct stmt *s);

/* gen_control.c */
void gen_repeat(struct gen *g, const struct stmt *s);
void gen_if(struct gen *g, const struct stmt *s);
void gen_choose(struct gen *g, const struct stmt *s);
void gen_skip(struct gen *g, const struct stmt *s);
void gen_call(struct gen *g, const struct stmt *s);
void gen_uncalled(struct gen *g, struct symbol *def);

/* gen_par.c */
uint32_t gen_clients_of(struct gen *g,
                        const struct stmt *s); /* a bit each, this statement only */
void gen_par(struct gen *g, const struct stmt *s);
void gen_interleave(struct gen *g, const struct stmt *s);
void gen_barrier(struct gen *g, const struct stmt *s);
/* Returns: the lanes of the current par that a statement belongs to. */
uint32_t gen_lanes_of(struct gen *g, const struct stmt *s);
/* Returns: whether the statement may stand where code is made now; if not, it is told. */
bool gen_allowed(struct gen *g, const struct stmt *s);

/* gen.c */
bool gen_several(const struct gen *g); /* the current set holds more than one lane */
/* The value would differ between the lanes of the set: told. */
void gen_same(struct gen *g, const struct expr *e);
/* A number made in this block, in a slot for each lane; its values are on the stacks. */
struct symbol *gen_variable(struct gen *g, struct slice name, struct place at);
void gen_block(struct gen *g, const struct stmt *first);
void gen_stmt(struct gen *g, const struct stmt *s);

/* Ensures: g holds the whole program of the script; findings are in source. */
void gen_script(struct gen *g, struct source *source, const struct stmt *script, bool lint);

/* lint.c */
void lint_expects(struct gen *g, const struct stmt *s);
void lint_scope(struct gen *g, const struct scope *scope);
