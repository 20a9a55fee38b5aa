/* All dynamic memory of the program from one stretch, so that it can be tracked as state. */
#pragma once

/* Requires: nothing was allocated before. The stretch is tracked from here on. */
void arena_begin(void);
