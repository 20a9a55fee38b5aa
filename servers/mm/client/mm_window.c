/* Requests about windows. */
#include "servers/mm/client/mm_ask.h"
#include "servers/mm/client/mm_client.h"

status_t mm_window_new(uint64_t space, const struct mm_window_range *range, uint32_t flags,
                       uint64_t *window)
{
    return mm_ask_one(MM_WINDOW_NEW, 4,
                      (struct ipc_msg){ { 0, space, range->start, range->length, flags } },
                      window);
}

status_t mm_window_activate(uint64_t window)
{
    return mm_ask_plain(MM_WINDOW_ACTIVATE, 1, (struct ipc_msg){ { 0, window } });
}

status_t mm_window_dispose(uint64_t window)
{
    return mm_ask_plain(MM_WINDOW_DISPOSE, 1, (struct ipc_msg){ { 0, window } });
}

status_t mm_window_attach(uint64_t window, uint64_t space, vaddr_t address)
{
    return mm_ask_plain(MM_WINDOW_ATTACH, 3, (struct ipc_msg){ { 0, window, space, address } });
}

status_t mm_window_limit(uint64_t window, uint64_t bytes)
{
    return mm_ask_plain(MM_WINDOW_LIMIT, 2, (struct ipc_msg){ { 0, window, bytes } });
}

status_t mm_window_skip(uint64_t window, uint64_t bytes)
{
    return mm_ask_plain(MM_WINDOW_SKIP, 2, (struct ipc_msg){ { 0, window, bytes } });
}

status_t mm_window_remain(uint64_t window, uint64_t *bytes)
{
    return mm_ask_one(MM_WINDOW_REMAIN, 1, (struct ipc_msg){ { 0, window } }, bytes);
}

/* A request that moves bytes: it tells how many, also when a page was missing. */
static status_t move(enum mm_label label, uint32_t count, struct ipc_msg msg, uint64_t *done)
{
    status_t status = mm_ask(label, count, &msg);

    if (status == OK || status == E_FAULT)
        *done = msg.w[1];
    return status;
}

status_t mm_window_read(uint64_t reader, void *buffer, uint64_t length, uint64_t *done)
{
    return move(MM_WINDOW_READ, 3,
                (struct ipc_msg){ { 0, reader, (uint64_t)(uintptr_t)buffer, length } }, done);
}

status_t mm_window_write(uint64_t writer, const void *buffer, uint64_t length, uint64_t *done)
{
    return move(MM_WINDOW_WRITE, 3,
                (struct ipc_msg){ { 0, writer, (uint64_t)(uintptr_t)buffer, length } }, done);
}

status_t mm_window_zero(uint64_t writer, uint64_t length, uint64_t *done)
{
    return move(MM_WINDOW_ZERO, 2, (struct ipc_msg){ { 0, writer, length } }, done);
}

status_t mm_window_copy(uint64_t writer, uint64_t reader, uint64_t *done)
{
    return move(MM_WINDOW_COPY, 2, (struct ipc_msg){ { 0, writer, reader } }, done);
}

status_t mm_window_read_val(uint64_t reader, uint32_t size, uint64_t *value)
{
    return mm_ask_one(MM_WINDOW_READ_VAL, 2, (struct ipc_msg){ { 0, reader, size } }, value);
}

status_t mm_window_write_val(uint64_t writer, uint32_t size, uint64_t value)
{
    return mm_ask_plain(MM_WINDOW_WRITE_VAL, 3, (struct ipc_msg){ { 0, writer, size, value } });
}

status_t mm_window_read_once(uint64_t window, uint32_t size, uint64_t *value)
{
    return mm_ask_one(MM_WINDOW_READ_ONCE, 2, (struct ipc_msg){ { 0, window, size } }, value);
}

status_t mm_window_write_once(uint64_t writer, uint32_t size, uint64_t value)
{
    return mm_ask_plain(MM_WINDOW_WRITE_ONCE, 3,
                        (struct ipc_msg){ { 0, writer, size, value } });
}

status_t mm_window_load(uint64_t window, uint32_t *value)
{
    uint64_t word;
    status_t status = mm_ask_one(MM_WINDOW_LOAD, 1, (struct ipc_msg){ { 0, window } }, &word);

    if (status == OK)
        *value = (uint32_t)word;
    return status;
}

status_t mm_window_cas(uint64_t writer, uint32_t old, uint32_t new, uint32_t *found)
{
    uint64_t word;
    status_t status =
        mm_ask_one(MM_WINDOW_CAS, 3, (struct ipc_msg){ { 0, writer, old, new } }, &word);

    if (status == OK)
        *found = (uint32_t)word;
    return status;
}
