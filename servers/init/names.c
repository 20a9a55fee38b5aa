#include "servers/init/names.h"

#include <string.h>

struct entry {
    char name[START_NAME_MAX];
    uint32_t client;
};

static struct entry table[NAMES_MAX];
static uint32_t count;

static struct entry *find(const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strncmp(table[i].name, name, START_NAME_MAX) == 0)
            return &table[i];
    return NULL;
}

status_t names_set(const char *name, uint32_t client)
{
    struct entry *e = find(name);
    size_t length = strnlen(name, START_NAME_MAX - 1);

    if (e == NULL && count == NAMES_MAX)
        return E_QUOTA;
    if (e == NULL)
        e = &table[count++];
    memset(e->name, 0, sizeof e->name);
    memcpy(e->name, name, length);
    e->client = client;
    return OK;
}

struct ipc_msg names_serve(const struct ipc_msg *request)
{
    struct ipc_msg answer = { { (uint64_t)(int64_t)E_INVAL } };
    char name[START_NAME_MAX];
    const struct entry *e;

    if (request->w[0] != INIT_LOOKUP)
        return answer;
    memcpy(name, &request->w[1], sizeof name);
    name[sizeof name - 1] = '\0';
    e = find(name);
    if (e != NULL)
        answer = (struct ipc_msg){ { OK, e->client } };
    return answer;
}
