/* Single values through windows: copied whole or not at all, or by one access of the processor
 * that no other sees half done. */
#include "core/window_copy.h"
#include "serve_window.h"

static bool is_size(uint64_t bytes)
{
    return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

/* The window of a request for a value of so many bytes, and what it may do. */
struct use {
    struct window *window;
    uint64_t bytes;
    bool writer;   /* it must be a writer */
    bool reader;   /* it must be a reader */
    bool reads;    /* it must be able to read */
    bool aligned;  /* the place must be aligned to the size */
    uint64_t need; /* of the pages */
    struct window_value at;
};

/* Find window and bytes. Returns: OK, and `at` holds; or why not, nothing changed. */
static int32_t find(const struct request *r, struct use *u)
{
    struct window *w;
    status_t st;

    if (!is_size(u->bytes))
        return E_INVAL;
    st = serve_window(r, 0, &w);
    if (st != OK)
        return st;
    u->window = w;
    if ((u->writer && !w->writer) || (u->reader && w->writer) ||
        (u->reads && (w->rights & MM_RIGHT_READ) == 0))
        return E_ACCESS;
    if (u->bytes > window_rest(w))
        return E_INVAL;
    if (u->aligned && w->va % u->bytes != 0)
        return E_ALIGN;
    if (!serve_window_free(w))
        return E_BUSY;

    struct window_walk walk = window_walk_of(w->space->root, u->need);

    return window_value_find(&walk, w->va, (uint32_t)u->bytes, &u->at) ? OK : E_FAULT;
}

int32_t serve_WINDOW_READ_VAL(struct request *r)
{
    struct use u = { .bytes = r->arg[1], .reader = true, .need = WINDOW_READS };
    int32_t st = find(r, &u);

    if (st != OK)
        return st;
    r->out[0] = window_value_get(&u.at, (uint32_t)u.bytes);
    r->results = 1;
    u.window->va += u.bytes;
    return OK;
}

int32_t serve_WINDOW_WRITE_VAL(struct request *r)
{
    struct use u = { .bytes = r->arg[1], .writer = true, .need = WINDOW_WRITES };
    int32_t st = find(r, &u);

    if (st != OK)
        return st;
    window_value_put(&u.at, (uint32_t)u.bytes, r->arg[2]);
    u.window->va += u.bytes;
    return OK;
}

static uint64_t load_once(const void *at, uint64_t bytes)
{
    switch (bytes) {
    case 1:
        return *(const volatile uint8_t *)at;
    case 2:
        return *(const volatile uint16_t *)at;
    case 4:
        return *(const volatile uint32_t *)at;
    default:
        return *(const volatile uint64_t *)at;
    }
}

static void store_once(void *at, uint64_t bytes, uint64_t value)
{
    switch (bytes) {
    case 1:
        *(volatile uint8_t *)at = (uint8_t)value;
        break;
    case 2:
        *(volatile uint16_t *)at = (uint16_t)value;
        break;
    case 4:
        *(volatile uint32_t *)at = (uint32_t)value;
        break;
    default:
        *(volatile uint64_t *)at = value;
        break;
    }
}

int32_t serve_WINDOW_READ_ONCE(struct request *r)
{
    struct use u = { .bytes = r->arg[1], .reads = true, .aligned = true, .need = WINDOW_READS };
    int32_t st = find(r, &u);

    if (st != OK)
        return st;
    r->out[0] = load_once(u.at.byte[0], u.bytes);
    r->results = 1;
    u.window->va += u.bytes;
    return OK;
}

int32_t serve_WINDOW_WRITE_ONCE(struct request *r)
{
    struct use u = {
        .bytes = r->arg[1], .writer = true, .aligned = true, .need = WINDOW_WRITES
    };
    int32_t st = find(r, &u);

    if (st != OK)
        return st;
    store_once(u.at.byte[0], u.bytes, r->arg[2]);
    u.window->va += u.bytes;
    return OK;
}

enum { ATOMIC_BYTES = 4 };

int32_t serve_WINDOW_LOAD(struct request *r)
{
    struct use u = {
        .bytes = ATOMIC_BYTES, .reads = true, .aligned = true, .need = WINDOW_READS
    };
    int32_t st = find(r, &u);

    if (st != OK)
        return st;
    r->out[0] = __atomic_load_n((const uint32_t *)(void *)u.at.byte[0], __ATOMIC_RELAXED);
    r->results = 1;
    return OK;
}

int32_t serve_WINDOW_CAS(struct request *r)
{
    struct use u = { .bytes = ATOMIC_BYTES,
                     .writer = true,
                     .reads = true,
                     .aligned = true,
                     .need = WINDOW_WRITES };
    uint32_t found = (uint32_t)r->arg[1];
    int32_t st = find(r, &u);

    if (st != OK)
        return st;
    r->out[1] = __atomic_compare_exchange_n((uint32_t *)(void *)u.at.byte[0], &found,
                                            (uint32_t)r->arg[2], false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_RELAXED);
    r->out[0] = found;
    r->results = 2;
    return OK;
}
