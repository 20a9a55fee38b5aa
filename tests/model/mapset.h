/*
 * What is mapped in a space: a set of mappings that do not overlap, sorted by address.
 *
 * This is the truth of the model (contract 3.1). There is no tree in it: a mapping has an
 * address, a size (4 KiB or 2 MiB), a first frame, and a property.
 */
#pragma once
#include "abi/types.h"

struct mapping {
    uint64_t va, size;
    uint32_t frame; /* the first one; a large mapping has consecutive ones */
    uint32_t prop;  /* enum prop_bit */
};

struct mapset {
    struct mapping *at;
    uint32_t count, room;
};

void mapset_free(struct mapset *s);

/* The mapping that contains va, or NULL. */
struct mapping *mapset_at(const struct mapset *s, uint64_t va);

/* The first mapping that meets [lo, hi), or NULL. */
struct mapping *mapset_first(const struct mapset *s, uint64_t lo, uint64_t hi);

/* Requires: nothing is mapped there. */
void mapset_add(struct mapset *s, struct mapping m);

void mapset_remove(struct mapset *s, const struct mapping *m);

/* Replaces a large mapping by 512 pieces that translate alike. Requires: its size is not P. */
void mapset_split(struct mapset *s, const struct mapping *m);
