/* Single values through windows: whole, or not at all (docs/decisions/0030). */
#include "request.h"
#include "window.h"

enum { ATOMIC_BYTES = 4 };

/* What a request for a value needs of its window. */
struct use {
    uint64_t bytes;
    bool writer, reader; /* it must be one */
    bool reads;          /* it must be able to read */
    bool aligned;
    struct window *window;
    struct window_span span;
};

/* Returns: OK, and every byte of the value may be used so; or why not. */
static int32_t find(struct request *r, struct use *u)
{
    struct handle *h;

    if (u->bytes != 1 && u->bytes != 2 && u->bytes != 4 && u->bytes != 8)
        return E_INVAL;
    status_t status = handles_find(&r->c->handles, r->arg[0], KIND_WINDOW, &h);
    if (status != OK)
        return status;
    struct window *w = h->window;
    if ((u->writer && !w->writer) || (u->reader && w->writer) || (u->reads && !w->reads))
        return E_ACCESS;
    if (u->bytes > window_rest(w))
        return E_INVAL;
    if (u->aligned && w->cur % u->bytes)
        return E_ALIGN;
    if (window_excluded(w))
        return E_BUSY;
    u->window = w;
    u->span = (struct window_span){ w->space, w->cur, u->writer };
    if (!window_frame(r->m, &u->span, 0) || !window_frame(r->m, &u->span, u->bytes - 1)) {
        r->word[r->words++] = 0;
        return E_FAULT;
    }
    return OK;
}

static uint64_t get(struct request *r, const struct use *u)
{
    uint8_t bytes[8] = { 0 };
    uint64_t value = 0;

    (void)window_take(r->m, u->span, u->bytes, bytes);
    for (uint32_t i = 0; i < u->bytes; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

static void put(struct request *r, const struct use *u, uint64_t value)
{
    uint8_t bytes[8];

    for (uint32_t i = 0; i < u->bytes; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    (void)window_put(r->m, u->span, u->bytes, bytes);
}

static int32_t read_value(struct request *r, struct use u, bool moves)
{
    int32_t status = find(r, &u);

    if (status != OK)
        return status;
    r->word[r->words++] = get(r, &u);
    u.window->cur += moves ? u.bytes : 0;
    return OK;
}

static int32_t write_value(struct request *r, struct use u)
{
    int32_t status = find(r, &u);

    if (status != OK)
        return status;
    put(r, &u, r->arg[2]);
    u.window->cur += u.bytes;
    return OK;
}

int32_t request_window_read_val(struct request *r)
{
    return read_value(r, (struct use){ .bytes = r->arg[1], .reader = true }, true);
}

int32_t request_window_write_val(struct request *r)
{
    return write_value(r, (struct use){ .bytes = r->arg[1], .writer = true });
}

int32_t request_window_read_once(struct request *r)
{
    return read_value(r, (struct use){ .bytes = r->arg[1], .reads = true, .aligned = true },
                      true);
}

int32_t request_window_write_once(struct request *r)
{
    return write_value(r, (struct use){ .bytes = r->arg[1], .writer = true, .aligned = true });
}

int32_t request_window_load(struct request *r)
{
    return read_value(r, (struct use){ .bytes = ATOMIC_BYTES, .reads = true, .aligned = true },
                      false);
}

int32_t request_window_cas(struct request *r)
{
    struct use u = { .bytes = ATOMIC_BYTES, .writer = true, .reads = true, .aligned = true };
    int32_t status = find(r, &u);

    if (status != OK)
        return status;
    uint32_t found = (uint32_t)get(r, &u);
    r->words = 2;
    r->word[0] = found;
    r->word[1] = found == (uint32_t)r->arg[1];
    if (found == (uint32_t)r->arg[1])
        put(r, &u, (uint32_t)r->arg[2]);
    return OK;
}
