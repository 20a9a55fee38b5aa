/* Bytes through windows: to and from the caller's memory, between windows, and zeros. */
#include <string.h>

#include "core/pt_node.h"
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

/* Where va is in memory if a page of 4 KiB is there for this use; NULL: look again. */
static inline __attribute__((always_inline)) uint8_t *plain_byte(pfn_t root, vaddr_t va,
                                                                 uint64_t need)
{
    pfn_t node = pt_node_table(root, va);
    uint64_t leaf = node != NO_FRAME ? port_entry(node, va_index(va, 1)) : 0;

    if ((leaf & (need | PTE_AVAIL1)) != need)
        return NULL;
    return (uint8_t *)port_frame(pte_frame(leaf, 1)) + va % PAGE_BYTES;
}

/* The shortest way of a copy: all of it in one page of 4 KiB on either side, both are there,
 * and they are not one frame. Returns: is it done? Else serve_move does what is right. */
static inline __attribute__((always_inline)) bool
quick(pfn_t to_root, vaddr_t to, pfn_t from_root, vaddr_t from, uint64_t n)
{
    uint8_t *d;
    const uint8_t *s;

    if (to % PAGE_BYTES + n > PAGE_BYTES || from % PAGE_BYTES + n > PAGE_BYTES)
        return false;
    d = plain_byte(to_root, to, WINDOW_WRITES);
    s = plain_byte(from_root, from, WINDOW_READS);
    if (d == NULL || s == NULL || ((uintptr_t)d ^ (uintptr_t)s) < PAGE_BYTES)
        return false;
    memcpy(d, s, n);
    return true;
}

/* It is done, and the window has moved on. */
static inline int32_t done(struct request *r, struct window *w, uint64_t n)
{
    w->va += n;
    r->out[0] = n;
    r->results = 1;
    return OK;
}

/* The long way of a copy between a window, `to` or `from`, and the buffer. */
static __attribute__((noinline)) int32_t move(struct request *r, struct window *to,
                                              struct window *from, uint64_t n)
{
    struct serve_move m = { .to = to,
                            .from = from,
                            .copy = { .to.va = to != NULL ? to->va : r->arg[1],
                                      .from.va = from != NULL ? from->va : r->arg[1],
                                      .left = n } };

    return serve_move(r, &m);
}

int32_t serve_WINDOW_READ(struct request *r)
{
    struct window *w;
    int32_t st = with_buffer(r, false, &w);
    uint64_t n;

    if (st != OK)
        return st;
    n = least(r->arg[2], window_rest(w));
    if (quick(client_space(r->client)->root, r->arg[1], w->space->root, w->va, n))
        return done(r, w, n);
    return move(r, NULL, w, n);
}

int32_t serve_WINDOW_WRITE(struct request *r)
{
    struct window *w;
    int32_t st = with_buffer(r, true, &w);
    uint64_t n;

    if (st != OK)
        return st;
    n = least(r->arg[2], window_rest(w));
    if (quick(w->space->root, w->va, client_space(r->client)->root, r->arg[1], n))
        return done(r, w, n);
    return move(r, w, NULL, n);
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
