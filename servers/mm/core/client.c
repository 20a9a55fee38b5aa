#include "client.h"

#include <assert.h>

#include "process.h"

struct client client_table[CLIENT_MAX];
static uint32_t rounds[CLIENT_MAX]; /* ids of this slot that were given */

void client_init(void)
{
    for (uint32_t i = 0; i < CLIENT_MAX; i++) {
        client_table[i] = (struct client){ .slot = i };
        handle_init(&client_table[i].handles);
        rounds[i] = 0;
    }
}

status_t client_new(struct client **out)
{
    for (uint32_t i = 0; i < CLIENT_MAX; i++) {
        if (client_table[i].id != 0 || rounds[i] == UINT32_MAX / CLIENT_MAX - 1)
            continue;
        client_table[i] = (struct client){ .slot = i,
                                           .id = ++rounds[i] * CLIENT_MAX + i,
                                           .table = NO_FRAME,
                                           .faults_at = ENDPOINT_NONE,
                                           .registered = THREAD_NONE,
                                           .first = THREAD_NONE };
        handle_init(&client_table[i].handles);
        *out = &client_table[i];
        return OK;
    }
    return E_NOMEM;
}

void client_free(struct client *c)
{
    handle_fini(&c->handles);
    c->id = 0;
}
