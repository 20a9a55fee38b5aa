/*
 * The agents: one process for each client of the running script. They pull their commands by
 * calling the conductor's endpoint, so the conductor never waits for one of them; it answers
 * late, with the next command.
 */
#pragma once
#include "abi/start.h"
#include "clients/conductor/core/machine.h"

/* An agent as the conductor sees it. */
enum agents_state {
    AGENTS_NONE,     /* no process */
    AGENTS_IDLE,     /* waits for a command */
    AGENTS_BUSY,     /* carries one out */
    AGENTS_ANSWERED, /* has carried it out; nobody has looked at the answer */
};

/* What agents_step has found. */
enum agents_event {
    AGENTS_GOT,   /* an agent has called, or has ended */
    AGENTS_QUIET, /* nothing moves in the whole machine, and no agent calls */
    AGENTS_MOVES, /* something moves: look again */
};

/*
 * Requires: mm_client_init and spawn_init were called.
 * `image`: the agent's program, readable for ever. Returns: OK, or why no endpoint was made.
 */
NODISCARD status_t agents_init(const struct start_page *self, const uint8_t *image,
                               uint64_t bytes);

/* Starts an agent and waits for its first call. Returns: OK, or why there is none. */
NODISCARD status_t agents_start(uint32_t client);

/* Ends an agent, whatever it does. */
void agents_kill(uint32_t client);

enum agents_state agents_state(uint32_t client);

/* Returns: the client's id at mm; 0: it has no process. */
uint32_t agents_id(uint32_t client);

/* Gives a command. Requires: AGENTS_IDLE. Ensures: AGENTS_BUSY. */
void agents_command(uint32_t client, const struct machine_request *request);

/* Receives one call if one is there; never waits. */
enum agents_event agents_step(void);

/*
 * Takes the oldest answer. Returns: false if there is none.
 * Ensures: *reply is valid until the agent is given a command; the agent is idle, or none.
 */
bool agents_take(uint32_t *client, struct machine_reply *reply);
