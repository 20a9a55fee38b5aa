/* Arrays that grow. The model runs on the host and gives up when there is no memory. */
#pragma once
#include <stdint.h>
#include <stdlib.h>

/* Room for `want` items of `each` bytes. Returns: the array, perhaps elsewhere. */
static inline void *grow(void *items, uint32_t *room, uint32_t want, size_t each)
{
    if (want <= *room)
        return items;
    *room = want > 2 * *room ? want : 2 * *room;
    items = realloc(items, *room * each);
    if (items == NULL)
        abort();
    return items;
}
