/*
 * The log: lines on COM2, through a port capability. Results never go here, nor the log to
 * where the results go.
 */
#pragma once
#include "abi/types.h"

/* The port capability's slot; SLOT_NONE (as at the start): lines are dropped. */
void log_init(uint32_t slot);

/* One line, ended here; cut at 200 characters. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
