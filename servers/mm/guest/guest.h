/* What the guest's parts of mm tell each other. */
#pragma once
#include "core/client.h"
#include "core/port.h"

/* Before anything else of port.h is used. */
void guest_port_init(const struct boot_record *record);

/* first, first+1, first+2 become the edit pages. Returns: what the kernel says. */
NODISCARD status_t guest_port_pages(pfn_t first);

/* Start the one program that mm starts, from the boot module of this name. */
NODISCARD status_t loader_start_init(const struct boot_record *boot);

/* Receive, serve, answer, for ever; message is mm's message page. */
__attribute__((noreturn)) void loop_run(uint64_t *message);
