/* The serial line on which records leave, and the ports that end the emulator. */
#pragma once
#include "abi/types.h"

/* Sends bytes, waiting for the line where it must. */
void line_send(const void *data, size_t bytes);

/* Waits until the last bit has left. */
void line_drain(void);

/* Ends the machine with a verdict. Does not return. */
__attribute__((noreturn)) void line_end_machine(bool passed);
