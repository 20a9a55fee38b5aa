/* Statements that ask a client for something, and what they wait for. */
#pragma once
#include "clients/conductor/core/script.h"

/*
 * PROG_SETTLE, PROG_REQUEST and PROG_AWAIT at the strand's pc. Run again when the client that
 * the strand waits for has an answer, until the statement is done.
 * Ensures: t->state says whether it waits; t->pc is behind the statement if it is done.
 */
void request_settle(struct script *s, struct strand *t);
void request_run(struct script *s, struct strand *t);
void request_await(struct script *s, struct strand *t);

/* PROG_BLOCKED at the strand's pc. */
void request_blocked(struct script *s, struct strand *t);

/* Returns: whether the strand waits for an answer that is not there yet. */
bool request_pending(const struct script *s, const struct strand *t);

/*
 * Nothing moves, and the strand waits for an answer: it will not come.
 * Ensures: a failed point is told and the strand can go on, or the script has stopped.
 */
void request_stuck(struct script *s, struct strand *t);

/*
 * Tells the host how the client's answered request has ended, and binds its result.
 * `judged`: an await with => follows, which alone decides.
 * Requires: the flight is FLIGHT_ANSWERED.
 */
void request_complete(struct script *s, uint32_t client, bool judged);

/* The client's request is told to have no answer (a failed point, or the script's end). */
void request_give_up(struct script *s, uint32_t client);
