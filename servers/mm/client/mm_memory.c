/* Requests about spaces, handles, frames, and the one-shot forms. */
#include <assert.h>

#include "servers/mm/client/mm_ask.h"
#include "servers/mm/client/mm_client.h"

status_t mm_space_new(uint64_t *space)
{
    return mm_ask_one(MM_SPACE_NEW, 0, (struct ipc_msg){ { 0 } }, space);
}

status_t mm_activate(uint64_t space)
{
    return mm_ask_plain(MM_ACTIVATE, 1, (struct ipc_msg){ { 0, space } });
}

status_t mm_close(uint64_t handle)
{
    return mm_ask_plain(MM_CLOSE, 1, (struct ipc_msg){ { 0, handle } });
}

status_t mm_grant(uint64_t handle, uint32_t client, uint32_t rights, uint64_t *granted)
{
    return mm_ask_one(MM_GRANT, 3, (struct ipc_msg){ { 0, handle, client, rights } }, granted);
}

status_t mm_self(uint64_t *space, uint32_t *client)
{
    struct ipc_msg msg = { { 0 } };
    status_t status = mm_ask(MM_SELF, 0, &msg);

    if (status != OK)
        return status;
    *space = msg.w[1];
    *client = (uint32_t)msg.w[2];
    return OK;
}

status_t mm_revoke(uint64_t handle, uint32_t client)
{
    return mm_ask_plain(MM_REVOKE, client != 0 ? 2 : 1,
                        (struct ipc_msg){ { 0, handle, client } });
}

status_t mm_reap(uint64_t space, uint64_t *nodes)
{
    return mm_ask_one(MM_REAP, 1, (struct ipc_msg){ { 0, space } }, nodes);
}

status_t mm_pager(uint64_t space, uint32_t client, uint64_t *id)
{
    return mm_ask_one(MM_PAGER, client != 0 ? 2 : 1, (struct ipc_msg){ { 0, space, client } },
                      id);
}

status_t mm_faults_at(uint64_t endpoint)
{
    return mm_ask_plain(MM_FAULTS_AT, 1, (struct ipc_msg){ { 0, endpoint } });
}

status_t mm_frame_alloc(uint64_t count, uint8_t fill, uint32_t flags, struct mm_frame *run)
{
    struct ipc_msg msg = { { 0, count, fill, flags & ~(uint32_t)MM_FRAME_EACH } };
    status_t status = mm_ask(MM_FRAME_ALLOC, 3, &msg);

    if (status == OK)
        *run = (struct mm_frame){ msg.w[1], msg.w[2] };
    return status;
}

status_t mm_frame_alloc_each(uint32_t count, uint8_t fill, uint32_t flags,
                             struct mm_frame *each)
{
    struct ipc_msg msg = { { 0, count, fill, flags | MM_FRAME_EACH } };
    status_t status = mm_ask(MM_FRAME_ALLOC, 3, &msg);

    if (status != OK)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *pair = i < 2 ? &msg.w[1 + 2 * i] : &mm_ask_page[2 * (i - 2)];

        each[i] = (struct mm_frame){ pair[0], pair[1] };
    }
    return OK;
}

/* Puts frames[] behind the first `at` arguments. Returns the number of arguments then. */
static uint32_t put_frames(struct ipc_msg *msg, uint32_t at, const uint64_t *frames,
                           uint32_t count)
{
    assert(count <= MM_ARGS_MAX - at);
    for (uint32_t i = 0; i < count; i++, at++) {
        if (at < IPC_REG_ARGS)
            msg->w[1 + at] = frames[i];
        else
            mm_ask_page[at - IPC_REG_ARGS] = frames[i];
    }
    return at;
}

status_t mm_map(uint64_t cursor, uint32_t property, const uint64_t *frames, uint32_t count,
                uint64_t *displaced)
{
    struct ipc_msg msg = { { 0, cursor, property } };
    uint32_t words = put_frames(&msg, 2, frames, count);

    return mm_ask_one(MM_MAP, words, msg, displaced);
}

status_t mm_map1(uint64_t space, vaddr_t address, uint32_t property, const uint64_t *frames,
                 uint32_t count, uint64_t *displaced)
{
    struct ipc_msg msg = { { 0, space, address, property } };
    uint32_t words = put_frames(&msg, 3, frames, count);

    return mm_ask_one(MM_MAP1, words, msg, displaced);
}

status_t mm_unmap1(uint64_t space, vaddr_t address, uint64_t length, struct mm_unmapped *out)
{
    struct ipc_msg msg = { { 0, space, address, length } };
    status_t status = mm_ask(MM_UNMAP1, 3, &msg);

    if (status == OK)
        *out = (struct mm_unmapped){ msg.w[1], msg.w[2] };
    return status;
}

status_t mm_protect1(uint64_t space, vaddr_t address, uint64_t length, uint32_t property,
                     uint64_t *changed)
{
    return mm_ask_one(MM_PROTECT1, 4,
                      (struct ipc_msg){ { 0, space, address, length, property } }, changed);
}

status_t mm_query1(uint64_t space, vaddr_t address, struct mm_slot_info *out)
{
    struct ipc_msg msg = { { 0, space, address } };
    status_t status = mm_ask(MM_QUERY1, 2, &msg);

    if (status == OK)
        *out = (struct mm_slot_info){ msg.w[1], msg.w[2], msg.w[3], msg.w[4] };
    return status;
}
