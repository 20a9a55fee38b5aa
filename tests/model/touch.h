/*
 * Loads, stores and calls by a client on its CPU, in the space that it has activated (rules
 * 17 and 18 of the scripts): through the translation there is, or through an old one that the
 * CPU may still have.
 */
#pragma once
#include "state.h"

/*
 * Sets the client's answer. A store whose outcome is not certain waits for touch_commit.
 * Returns: false if the space's handler, when there is one and it is to be asked, is asked.
 */
bool touch(struct model *m, uint32_t client, const struct model_request *request, bool ask);

/* The outcome was this one. */
void touch_commit(struct model *m, uint32_t client, const struct outcome *seen);

/* Nobody said: it was the first one. */
void touch_settle(struct model *m, uint32_t client);

/* --- shared with code.c --- */

enum { TOUCH_VIEWS = OUTCOME_MEMBERS };

/* What may translate a page, the current one first; frame 0: nothing is mapped. */
struct touch_view {
    uint32_t count;
    struct {
        uint32_t frame, prop;
    } at[TOUCH_VIEWS];
};
void touch_look(const struct model *m, uint32_t client, uint64_t va, struct touch_view *view);

/* May a page with this property be used so? Returns: whether; else *reason says why not. */
bool touch_allowed(uint32_t frame, uint32_t prop, enum fault_access access,
                   enum fault_reason *reason);
