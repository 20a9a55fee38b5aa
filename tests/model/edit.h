/*
 * Changing what is mapped (contract 3.2): sets of mappings before and after. The caller has
 * checked handles, rights, range and alignment; what is left is state.
 */
#pragma once
#include "state.h"

/* Where an edit happens, and who flushes what it makes stale. */
struct edit {
    struct model *m;
    struct space *space;
    struct batch *batch;
    const struct cursor *by; /* NULL: a one-shot form, coherent when it is answered */
    uint32_t guard;          /* level of the node that the range is locked by */
};

/* What edit_map maps: runs of consecutive frames, one behind the other. */
struct edit_run {
    uint32_t first, count;
};

/*
 * Maps runs of frames from va on. Returns: OK; E_MAPPED if excl; E_NOMEM; E_SATURATED. Only OK
 * changes anything. *displaced: leaves that were there.
 */
struct edit_map {
    uint64_t va;
    const struct edit_run *run;
    uint32_t runs;
    uint32_t prop;
    bool excl;
    uint64_t displaced;
    bool flushed; /* edit_map_huge: something was replaced, if only an empty node */
};
NODISCARD status_t edit_map(const struct edit *e, struct edit_map *what);

/* The same with one leaf of 2 MiB, for one run of 512 frames. */
NODISCARD status_t edit_map_huge(const struct edit *e, struct edit_map *what);

/* Removes everything in [lo, hi). Returns: OK; E_NOMEM (a split needs a node). */
struct edit_gone {
    uint64_t leaves, pages;
};
NODISCARD status_t edit_unmap(const struct edit *e, uint64_t lo, uint64_t hi,
                              struct edit_gone *gone);

/*
 * Gives every page mapped in [lo, hi) a property. *pages: how many have another one now.
 * Returns: OK; E_INVAL (the last user page may not be executable); E_ACCESS (a page would get
 * a right that somebody lacks on its frame); E_NOMEM.
 */
NODISCARD status_t edit_protect(const struct edit *e, uint64_t lo, uint64_t hi, uint32_t prop,
                                uint64_t *pages);

/* May a page of device memory have this property? Uncached, and no code. */
bool edit_suits_device(uint32_t prop);

/* Removes every node that has no leaf below it. Returns: how many. */
uint64_t edit_reap(const struct edit *e);

/* Allocates n nodes, as far as failing allocations go. Returns: OK; E_NOMEM. */
NODISCARD status_t edit_allocate(struct model *m, uint64_t n);
