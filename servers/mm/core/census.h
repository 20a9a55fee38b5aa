/*
 * What scripts have left behind: frames, nodes and objects in use that no handle of a client
 * owns or reaches (rule 23 of the script language). Costs a walk over every script space.
 */
#pragma once
#include "abi/types.h"

struct census {
    uint64_t frames; /* data frames of scripts under no handle and mapped in no space reached */
    uint64_t nodes;  /* of script spaces that no handle, cursor or thread keeps */
    uint64_t objects; /* such spaces, and cursors and windows without a handle */
};

struct census census_take(void);
