/* The operations, their words, and the words of properties, types, rights. */
#pragma once
#include "ast.h"

struct op_info {
    const char *spelling;
    const char *operands;
    enum script_result result;
    const char *name; /* MAP_EXCL */
};
extern const struct op_info op_info[SCRIPT_OPS];

/* Returns: the operation of that word (its first form), or SCRIPT_OPS. */
enum script_op op_find(struct slice word);

/* Returns: the operation or statement word nearest to a wrong one, or NULL. */
const char *op_nearest(struct slice word);

/* Each returns whether the word is one, and its meaning. */
bool op_prop(struct slice word, uint64_t *prop);
bool op_cache(struct slice word, uint64_t *prop);
bool op_type(struct slice word, uint64_t *bytes);
bool op_right(struct slice word, uint64_t *right);
bool op_status(struct slice word, int32_t *status);
bool op_counter(struct slice word, uint32_t *counter);

/* Returns: the nearest error name, counter, or NULL. */
const char *op_nearest_status(struct slice word);
const char *op_nearest_counter(struct slice word);
const char *op_status_name(int32_t status);
const char *op_counter_name(uint32_t counter);
