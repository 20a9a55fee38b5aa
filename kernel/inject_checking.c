#include "kernel/inject.h"

#include "kernel/frame.h"
#include "kernel/kcheck.h"

const uint32_t inject_checking = 1;

status_t inject_corrupt(uint32_t row) { return kcorrupt(row); }

status_t inject_refs(uint64_t frame, uint64_t count)
{
    if (frame >= frame_count || frame_type[frame] != FRAME_DATA || count >= REF_MAX)
        return E_INVAL;
    frame_refs[frame] = (uint32_t)count;
    return OK;
}
