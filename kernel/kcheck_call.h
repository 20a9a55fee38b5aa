/* The system calls of the checking image; in the plain one each is E_INVAL (plain.c). */
#pragma once
#include "kernel/thread.h"

/* SYS_KCHECK, SYS_KCORRUPT or SYS_INJECT. */
NODISCARD status_t kcheck_call(struct context *r, uint32_t nr);
