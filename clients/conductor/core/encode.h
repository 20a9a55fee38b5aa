/*
 * Operands as words of a message: numbers as they are, handles as the client's own numbers.
 * Rule 1 of the script language: a space or frame of `main` is granted to a client at its
 * first use; any other foreign handle is sent as 1, which was never valid.
 */
#pragma once
#include "clients/conductor/core/script.h"

/* Returns: the number; all ones for anything else. */
uint64_t encode_number(const struct value *v);

/* Returns: element i of an array; a single value is an array of one; else VALUE_UNBOUND. */
struct value encode_element(const struct value *v, uint32_t i);

/* Returns: the client's number for a handle as it stands, 0 if it has none. */
uint64_t encode_known(const struct script *s, uint32_t client, const struct value *v);

/* encode_known after the grant that a first use needs. Returns: why it was not granted. */
status_t encode_handle(struct script *s, uint32_t client, const struct value *v,
                       uint64_t *number);

/* encode_handle for all operands and their elements: before any word is written, because
 * granting uses the words, too. Returns: OK, or why one was not granted. */
status_t encode_all(struct script *s, uint32_t client, const struct value *operands,
                    uint32_t count);

/* Fills s->words with the operands of a raw request behind its label. */
status_t encode_raw(struct script *s, const struct program_site *site,
                    const struct value *operands);

/* Fills s->words with the operands of an operation that is one message, as mm orders them. */
status_t encode_plain(struct script *s, const struct program_site *site,
                      const struct value *operands, uint32_t *count);
