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

void start_frames(const struct boot_record *boot)
{
    record = boot;
    for (uint32_t i = 0; i < boot->modules; i++)
        if (start_is_data(&boot->module[i]))
            own_frame_keep(boot->module[i].first, boot->module[i].frames);
    for (pfn_t f = 0; f < port_frames; f++)
        if (port_type(f) == FRAME_DATA && port_refs(f) == 0)
            frame_pool_put(f);
}
