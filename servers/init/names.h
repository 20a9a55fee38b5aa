/* The name list: which client a program's name stands for. Names last as long as init. */
#pragma once
#include "abi/ipc.h"
#include "abi/start.h"
#include "abi/status.h"

enum { NAMES_MAX = 16 };

/* A name that is there already stands for the new client. Returns: OK; E_QUOTA, it is full. */
NODISCARD status_t names_set(const char *name, uint32_t client);

/* Answers a lookup request with what it shall be answered with. */
struct ipc_msg names_serve(const struct ipc_msg *request);
