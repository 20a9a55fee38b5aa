/*
 * What a program finds when it starts: one read-only page, filled by who spawned it, whose
 * address arrives in rdi at _start. mm starts init with such a page, init the others.
 */
#pragma once
#include "abi/boot.h"
#include "abi/syscall.h"

#define START_MAGIC 0x7472617473757263ull /* "crustart" as bytes */
enum { START_ARGS = 64, START_NAME_MAX = 32 };

/* What machine this is: handed down from mm to every program. */
struct start_machine {
    uint32_t cpus, frames;
    uint32_t checking; /* 1: the checking image runs */
    uint32_t zero;
    char options[256]; /* the kernel's command line */
};

struct start_page {
    uint64_t magic;    /* START_MAGIC */
    uint32_t client;   /* the program's own client id: its badge at mm */
    uint32_t log_slot; /* capability of the log's port, or SLOT_NONE: no log */
    uint64_t space;    /* handle of the program's own space */
    uint64_t *message; /* the first thread's message page: IPC_EXTRA_MAX words */
    vaddr_t scratch;   /* from here to USER_END nothing is mapped: free to use */
    struct start_machine machine;
    uint64_t arg[START_ARGS];  /* what these say is between spawner and program */
    char name[START_NAME_MAX]; /* NUL-terminated */
};
static_assert(sizeof(struct start_page) <= PAGE_BYTES, "one page");

/* Where a spawner puts what is not in the image. The image itself is at PROGRAM_BASE and
   above (libc-min/program.ld), below PROGRAM_END. */
#define PROGRAM_BASE 0x400000u
#define PROGRAM_END 0x70000000u
#define START_STACK_TOP 0x7fff0000u /* first thread's stack grows down from here */
#define START_STACK_PAGES 16u
#define START_PAGE_VA 0x7fff2000u
#define START_MESSAGE_VA 0x7fff4000u
#define START_SCRATCH_VA 0x80000000u

/*
 * What mm puts into init's table, beside SLOT_MM. init hands on to others what they shall
 * have. init's start page: arg[0] = number of modules (MM_MODULE: index below it).
 */
enum init_slot {
    INIT_SLOT_COM1 = MM_SLOT_COM1,
    INIT_SLOT_COM2 = MM_SLOT_COM2,
    INIT_SLOT_EXIT = MM_SLOT_EXIT,
    INIT_SLOT_IRQ4 = MM_SLOT_IRQ4,
    INIT_SLOT_BOCHS_EXIT = MM_SLOT_BOCHS_EXIT,
    INIT_SLOT_FREE = 8, /* first one for init's own use */
};
enum { INIT_ARG_MODULES = 0 };

/* Slots of a program that init spawns, beside SLOT_MM. */
enum start_slot {
    START_SLOT_LOG = 2,  /* COM2, every program */
    START_SLOT_COM1 = 3, /* conductor and bench only, as the next ones */
    START_SLOT_EXIT = 4,
    START_SLOT_IRQ4 = 5,
    START_SLOT_INIT = 6, /* init's endpoint, badged with the client id, every program */
    START_SLOT_BOCHS_EXIT = 7,
    START_SLOT_FREE = 8, /* first one for the program's own use */
};

/*
 * The conductor's and the bench's arguments: one program image, then `scripts` compiled
 * scripts. Each is a run handle of read-only use and a size in bytes.
 */
enum start_conductor_arg {
    CONDUCTOR_ARG_AGENT, /* run handle of the agent's ELF image, 0: none */
    CONDUCTOR_ARG_AGENT_BYTES,
    CONDUCTOR_ARG_SCRIPTS, /* how many of the pairs that follow */
    CONDUCTOR_ARG_SCRIPT,  /* pairs: run handle, bytes */
    CONDUCTOR_SCRIPTS_MAX = (START_ARGS - CONDUCTOR_ARG_SCRIPT) / 2,
};

/*
 * Asking init for a program by name, through START_SLOT_INIT: word 0 INIT_LOOKUP, words 1 to 4
 * the name, NUL-padded. It answers a status in word 0, the client id in word 1; E_INVAL if
 * there is none of that name.
 */
enum init_label { INIT_LOOKUP = 1 };
