/* All dynamic memory of the program from one stretch, so that it can be tracked as state. */
#pragma once

/* Requires: nothing was allocated before. */
void arena_begin(void);

/* From here on the stretch is part of the state. */
void arena_track(void);
