#include "edit_batch.h"

#include <assert.h>

#include "base/pte.h"
#include "frame_pool.h"

uint8_t edit_batch_flags(pfn_t root)
{
    return port_loaded(root) ? EDIT_KEEP | EDIT_OLD : 0;
}

static void free_zeroed(const struct port_edited *done)
{
    if (done->zeroed == 1)
        frame_pool_put(done->zero);
    for (uint32_t i = 0; done->zeroed > 1 && i < done->zeroed; i++)
        frame_pool_put(port_out->zero[i]);
}

static void drop(struct edit_rec rec)
{
    struct port_edited done;
    status_t st = port_edit1(NO_FRAME, rec, &done);

    assert(st == OK);
    free_zeroed(&done);
}

/* List the frames of the old leaves; device pages have none. Returns how many there are. */
static uint32_t list_old(const struct port_edited *done)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < done->removed; i++) {
        uint64_t old = done->removed == 1 ? done->old : port_old->entry[i];

        if (!pte_is_device(old))
            port_in->list[n++] = pte_frame(old, 1);
    }
    return n;
}

status_t edit_batch_do(pfn_t root, struct edit_rec rec, const struct tlb_batch *batch,
                       struct port_edited *out)
{
    status_t st = port_edit1(root, rec, out);
    uint32_t n;

    if (st != OK)
        return st;
    free_zeroed(out);
    if ((rec.flags & EDIT_OLD) == 0 || out->removed == 0)
        return OK;
    n = list_old(out); /* before the flush, which writes the old page */
    tlb_batch_flush(batch, root);
    if (n > 0)
        drop((struct edit_rec){ .op = EDIT_DROP_LIST, .count = (uint16_t)n });
    return OK;
}

status_t edit_batch_hold_run(pfn_t first, uint32_t count)
{
    for (uint32_t done = 0; done < count;) {
        uint32_t part = count - done < EDIT_PAGES_MAX ? count - done : EDIT_PAGES_MAX;
        struct edit_rec rec = { .op = EDIT_HOLD_RUN,
                                .count = (uint16_t)part,
                                .frame = first + done };
        struct port_edited out;
        status_t st = port_edit1(NO_FRAME, rec, &out);

        if (st != OK) {
            edit_batch_drop_run(first, done);
            return st;
        }
        done += part;
    }
    return OK;
}

void edit_batch_drop_run(pfn_t first, uint32_t count)
{
    while (count > 0) {
        uint32_t part = count < EDIT_PAGES_MAX ? count : EDIT_PAGES_MAX;

        drop((struct edit_rec){ .op = EDIT_DROP_RUN, .count = (uint16_t)part, .frame = first });
        first += part;
        count -= part;
    }
}
