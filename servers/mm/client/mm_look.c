/* Requests that look at mm, or disturb it for a test. */
#include "servers/mm/client/mm_ask.h"
#include "servers/mm/client/mm_client.h"

status_t mm_stat(enum mm_counter counter, uint64_t *value)
{
    return mm_ask_one(MM_STAT, 1, (struct ipc_msg){ { 0, counter } }, value);
}

status_t mm_check(uint64_t *row, uint64_t *detail)
{
    struct ipc_msg msg = { { 0 } };
    status_t status = mm_ask(MM_CHECK, 0, &msg);

    if (status != OK)
        return status;
    *row = msg.w[1];
    *detail = msg.w[2];
    return OK;
}

status_t mm_fail_alloc(uint64_t from_now)
{
    return mm_ask_plain(MM_FAIL_ALLOC, 1, (struct ipc_msg){ { 0, from_now } });
}

static uint64_t result(const struct ipc_msg *msg, uint32_t i)
{
    return i < IPC_REG_ARGS ? msg->w[1 + i] : mm_ask_page[i - IPC_REG_ARGS];
}

status_t mm_waits(uint32_t client, struct mm_wait *waits, uint32_t most, uint32_t *count)
{
    struct ipc_msg msg = { { 0, client } };
    status_t status = mm_ask(MM_WAITS, 1, &msg);

    if (status != OK)
        return status;
    *count = (uint32_t)msg.w[1];
    for (uint32_t i = 0; i < *count && i < most; i++)
        waits[i] = (struct mm_wait){ result(&msg, 1 + 3 * i), result(&msg, 2 + 3 * i),
                                     result(&msg, 3 + 3 * i) };
    return OK;
}

status_t mm_corrupt(uint64_t row)
{
    return mm_ask_plain(MM_CORRUPT, 1, (struct ipc_msg){ { 0, row } });
}

status_t mm_census(struct mm_census *out)
{
    struct ipc_msg msg = { { 0 } };
    status_t status = mm_ask(MM_CENSUS, 0, &msg);

    if (status == OK)
        *out = (struct mm_census){ msg.w[1], msg.w[2], msg.w[3] };
    return status;
}
