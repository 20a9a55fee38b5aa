/*
 * The probe: a page of user code in the kernel half, the same in every address space, that
 * touches memory on behalf of an agent. It runs from registers alone, so that the space it
 * touches may be empty.
 *
 * It calls PROBE_SLOT with w0 = value, w1 = enum probe_says; the reply carries w0 = address of
 * a routine (PROBE_BASE + enum probe_offset), w1 = address to touch, w2 = value to store.
 * Constants only: assembly includes this file.
 */
#pragma once

/* Slots of an agent's table that the probe's code and its faults use. */
#define PROBE_SLOT 100
#define PROBE_FAULT_SLOT 101

/* w1 of its calls. */
#define PROBE_SAYS_READY 0 /* just started, or sent back here after a fault */
#define PROBE_SAYS_DONE 1  /* the routine has finished; w0 is what a load found */

/* Where things are in the page, from its start. */
#define PROBE_ENTRY 0x000
#define PROBE_DONE 0x020
#define PROBE_END 0x060
#define PROBE_LOAD8 0x080
#define PROBE_LOAD16 0x0a0
#define PROBE_LOAD32 0x0c0
#define PROBE_LOAD64 0x0e0
#define PROBE_STORE8 0x100
#define PROBE_STORE16 0x120
#define PROBE_STORE32 0x140
#define PROBE_STORE64 0x160
#define PROBE_EXEC 0x180
#define PROBE_LANDING 0x1a0
#define PROBE_STACK 0x1c0 /* the constant that rsp points at during PROBE_EXEC */
#define PROBE_BYTES 0x1000
