#include "own_frame.h"

#include <assert.h>
#include <string.h>

#include "edit_batch.h"
#include "fail.h"
#include "frame_pool.h"
#include "node_pool.h"
#include "port.h"

static uint64_t held;

void own_frame_init(void)
{
    held = 0;
}

status_t own_frame_new(pfn_t *out)
{
    status_t st;

    if (fail_own_now())
        return E_NOMEM;
    st = frame_pool_take(1, FRAME_USE_OTHER, out);
    if (st != OK) {
        node_pool_drain();
        st = frame_pool_take(1, FRAME_USE_OTHER, out);
    }
    if (st != OK)
        return st;
    st = edit_batch_hold_run(*out, 1);
    assert(st == OK); /* a free frame's count is 0 */
    held++;
    memset(port_frame(*out), 0, PAGE_BYTES);
    return OK;
}

void own_frame_free(pfn_t f)
{
    held--;
    edit_batch_drop_run(f, 1);
}

void own_frame_keep(pfn_t first, uint32_t count)
{
    status_t st = edit_batch_hold_run(first, count);

    assert(st == OK);
    held += count;
}

uint64_t own_frame_count(void)
{
    return held;
}
