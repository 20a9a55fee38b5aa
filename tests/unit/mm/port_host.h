/* The host's machine for mm: simulated memory, CPUs and objects, and what tests ask of it. */
#pragma once
#include "core/port.h"

/* Start over: `frames` frames, all DATA but 0 and 1, and this many CPUs, of which CPU 0 runs
 * mm and the others the kernel's root. mm is not initialised. */
void port_host_reset(uint32_t frames, uint32_t cpus);

/* A CPU other than 0 switches to a root (NO_FRAME: the kernel's). */
void port_host_load(uint32_t cpu, pfn_t root);

/* What mm answered late, oldest first; token 0: nothing more. */
struct port_host_reply {
    int64_t token;
    struct ipc_msg msg;
};
struct port_host_reply port_host_next_reply(void);

/* Make a thread object look dead. */
void port_host_kill_thread(pfn_t thread);

/* Where the kernel would send a thread's page faults, and the badge of these. */
struct port_host_pager {
    pfn_t endpoint; /* NO_FRAME: nowhere */
    uint32_t badge;
};
struct port_host_pager port_host_pager(pfn_t thread);

extern uint32_t port_host_flushes;
extern char port_host_log[256]; /* the last line */
