/*
 * Requests on the wire: what an operation of the script sends, what its answers mean, and the
 * operations that take several messages (frames beyond one message, a handle of each element
 * of an array). Every piece but the last is invisible to the script.
 */
#pragma once
#include "clients/conductor/core/script.h"

/*
 * Sends the request of `site` with its operands, on behalf of its client, whose flight has
 * been prepared (FLIGHT_FLYING). What needs no message is answered at once.
 */
void pieces_send(struct script *s, const struct program_site *site,
                 const struct value *operands);

/* An answer for a client's flight has come: the next piece goes out, or it is ANSWERED. */
void pieces_answered(struct script *s, uint32_t client, const struct machine_reply *reply);
