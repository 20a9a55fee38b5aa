/*
 * Copies of any length in one request, without keeping others waiting: the first slice is done
 * when the request comes; what is left goes on between the requests of other clients, one
 * slice at a time, one client after the other (docs/decisions/0031).
 */
#pragma once
#include "core/window.h"
#include "core/window_copy.h"
#include "serve.h"

enum { SERVE_SLICE = 8 << 20 /* bytes that are moved at once: a tenth of a tick */ };

extern uint64_t serve_moves; /* a bit for each client, by slot, whose copy goes on */

static inline bool serve_moves_any(void)
{
    return serve_moves != 0;
}

void serve_move_init(void);

/* Who moves: windows, which move on by the bytes; NULL: the caller's buffer, or zeros. */
struct serve_move {
    struct window *to, *from;
    struct window_copy copy; /* its walks are set when a slice begins */
};

/* Do it. Requires: the windows may be used now. Returns: OK; E_FAULT; SERVE_LATER; E_BUSY: the
 * client has a copy that goes on. Result 0 is the count of bytes, for E_FAULT too. */
int32_t serve_move(struct request *r, struct serve_move *m);

/* One slice of the next client's copy; the client is answered when it was the last.
 * Requires: serve_moves_any(). */
void serve_move_slice(void);

/* The client ends: its copy is forgotten. */
void serve_move_forget(uint32_t slot);

/* End the client's copy if it uses the window, with this status for an answer. */
void serve_move_abort(uint32_t slot, const struct window *w, status_t status);
