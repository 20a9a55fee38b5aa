/* Requests about processes, threads, endpoints and modules. */
#include <string.h>

#include "servers/mm/client/mm_ask.h"
#include "servers/mm/client/mm_client.h"

status_t mm_proc_new(uint32_t slot, struct mm_process *out)
{
    struct ipc_msg msg = { { 0, slot } };
    status_t status = mm_ask(MM_PROC_NEW, 1, &msg);

    if (status == OK)
        *out = (struct mm_process){ msg.w[1], msg.w[2], (uint32_t)msg.w[3] };
    return status;
}

status_t mm_proc_kill(uint64_t process)
{
    return mm_ask_plain(MM_PROC_KILL, 1, (struct ipc_msg){ { 0, process } });
}

status_t mm_thread_new(uint64_t process, const struct mm_thread_how *how, uint64_t *thread)
{
    struct ipc_msg msg = { { 0, process, how->slot, how->priority, how->handler } };

    mm_ask_page[0] = how->flags;
    return mm_ask_one(MM_THREAD_NEW, 5, msg, thread);
}

status_t mm_thread_start(uint64_t thread, const struct mm_thread_start *how)
{
    struct ipc_msg msg = { { 0, thread, how->ip, how->sp, how->argument } };

    mm_ask_page[0] = how->message;
    return mm_ask_plain(MM_THREAD_START, 5, msg);
}

status_t mm_endpoint_new(uint32_t slot, uint64_t *endpoint)
{
    return mm_ask_one(MM_ENDPOINT_NEW, 1, (struct ipc_msg){ { 0, slot } }, endpoint);
}

status_t mm_module(uint32_t index, struct mm_module *out)
{
    struct ipc_msg msg = { { 0, index } };
    status_t status = mm_ask(MM_MODULE, 1, &msg);

    if (status != OK)
        return status;
    out->frames = msg.w[1];
    out->bytes = msg.w[2];
    memcpy(out->name, &msg.w[3], 16);
    memcpy(out->name + 16, mm_ask_page, 16);
    out->name[sizeof out->name - 1] = '\0';
    return OK;
}
