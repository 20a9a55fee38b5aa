/*
 * Which nodes a cursor owns, as arithmetic, and who has to wait for whom.
 *
 * A cursor owns its guard (the node that covers its range) and those nodes below it that meet
 * its range. Opening one walks down to the lowest node X that exists on the way; if that is not
 * the cover, X must be owned while nodes are added. A node is known by (level, an address in
 * it), so no set of nodes is ever stored.
 */
#pragma once
#include "vrange.h"

/* What a live cursor owns. */
struct cursor_lock {
    struct vrange range;
    uint32_t level; /* of its guard */
};

/* What an open asks for. */
struct cursor_lock_want {
    struct vrange range;
    uint32_t cover;  /* level of the node that will be its guard */
    uint32_t lowest; /* level of the lowest node on its way that exists, >= cover */
};

/*
 * Must `want` wait for the owner of `held`? `held` may also be what an earlier waiting request
 * will own: the nodes down to its guard are then taken to exist.
 */
bool cursor_lock_conflicts(const struct cursor_lock_want *want, const struct cursor_lock *held);
