/* What the files that carry out instructions share. Only run*.c includes this. */
#pragma once
#include "clients/conductor/core/script.h"

typedef void run_fn(struct script *s, struct strand *t, const struct program_insn *insn);

/* The stack. What does not fit stops the script as a damaged program. */
void run_push(struct script *s, struct strand *t, struct value v);
struct value run_pop(struct script *s, struct strand *t);
void run_push_number(struct script *s, struct strand *t, uint64_t number);
uint64_t run_pop_number(struct script *s, struct strand *t);

/* Returns: whether slot `index` exists; else the script has stopped. */
bool run_has_slot(struct script *s, struct strand *t, uint32_t index);

/* Comparison and arithmetic; *divided is set for a division by zero. */
uint64_t run_binary(enum program_binary op, uint64_t x, uint64_t y, bool *divided);

/* run_value.c */
run_fn run_value_push, run_value_const, run_value_string, run_value_client, run_value_tag,
    run_value_none, run_value_load, run_value_loadx, run_value_store, run_value_unbind,
    run_value_number, run_value_one, run_value_two, run_value_rand, run_value_stat,
    run_value_leaks, run_value_env;

/* run_statement.c */
run_fn run_statement_declare, run_statement_needs, run_statement_skip, run_statement_todo,
    run_statement_note, run_statement_dump, run_statement_expect, run_statement_check;

/* What mm counts for rule 23. Returns: false if it would not say. */
bool run_statement_census(struct script *s, uint64_t *count);
