/* Loads the memory server from its module and makes it the first thread. */
#pragma once
#include "kernel/boot_info.h"

/* Panics with the reason if mm cannot be started. */
void start_mm(const struct boot_info *info);
