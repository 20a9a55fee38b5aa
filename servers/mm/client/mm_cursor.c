/* Requests about cursors; mm_map is in memory.c, beside its one-shot form. */
#include "servers/mm/client/mm_ask.h"
#include "servers/mm/client/mm_client.h"

status_t mm_cursor_open(uint64_t space, vaddr_t start, vaddr_t end, uint32_t flags,
                        uint64_t *cursor)
{
    return mm_ask_one(MM_CURSOR_OPEN, 4, (struct ipc_msg){ { 0, space, start, end, flags } },
                      cursor);
}

status_t mm_query(uint64_t cursor, struct mm_slot_info *out)
{
    struct ipc_msg msg = { { 0, cursor } };
    status_t status = mm_ask(MM_QUERY, 1, &msg);

    if (status == OK)
        *out = (struct mm_slot_info){ msg.w[1], msg.w[2], msg.w[3], msg.w[4] };
    return status;
}

status_t mm_find_next(uint64_t cursor, uint64_t length, bool *found, vaddr_t *at)
{
    struct ipc_msg msg = { { 0, cursor, length } };
    status_t status = mm_ask(MM_FIND_NEXT, 2, &msg);

    if (status != OK)
        return status;
    *found = msg.w[1] != 0;
    *at = msg.w[2];
    return OK;
}

status_t mm_jump(uint64_t cursor, vaddr_t address)
{
    return mm_ask_plain(MM_JUMP, 2, (struct ipc_msg){ { 0, cursor, address } });
}

status_t mm_addr(uint64_t cursor, vaddr_t *address)
{
    return mm_ask_one(MM_ADDR, 1, (struct ipc_msg){ { 0, cursor } }, address);
}

status_t mm_unmap(uint64_t cursor, uint64_t length, struct mm_unmapped *out)
{
    struct ipc_msg msg = { { 0, cursor, length } };
    status_t status = mm_ask(MM_UNMAP, 2, &msg);

    if (status == OK)
        *out = (struct mm_unmapped){ msg.w[1], msg.w[2] };
    return status;
}

status_t mm_protect_next(uint64_t cursor, uint64_t length, uint32_t property,
                         struct mm_protected *out)
{
    struct ipc_msg msg = { { 0, cursor, length, property } };
    status_t status = mm_ask(MM_PROTECT_NEXT, 3, &msg);

    if (status == OK)
        *out = (struct mm_protected){ msg.w[1], msg.w[2], msg.w[3] };
    return status;
}

status_t mm_flush(uint64_t cursor, vaddr_t start, vaddr_t end)
{
    return mm_ask_plain(MM_FLUSH, 3, (struct ipc_msg){ { 0, cursor, start, end } });
}

status_t mm_dispatch(uint64_t cursor)
{
    return mm_ask_plain(MM_DISPATCH, 1, (struct ipc_msg){ { 0, cursor } });
}

status_t mm_sync(uint64_t cursor)
{
    return mm_ask_plain(MM_SYNC, 1, (struct ipc_msg){ { 0, cursor } });
}
