/* The boot modules as init has them: what mm says of each, and a view of it where needed. */
#pragma once
#include "abi/boot.h"
#include "servers/mm/client/mm_client.h"

/* Asks mm for modules 0 .. count-1. More than BOOT_MODULES_MAX, and empty ones, are reported
   and left out. */
void modules_read(uint32_t count);

/* Returns: the module of that name; NULL, there is none. */
const struct mm_module *modules_find(const char *name);

/* Returns: the first module at or after *at whose name begins so, *at then being behind it;
   NULL, there is none. Start with *at = 0. */
const struct mm_module *modules_next(const char *prefix, uint32_t *at);
