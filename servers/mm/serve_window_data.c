/* Bytes through windows: to and from the caller's memory, between windows, and zeros. */
#include "serve_move.h"
#include "serve_window.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The window, a reader or a writer, of a request to copy to or from the buffer that arguments
 * 1 and 2 describe. */
static inline int32_t with_buffer(const struct request *r, bool writer, struct window **out)
{
    struct window *w;
    status_t st = serve_window(r, 0, &w);

    if (st != OK)
        return st;
    *out = w;
    if (w->writer != writer || !va_fits(r->arg[1], r->arg[2], MAX_USER))
        return E_ACCESS;
    return serve_window_free(w) ? OK : E_BUSY;
}

int32_t serve_WINDOW_READ(struct request *r)
{
    struct serve_move m;
    int32_t st = with_buffer(r, false, &m.from);

    if (st != OK)
        return st;
    m.to = NULL;
    m.copy.to.va = r->arg[1];
    m.copy.from.va = m.from->va;
    m.copy.zeros = false;
    m.copy.left = least(r->arg[2], window_rest(m.from));
    m.copy.done = 0;
    return serve_move(r, &m);
}

int32_t serve_WINDOW_WRITE(struct request *r)
{
    struct serve_move m;
    int32_t st = with_buffer(r, true, &m.to);

    if (st != OK)
        return st;
    m.from = NULL;
    m.copy.to.va = m.to->va;
    m.copy.from.va = r->arg[1];
    m.copy.zeros = false;
    m.copy.left = least(r->arg[2], window_rest(m.to));
    m.copy.done = 0;
    return serve_move(r, &m);
}

int32_t serve_WINDOW_ZERO(struct request *r)
{
    struct serve_move m = { .copy = { .zeros = true } };
    status_t st = serve_window(r, 0, &m.to);

    if (st != OK)
        return st;
    if (!m.to->writer)
        return E_ACCESS;
    if (!serve_window_free(m.to))
        return E_BUSY;
    m.copy.to.va = m.to->va;
    m.copy.left = least(r->arg[1], window_rest(m.to));
    return serve_move(r, &m);
}

int32_t serve_WINDOW_COPY(struct request *r)
{
    struct serve_move m = { .copy = { .zeros = false } };
    status_t st = serve_window(r, 0, &m.to);

    if (st == OK)
        st = serve_window(r, 1, &m.from);
    if (st != OK)
        return st;
    if (!m.to->writer || m.from->writer)
        return E_ACCESS;
    if (m.to->moving || m.from->moving || window_pair_excluded(m.to, m.from))
        return E_BUSY;
    m.copy.to.va = m.to->va;
    m.copy.from.va = m.from->va;
    m.copy.left = least(window_rest(m.to), window_rest(m.from));
    return serve_move(r, &m);
}
