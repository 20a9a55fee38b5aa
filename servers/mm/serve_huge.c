/* Leaves of 2 MiB: mapping one. What splits and removes them is in core/. */
#include "core/map_huge.h"
#include "serve.h"

int32_t serve_MAP_HUGE(struct request *r)
{
    uint64_t prop = r->arg[1];
    struct handle_entry *run;
    struct cursor *c;

    if ((prop & ~(uint64_t)(PROP_CLIENT | MM_EXCL)) != 0)
        return E_INVAL;

    status_t st = serve_cursor(r, true, &c);

    if (st != OK)
        return serve_handles_first(r, 2, st);
    st = serve_run(r, r->arg[2], serve_frame_rights(prop), &run);
    if (st == OK && handle_count(run) != PT_ENTRIES)
        st = E_INVAL;
    if (st == OK)
        st = cursor_check_huge(c, run->value);
    if (st != OK)
        return st;
    if ((prop & PROP_X) != 0 && c->va + HUGE_BYTES == USER_END)
        return E_INVAL;

    struct map_job job =
        cursor_map_job(c, PT_ENTRIES, (uint16_t)(prop & PROP_CLIENT), (prop & MM_EXCL) != 0);

    st = map_huge(&job, run->value);
    if (st != OK)
        return st;
    cursor_mapped(c, &job);
    r->out[0] = job.displaced;
    r->results = 1;
    return OK;
}
