/* Records of a running script, and its books of points. */
#pragma once
#include "clients/conductor/core/script.h"

/* What a point says beside its place. NULL pointers and zeros are "nothing". */
struct report_point {
    enum record_why why; /* WHY_NONE: it passed */
    uint32_t client;     /* or RECORD_NONE */
    uint64_t left, right;
    const struct rec_outcome *actual;
    const uint8_t *bytes; /* of an OUT_BYTES */
    const struct expects *expects;
    const struct others *others;
    bool unknown; /* it can be said neither way: VERDICT_SKIP */
};

/* Returns: where strand t is, for a record about site `site`. */
struct place report_place(const struct script *s, const struct strand *t, uint32_t site);

/* A point of this script has been decided. */
void report_point(struct script *s, const struct place *place,
                  const struct report_point *point);

/* The script ends early. Ensures: s->stopped. Only the first one is told. */
void report_fail(struct script *s, const struct place *place, const struct report_point *point);

/* report_fail at the site where the running strand is. */
void report_stop(struct script *s, uint32_t site, enum record_why why);

/* The program does what the compiler never writes: the script ends. */
void report_bad(struct script *s, const struct strand *t);

/* SKIP, TODO, NOTE, DUMP; text may be NULL. */
void report_text(struct script *s, enum record_type type, uint32_t site, const char *text);

/* GROUP_BEGIN and GROUP_END. */
void report_group(struct script *s, enum record_type type, const struct group *group);
