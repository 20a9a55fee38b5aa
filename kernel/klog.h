/* The kernel's own words, on the debug port and COM2: before user mode starts, when COM2 goes
 * to the programs, and in a panic. */
#pragma once
#include "abi/types.h"

/* Set both serial ports to 115200 8N1 with their queues on. */
void klog_init(void);

void klog(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Wait until the last byte has left COM2. */
void klog_drain(void);
