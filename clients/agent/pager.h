/*
 * The agent as the handler of spaces: it takes their page faults one at a time, when the script
 * says so, and answers as the script says.
 */
#pragma once
#include "abi/fault.h"
#include "abi/status.h"

/* Makes the endpoint where faults arrive and tells mm. Returns: OK, or what mm refused. */
NODISCARD status_t pager_init(void);

/* Waits for the next fault, and holds it. Returns: OK; E_BUSY, one is held already. */
NODISCARD status_t pager_take(uint64_t *address);

/* What the fault held was. Returns: OK; E_INVAL, none is held. */
NODISCARD status_t pager_why(enum fault_access *access, enum fault_reason *reason);

/* Answers the fault held. Returns: OK; E_INVAL, none is held; E_PEER, its thread has ended. */
NODISCARD status_t pager_answer(enum fault_answer answer);
