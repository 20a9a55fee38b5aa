/*
 * What conductor and agent say to each other.
 *
 * The agent calls the conductor's endpoint: the call carries how its last command ended, the
 * reply is the next command. Arguments and results of mm's messages stand where mm has them:
 * the first four in words 1 to 4, the others in the message page, so that neither side
 * copies them.
 */
#pragma once
#include "abi/ipc.h"

/* Where an agent finds the conductor's endpoint, badged with its client's index + 1. */
enum { AGENT_SLOT_CONDUCTOR = 8 };

/* Command, word 0: enum agent_command | ... as said at each. */
enum agent_command {
    AGENT_MM,    /* | label << 8 | count << 40: send this message to mm */
    AGENT_TOUCH, /* | enum fault_access << 8 | width << 16; word 1 address, word 2 value */
    AGENT_READ,  /* | length << 8; word 1 window: read through it into the message page */
    AGENT_WRITE, /* | length << 8; word 1 window: write the bytes in the message page */
    AGENT_FAULT, /* | enum agent_fault << 8: as a space's handler */
    AGENT_COMMANDS
};

enum agent_fault {
    AGENT_FAULT_TAKE, /* replied: word 1 is the address */
    AGENT_FAULT_WHY,  /* AGENT_FAULTED, or a status */
    AGENT_FAULT_RESUME,
    AGENT_FAULT_REFUSE,
};

/* Result, word 0. */
enum agent_result {
    AGENT_READY,   /* nothing was asked yet */
    AGENT_REPLIED, /* | count << 8 | status << 32; then the words. Read and write: word 1 says
                      how many bytes; those read stand in the message page */
    AGENT_FAULTED, /* | enum fault_access << 8 | enum fault_reason << 16 */
    AGENT_BROKEN,  /* the agent could not do it: status << 32 */
    AGENT_RESULTS
};
