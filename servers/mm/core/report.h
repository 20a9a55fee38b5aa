/* Readable lines for the log about things that end. */
#pragma once
#include "port.h"

/* A thread of this client has ended, and why. */
void report_end(uint32_t client, const struct port_thread_info *info);
