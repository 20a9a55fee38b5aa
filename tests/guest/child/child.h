/*
 * Between the machine test and the programs that it starts: all are the same image, and one
 * word of the start page says what each does.
 */
#pragma once
#include "abi/start.h"

enum child_arg { CHILD_ARG_ROLE };

/* Slots of a child, beside START_SLOT_IRQ4. */
enum child_slot {
    CHILD_SLOT_REPORT = START_SLOT_FREE, /* the test's endpoint: called with one word to tell */
    CHILD_SLOT_PEER, /* another endpoint of the test's: to send and receive */
    CHILD_SLOT_OWN,  /* the child's own endpoint */
};

enum child_role {
    CHILD_OWNS_LINE, /* binds COM1's line to its own endpoint, tells how that went, then tells
                        the bits of each notification after acknowledging it */
    CHILD_CALLS,     /* calls the peer, tells the status of that */
    CHILD_RECEIVES,  /* receives from the peer, answers, and so on */
    CHILD_RUNS,      /* runs for ever */
    CHILD_ASKS,      /* asks mm for ever, holding a cursor now and then */
    CHILD_FAULTS,    /* reads where nothing is mapped */
};

#define CHILD_LINE_BIT 0x40u /* what an interrupt puts into its endpoint */
