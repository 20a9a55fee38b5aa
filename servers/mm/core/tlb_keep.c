#include "tlb_keep.h"

#include "edit_batch.h"
#include "own_frame.h"

struct run {
    pfn_t first;
    uint32_t count;
};

/* run[0].first is the page before. */
enum { RUNS = PAGE_BYTES / sizeof(struct run), USED = RUNS - 1 };

static struct run *runs_of(pfn_t page)
{
    return (struct run *)port_frame(page);
}

static status_t add_page(struct tlb_keep *k)
{
    pfn_t page;
    status_t st = own_frame_new(&page);

    if (st != OK)
        return st;
    runs_of(page)[0].first = k->page;
    k->page = page;
    return OK;
}

static void remove_page(struct tlb_keep *k)
{
    pfn_t before = runs_of(k->page)[0].first;

    own_frame_free(k->page);
    k->page = before;
}

status_t tlb_keep_add(struct tlb_keep *k, pfn_t first, uint32_t count)
{
    bool full = k->runs % USED == 0;
    status_t st = edit_batch_hold_run(first, count);

    if (st != OK)
        return st;
    st = full ? add_page(k) : OK;
    if (st != OK) {
        edit_batch_drop_run(first, count);
        return st;
    }
    runs_of(k->page)[1 + k->runs % USED] = (struct run){ first, count };
    k->runs++;
    k->frames += count;
    return OK;
}

void tlb_keep_drop(struct tlb_keep *k)
{
    while (k->runs > 0) {
        struct run r = runs_of(k->page)[1 + --k->runs % USED];

        edit_batch_drop_run(r.first, r.count);
        if (k->runs % USED == 0)
            remove_page(k);
    }
    k->frames = 0;
}

void tlb_keep_each(const struct tlb_keep *k, void (*run)(pfn_t first, uint32_t count))
{
    pfn_t page = k->page;

    for (uint32_t i = k->runs; i > 0; i--) {
        struct run r = runs_of(page)[1 + (i - 1) % USED];

        run(r.first, r.count);
        if ((i - 1) % USED == 0)
            page = runs_of(page)[0].first;
    }
}
