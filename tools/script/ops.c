/* The operations and other words of the language. */
#include "ops.h"
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define SCRIPT_OP(name, spelling, operands, result, label, meaning)                            \
    { spelling, operands, result, #name },
const struct op_info op_info[SCRIPT_OPS] = {
#include "abi/script_ops.def"
};
#undef SCRIPT_OP

enum script_op op_find(struct slice word)
{
    for (int i = 0; i < SCRIPT_OPS; i++)
        if (slice_is(word, op_info[i].spelling))
            return (enum script_op)i;
    return SCRIPT_OPS;
}

const char *op_nearest(struct slice word)
{
    static const char *const other[] = {
        "test",   "needs", "timeout", "seed",  "include", "client", "let",
        "set",    "def",   "call",    "group", "par",     "repeat", "interleave",
        "choose", "if",    "barrier", "todo",  "blocked", "await",  "check",
        "dump",   "note",  "trace",   "try"
    };
    const char *candidate[SCRIPT_OPS + COUNT(other)];
    size_t n = 0;
    for (int i = 0; i < SCRIPT_OPS; i++)
        if (!strchr(op_info[i].spelling, ' '))
            candidate[n++] = op_info[i].spelling;
    for (size_t i = 0; i < COUNT(other); i++)
        candidate[n++] = other[i];
    return source_nearest(word, candidate, n);
}

struct meaning {
    const char *word;
    uint64_t value;
};

static bool find(const struct meaning *table, size_t count, struct slice word, uint64_t *value)
{
    for (size_t i = 0; i < count; i++)
        if (slice_is(word, table[i].word)) {
            *value = table[i].value;
            return true;
        }
    return false;
}

bool op_prop(struct slice word, uint64_t *prop)
{
    static const struct meaning props[] = { { "r", PROP_R },
                                            { "rw", PROP_R | PROP_W },
                                            { "rx", PROP_R | PROP_X },
                                            { "rwx", PROP_R | PROP_W | PROP_X },
                                            { "noaccess", 0 } };
    return find(props, COUNT(props), word, prop);
}

bool op_cache(struct slice word, uint64_t *prop)
{
    static const struct meaning kinds[] = { { "wb", CACHE_WB << PROP_CACHE_SHIFT },
                                            { "wt", CACHE_WT << PROP_CACHE_SHIFT },
                                            { "wc", CACHE_WC << PROP_CACHE_SHIFT },
                                            { "uc", CACHE_UC << PROP_CACHE_SHIFT } };
    return find(kinds, COUNT(kinds), word, prop);
}

bool op_type(struct slice word, uint64_t *bytes)
{
    static const struct meaning types[] = {
        { "u8", 1 }, { "u16", 2 }, { "u32", 4 }, { "u64", 8 }
    };
    return find(types, COUNT(types), word, bytes);
}

bool op_right(struct slice word, uint64_t *right)
{
    static const struct meaning rights[] = { { "MAP", MM_RIGHT_MAP },
                                             { "READ", MM_RIGHT_READ },
                                             { "WRITE", MM_RIGHT_WRITE },
                                             { "GRANT", MM_RIGHT_GRANT } };
    return find(rights, COUNT(rights), word, right);
}

#define STATUS(name, number, meaning) { #name, number },
static const struct {
    const char *word;
    int32_t status;
} statuses[] = {
#include "abi/status.def"
};
#undef STATUS

bool op_status(struct slice word, int32_t *status)
{
    for (size_t i = 0; i < COUNT(statuses); i++)
        if (slice_is(word, statuses[i].word)) {
            *status = statuses[i].status;
            return *status != OK;
        }
    return false;
}

const char *op_status_name(int32_t status)
{
    for (size_t i = 0; i < COUNT(statuses); i++)
        if (statuses[i].status == status)
            return statuses[i].word;
    return "E_?";
}

const char *op_nearest_status(struct slice word)
{
    const char *candidate[COUNT(statuses)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(statuses); i++)
        if (statuses[i].status != OK)
            candidate[n++] = statuses[i].word;
    return source_nearest(word, candidate, n);
}

#define COUNTER(name, meaning) #name,
static const char *const counters[] = {
#include "abi/counters.def"
};
#undef COUNTER

bool op_counter(struct slice word, uint32_t *counter)
{
    for (uint32_t i = 0; i < COUNT(counters); i++)
        if (slice_is(word, counters[i])) {
            *counter = i;
            return true;
        }
    return false;
}

const char *op_nearest_counter(struct slice word)
{
    return source_nearest(word, counters, COUNT(counters));
}

const char *op_counter_name(uint32_t counter)
{
    return counter < COUNT(counters) ? counters[counter] : "?";
}
