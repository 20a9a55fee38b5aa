#include "start.h"

#include "frame_pool.h"
#include "own_frame.h"
#include "port.h"

static const struct boot_record *record;

const struct boot_record *start_record(void)
{
    return record;
}

bool start_is_data(const struct boot_module *m)
{
    return m->frames > 0 && m->first < port_frames && port_type(m->first) == FRAME_DATA;
}

/* Past the frames that somebody uses, or past those that nobody does. The count of what is no
 * DATA stands at its limit (kernel/frame.h), so one load tells: every frame passes here. */
static pfn_t skip(pfn_t f, bool used)
{
    pfn_t end = port_frames;

    while (f < end && (port_refs(f) != 0) == used)
        f++;
    return f;
}

void start_frames(const struct boot_record *boot)
{
    record = boot;
    for (uint32_t i = 0; i < boot->modules; i++)
        if (start_is_data(&boot->module[i]))
            own_frame_keep(boot->module[i].first, boot->module[i].frames);
    for (pfn_t first = skip(0, true); first < port_frames;) {
        pfn_t end = skip(first, false);

        frame_pool_add(first, end - first);
        first = skip(end, true);
    }
}
