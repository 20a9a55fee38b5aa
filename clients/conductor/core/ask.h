/* Waiting for the machine, and requests of the interpreter's own. */
#pragma once
#include "clients/conductor/core/script.h"

/*
 * Waits for one event of the machine; an answer goes to the flight it belongs to.
 * Ensures: for MACHINE_LATE the script has stopped with WHY_TIMEOUT.
 */
enum machine_event ask_wait(struct script *s);

/* Takes the answers that are there already, without waiting. */
void ask_poll(struct script *s);

/* Waits until nothing moves. Returns: false if the script has stopped. */
bool ask_quiesce(struct script *s);

/*
 * Lets a client send one request to mm on the interpreter's behalf and waits for the answer,
 * after the client's request under way has been answered.
 * Requires: count <= 4. `words` may be NULL.
 * Returns: mm's status; E_PEER if the client is dead or the script has stopped; E_BUSY if its
 * request under way will not be answered.
 */
int64_t ask_sub(struct script *s, uint32_t client, enum mm_label label, uint32_t count,
                const uint64_t *args, uint64_t *words);

/* Ends a client: its request under way is dead, its handles are closed. */
status_t ask_kill(struct script *s, uint32_t client);
