/* The kernel's own tables, made at boot and constant afterwards, and mm's window. */
#pragma once
#include "abi/boot.h"
#include "kernel/frame.h"

/* Where the local APIC's registers are, uncached. */
#define PAGING_LAPIC 0xffffffffbf000000u

/* Make the template root (physical map, kernel image, frame table, probe page), load it,
 * and make the window's tables for frames below `frames`. Panics if memory lacks. */
void paging_init(uint32_t frames);

/* Hang the window and the frame-table views into mm's root. */
void paging_add_window(pfn_t root);
