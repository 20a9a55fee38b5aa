/*
 * Attached windows: the pages of a window, mapped a second time at a place of its client's
 * choice, read-only for a reader (docs/decisions/0032).
 *
 * What stands in the tables at the place is all that is known of the pages: each is there as
 * long as the window's space maps the same frame for the same use at its page, and not longer.
 * Whoever changes a space calls attach_look before the request is answered.
 */
#pragma once
#include "window.h"

enum { ATTACH_PAGES = EDIT_PAGES_MAX /* of one window: what one edit maps */ };

/* The pages that have a byte of the window; empty for an empty window. */
struct vrange attach_pages(const struct window *w);

/* The pages of the place. Requires: w is attached. */
static inline struct vrange attach_place(const struct window *w)
{
    return (struct vrange){ w->at, w->at + (w->pages.end - w->pages.start) };
}

/*
 * Map the window's pages at `at` and make the window active.
 * Requires: it is not attached, no window excludes it (window_pages_excluded), at most
 * ATTACH_PAGES pages, and the place lies in user space.
 * Returns: OK; E_FAULT, a page is missing, lacks the right, is device memory or is attached
 * itself; E_MAPPED, E_NOMEM, E_SATURATED: nothing changed.
 */
NODISCARD status_t attach_open(struct window *w, struct vm_space *place, vaddr_t at);

/* Unmap what is left of it and flush; the window is not attached any more. */
void attach_close(struct window *w);

/* The space has been changed in the range, which is not empty; `owner`: leaves were mapped or
 * removed there. Pages that were attached from there and are not the same any more go; a place
 * where somebody else mapped or removed something is nobody's place any more. */
void attach_changed(struct vm_space *s, struct vrange r, bool owner);

/* The same, for who does not know whether anything is attached, or has changed, at all. */
static inline void attach_look(struct vm_space *s, struct vrange r, bool owner)
{
    if (s->attached != 0 && r.start < r.end)
        attach_changed(s, r, owner);
}

/* Would this property give an attached page of the range more than its window may do? */
bool attach_raises(const struct vm_space *s, struct vrange r, uint32_t prop);

/* The space ends: what was attached there is not attached any more. */
void attach_space_gone(struct vm_space *s);

/* For the checker: does every page at the place map what the window's space maps? */
bool attach_sound(const struct window *w);
