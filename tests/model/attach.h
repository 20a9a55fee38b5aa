/* Windows whose pages are mapped a second time (docs/decisions/0032). */
#pragma once
#include "edit.h"

/* The pages that have a byte of the window, as [*lo, *hi); none if it is empty. */
void attach_pages(const struct window *w, uint64_t *lo, uint64_t *hi);

/* Would other active windows exclude this one, had it its whole pages? */
bool attach_excluded(const struct window *w);

/* Maps the window's pages at a place. Returns: OK; E_FAULT; E_MAPPED; E_NOMEM; E_SATURATED. */
NODISCARD status_t attach_begin(struct model *m, struct window *w, struct space *place,
                                uint64_t at);

/* Takes all of it away. Requires: it is attached. */
void attach_end(struct model *m, struct window *w);

/*
 * [lo, hi) of a space is mapped otherwise now: attached pages that are not as in the window's
 * space go. `owner`: something was mapped or unmapped, which ends what is attached there.
 */
void attach_changed(struct model *m, struct space *s, uint64_t lo, uint64_t hi, bool owner);

/* Would the property give an attached page in [lo, hi) a right that its window has not? */
bool attach_raises(const struct model *m, const struct space *s, uint64_t lo, uint64_t hi,
                   uint32_t prop);

/* The space ends: what is attached there is not attached any more. */
void attach_forget(struct model *m, const struct space *s);
