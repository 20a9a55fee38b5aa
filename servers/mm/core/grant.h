/*
 * Who got a handle from whom: a tree over the handles of all clients.
 *
 * Only handles that were granted, or granted from, stand in it. Closing a handle takes nothing
 * back: what was granted from it counts, from then on, as granted from where it came itself.
 * Lists are newest first.
 */
#pragma once
#include "client.h"

/* `to`'s new handle g was granted from `from`'s handle e. Returns: OK; E_NOMEM, nothing
 * changed. */
NODISCARD status_t grant_add(struct client *from, struct handle_entry *e, struct client *to,
                             struct handle_entry *g);

/* c's new handle g is on a part of what its handle e names: it came from where e came.
 * Returns: OK; E_NOMEM, nothing changed. */
NODISCARD status_t grant_part(struct client *c, const struct handle_entry *e,
                              struct handle_entry *g);

/* The handle is about to be closed. */
void grant_remove(struct client *c, struct handle_entry *e);

/*
 * Withdraw every handle that was granted from c's handle e, directly or through others; with
 * `from` (a client's slot, or CLIENT_NONE) only those that this client has and what was
 * granted from these. What was granted last goes first.
 * Requires: withdraw closes the handle, after grant_remove, and no other one of the tree.
 */
void grant_revoke(struct client *c, struct handle_entry *e, uint32_t from,
                  void (*withdraw)(struct client *c, struct handle_entry *e));

/* For the checker: is the handle's place in the tree sound? */
bool grant_sound(const struct client *c, const struct handle_entry *e);
