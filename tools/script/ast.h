/* A script as a tree. Everything lives in the arena of the sources. */
#pragma once
#include "lex.h"
#include "abi/program.h"

enum {
    AST_DEPTH_MAX = 100,  /* of an expression */
    AST_NESTING_MAX = 64, /* of blocks */
    AST_ARGS_MAX = 16,    /* of call and def */
    AST_OPERANDS_MAX = 8,
};

enum expr_kind {
    EXPR_NUMBER,
    EXPR_VARIABLE, /* $name */
    EXPR_NAME,     /* a bare name */
    EXPR_INDEX,    /* left[right] */
    EXPR_CALL,     /* name(list) */
    EXPR_ONE,      /* op left; op is enum program_unary */
    EXPR_TWO,      /* left op right; op is enum program_binary */
    EXPR_AND,
    EXPR_OR,
    EXPR_COND, /* left ? right : third */
};

struct expr {
    enum expr_kind kind;
    struct place at;   /* the whole of it */
    struct place mark; /* its operator */
    uint32_t depth;
    uint32_t op;
    uint64_t number;
    struct slice name;
    struct expr *left, *right, *third;
    struct expr *list, *next; /* arguments, chained */
};

/* An operand of a request; which fields count follows from its letter in script_ops.def. */
struct operand {
    char letter;
    struct place at;
    struct expr *first, *second; /* handle, number; a range: its two ends */
    bool length;                 /* a range: `for` */
    uint64_t value;              /* prop, type, rights, flags */
    struct slice text;           /* string, client */
    struct expr *list;
    uint32_t count; /* of list */
    bool absent;    /* left out, `none`, `all` */
};

struct outcome {
    enum record_outcome kind; /* OUT_NUMBER also for what may turn out to be another */
    struct place at;
    struct outcome *next;
    struct expr *first, *second; /* value; a range: its two ends; an error: its count */
    bool length;
    bool empty; /* OUT_HOLE, OUT_MAPPED: the value is `none`, or no range */
    struct expr *frame;
    uint32_t flags; /* enum record_outcome_flag */
    uint32_t prop;
    int32_t status;
    uint32_t access, reason;
    struct slice text;
};

struct request {
    enum script_op op;
    struct place at; /* the operation's word */
    struct place name_at;
    struct slice name; /* what it binds; n = 0: nothing */
    struct operand operand[AST_OPERANDS_MAX];
    uint32_t operands;
    struct slice tag;
    struct place tag_at;
};

enum stmt_kind {
    STMT_BAD, /* could not be parsed; name: what it would have bound */
    STMT_TEST,
    STMT_NEEDS,
    STMT_TIMEOUT,
    STMT_SEED,
    STMT_INCLUDE,
    STMT_CLIENT,
    STMT_LET,
    STMT_SET,
    STMT_DEF,
    STMT_CALL,
    STMT_GROUP,
    STMT_PAR,
    STMT_REPEAT,
    STMT_INTERLEAVE,
    STMT_CHOOSE,
    STMT_IF,
    STMT_BARRIER,
    STMT_SKIP,
    STMT_TODO,
    STMT_BLOCKED,
    STMT_AWAIT,
    STMT_CHECK,
    STMT_DUMP,
    STMT_NOTE,
    STMT_TRACE,
    STMT_REQUEST,
};

enum needs_kind { NEEDS_EXPR, NEEDS_BACKEND, NEEDS_FEATURE };
enum check_kind { CHECK_IS_EXPR, CHECK_IS_INVARIANTS };

/* A word with its place, chained: clients of a barrier, parameters, tags of a test. */
struct word {
    struct place at;
    struct slice text;
    struct word *next;
};

struct stmt {
    enum stmt_kind kind;
    struct place at;   /* the whole statement, its block left out */
    struct place word; /* its first word, the client's prefix passed */
    struct stmt *next;
    struct word *client; /* `A:`, and the client of an interleave's block; or NULL */
    struct slice name;
    struct place name_at;
    struct slice text; /* a string */
    struct expr *expr;
    struct word *words;
    struct expr *args;         /* call */
    struct stmt *body, *other; /* block; else, the next block of interleave, alternative */
    struct place body_end;
    struct request *request;
    struct outcome *expect;
    struct place expect_at; /* from the first outcome to the end of the last */
    bool has_expect;
    bool on;          /* trace */
    uint32_t variant; /* needs_kind, check_kind */
};
