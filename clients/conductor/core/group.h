/* Groups: what is made inside is closed at the end, newest first. */
#pragma once
#include "clients/conductor/core/script.h"

/* A group begins. `told`: the host hears of it (GROUP); else it only holds handles. */
void group_begin(struct script *s, uint32_t site, bool told);

/*
 * The innermost group ends: its asynchronous requests are completed, then its handles closed.
 * Requires: s->groups > 0.
 */
void group_end(struct script *s);

/* The innermost group is told to have ended; nothing in it is completed or closed. */
void group_leave(struct script *s);
