/* The interpreter's machine, answered by the model; beside it, what the program sets up. */
#pragma once
#include "clients/conductor/core/machine.h"

struct machine_setup {
    uint32_t cpus;
    uint64_t memory_bytes;
    bool checking;           /* what the records say: which image is stood in for */
    const char *const *word; /* KEY=VALUE words, as of a kernel's command line; NULL ends */
    uint32_t dump_script;    /* of this script, from 0, … */
    uint64_t dump_point;     /* … tell the state before this point, from 1; 0: of none */
};

/* Starts a model that nobody has asked anything. */
void machine_begin(const struct machine_setup *setup);
void machine_end(void);

uint32_t machine_records(void);
