/* Other programs, started and ended by the machine test; one at a time. */
#pragma once
#include "abi/start.h"
#include "abi/status.h"
#include "tests/guest/child/child.h"

/* Slots of the machine test. */
enum machine_slot {
    SLOT_LINE = START_SLOT_FREE, /* its endpoint for interrupts */
    SLOT_REPORT,                 /* where children tell */
    SLOT_PEER,                   /* whom children call, or receive from */
    SLOT_FAULTS,                 /* where the fault of a child that has a handler goes */
    SLOT_THREAD,                 /* the child's thread */
    SLOT_TABLE,
};

/* Makes the endpoints and a view of the image. */
NODISCARD status_t children_init(const struct start_page *start);

NODISCARD status_t children_start(enum child_role role);

/* Lets others run until the child is in this state. */
void children_await(enum thread_state state);

void children_kill(void);

/* Sends a notification to the own endpoint in the slot, and returns what is received there
 * first: CHILDREN_NOTHING if it was that and nothing else was there. */
#define CHILDREN_NOTHING 0x8000u
uint64_t children_now(uint32_t slot);
