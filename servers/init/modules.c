#include "servers/init/modules.h"

#include <log.h>
#include <string.h>

static struct mm_module module[BOOT_MODULES_MAX];
static uint32_t modules;

/* Ask for one module, to be kept as the next if it is of use. */
static void read_one(uint32_t index)
{
    struct mm_module *m = &module[modules];
    status_t status = mm_module(index, m);

    if (status == OK && m->bytes > 0)
        modules++;
    else if (status == OK)
        log_line("init: the module %s is empty", m->name);
    else if (status != E_ACCESS) /* mm's own image: nobody's to have */
        log_line("init: module %u cannot be had: status %d", index, status);
}

void modules_read(uint32_t count)
{
    if (count > BOOT_MODULES_MAX) {
        log_line("init: %u modules, but there is room for %d", count, BOOT_MODULES_MAX);
        count = BOOT_MODULES_MAX;
    }
    for (uint32_t i = 0; i < count; i++)
        read_one(i);
}

const struct mm_module *modules_next(const char *prefix, uint32_t *at)
{
    size_t length = strlen(prefix);

    while (*at < modules) {
        const struct mm_module *m = &module[(*at)++];

        if (strncmp(m->name, prefix, length) == 0)
            return m;
    }
    return NULL;
}

const struct mm_module *modules_find(const char *name)
{
    for (uint32_t i = 0; i < modules; i++)
        if (strcmp(module[i].name, name) == 0)
            return &module[i];
    return NULL;
}
