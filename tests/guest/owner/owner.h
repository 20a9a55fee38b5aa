/* Between the machine test and the program that it starts to own COM1's interrupt line. */
#pragma once
#include "abi/start.h"

/* Slots of the owner, beside START_SLOT_IRQ4. */
enum owner_slot {
    OWNER_SLOT_REPORT = START_SLOT_FREE, /* the test's endpoint: it calls it with one word */
    OWNER_SLOT_LINE,                     /* its own endpoint */
};

#define OWNER_BIT 0x40u /* what an interrupt puts into its endpoint */
