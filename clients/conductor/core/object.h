/*
 * Handles as objects: who made them, under which number each client knows them, and which
 * group will close them. A closed object keeps its numbers while a slot refers to it.
 */
#pragma once
#include "clients/conductor/core/script.h"

/* Prepares an empty table. */
void object_init(struct script *s);

/*
 * Reserves `count` neighbours for handles that are about to be made.
 * Returns: the first one, or SCRIPT_NO_OBJECT if there is no room.
 * Ensures: they are closed, and stay only while a value refers to them.
 */
uint32_t object_reserve(struct script *s, uint32_t count);

/* A reserved object has become a live handle. Ensures: it is the newest of its group. */
void object_open(struct script *s, uint32_t index, const struct object *made);

/* Makes a copy for a client. Returns: false if there is no room. */
bool object_add_copy(struct script *s, uint32_t index, uint32_t client, uint64_t number,
                     bool automatic);

/* Returns: the client's copy of an object, or SCRIPT_NO_OBJECT. */
uint32_t object_copy(const struct script *s, uint32_t index, uint32_t client);

/* Returns: whether a client other than its maker has an open handle of it. */
bool object_has_open_copy(const struct script *s, uint32_t index);

/* The close before which the object's copies lapsed has succeeded, and they are gone with it;
 * or it has not: the object lives, and who had a copy is granted a new one at its next use. */
void object_settle_copies(struct script *s, uint32_t index, bool closed);

/* The client has closed its handle (its own, or its copy). */
void object_closed(struct script *s, uint32_t index, uint32_t client);

/* A client has ended: whatever it held is closed. */
void object_client_gone(struct script *s, uint32_t client);

/* Returns: the open, else the newest, frame with that identity; or SCRIPT_NO_OBJECT. */
uint32_t object_by_identity(const struct script *s, uint64_t identity);
