/*
 * The whole state of the program, kept and brought back: static data, and memory that was
 * mapped, page by page. Only pages that were ever written to are copied.
 *
 * What must outlive a return (the search's own data) stands in memory that nobody tracks.
 */
#pragma once
#include <stddef.h>

/* Zeroed memory that is not tracked. */
void *snapshot_outside(size_t bytes);

/* From now on [at, at + bytes) is part of the state; its pages are whole. */
void snapshot_track(void *at, size_t bytes);

/* The same for the program's static data. */
void snapshot_track_statics(void);

struct snapshot;
struct snapshot *snapshot_new(void);

/* Keeps the state as it is. */
void snapshot_take(struct snapshot *s);

/* Ensures: everything tracked is as it was when s was taken. */
void snapshot_return(const struct snapshot *s);
