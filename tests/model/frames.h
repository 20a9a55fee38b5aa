/*
 * Frames: what they contain, and what keeps each from being free (contract 1.5, D20).
 *
 * A frame is named by a number that is never used twice, so that it can serve as the opaque
 * identity; a run of frames has consecutive numbers. It lives while a handle names it, a
 * mapping shows it, or something else holds it. A byte may be unknown: when a store could
 * have gone to one frame or to another, neither is known any more.
 */
#pragma once
#include "abi/types.h"

struct frame {
    uint8_t fill;    /* what every byte is while `bytes` is NULL */
    uint8_t *bytes;  /* PAGE_BYTES of them */
    bool *unknown;   /* for each byte; NULL: all are known */
    uint32_t holds;  /* handles, and whatever else keeps it */
    uint32_t maps;   /* 4 KiB pieces of mappings that show it */
    uint32_t ghosts; /* old translations that a processor may still use: its bytes stay */
    bool live;       /* held or mapped */
    bool counted;    /* frames_free and leaks count it: no part of a process's image */
    bool device;     /* no frame at all: a page of device memory */
    bool restricted; /* somebody got it without WRITE: no protect may give that back */
    uint32_t room;   /* while saturated: references that it can take still */
    bool saturated;  /* its count stands at the limit (a script's wish) */
};

struct frames {
    struct frame *at; /* [1 .. count]; number 0 is none */
    uint32_t count, room;
    uint32_t live; /* of those that are counted */
};

void frames_free(struct frames *s);

/* New frames, each held once. Returns: the first one's number, a multiple of `align`. */
uint32_t frames_new(struct frames *s, uint32_t count, uint32_t align, uint8_t fill,
                    bool counted);

struct frame *frames_at(const struct frames *s, uint32_t frame);

/* One more or one fewer reason to live, for each of `count` frames. */
void frames_hold(struct frames *s, uint32_t first, uint32_t count);
void frames_drop(struct frames *s, uint32_t first, uint32_t count);
void frames_map(struct frames *s, uint32_t first, uint32_t count);
void frames_unmap(struct frames *s, uint32_t first, uint32_t count);
void frames_haunt(struct frames *s, uint32_t first, uint32_t count);
void frames_unhaunt(struct frames *s, uint32_t first, uint32_t count);

/* Can each of them take one reference more? */
bool frames_room(const struct frames *s, uint32_t first, uint32_t count);

/* The count stands at its limit, by one more reference, until that is given up. */
void frames_saturate(struct frames *s, uint32_t frame);
void frames_unsaturate(struct frames *s, uint32_t frame);

/* Bytes of one frame. Returns: false if not all of them are known. */
bool frames_read(const struct frames *s, uint32_t frame, uint32_t offset, uint32_t length,
                 uint8_t *bytes);
void frames_write(struct frames *s, uint32_t frame, uint32_t offset, uint32_t length,
                  const uint8_t *bytes);

/* From now on the byte may be anything. */
void frames_blur(struct frames *s, uint32_t frame, uint32_t offset);
