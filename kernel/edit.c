/* pt_edit: a record's shape, its node, its share of the call, and which operation does it. */
#include "kernel/edit.h"

#include "abi/boot.h"
#include "base/pte.h"
#include "kernel/edit_record.h"
#include "kernel/tlb.h"

struct edit_rec edit_recs[EDIT_RECS_MAX];
pfn_t edit_list[EDIT_PAGES_MAX];
struct edit_result edit_answer;
pfn_t edit_zero[EDIT_PAGES_MAX];
uint64_t edit_old[EDIT_PAGES_MAX];
bool edit_stale;

uint32_t edit_pages;

/* Each zero and each old entry belongs to a page that was spent: neither list overflows. */
void __attribute__((noinline)) edit_tell_zero(uint64_t f)
{
    assert(edit_answer.zeroed < EDIT_PAGES_MAX);
    edit_zero[edit_answer.zeroed] = (pfn_t)f;
    edit_answer.zeroed++;
}

void edit_give_back(pfn_t f)
{
    frame_refs[f]--;
    if (frame_refs[f] == 0)
        edit_tell_zero(f);
}

static void let_frames_go(pfn_t first, uint32_t count, bool keep)
{
    for (uint64_t f = first; f < (uint64_t)first + count; f++) {
        if (keep)
            frame_parent[f]++;
        else
            edit_give_back((pfn_t)f);
    }
}

void __attribute__((noinline)) edit_let_go(uint64_t entry, uint32_t level, bool keep, bool old)
{
    if (old) {
        assert(edit_answer.old < EDIT_PAGES_MAX);
        edit_old[edit_answer.old] = entry;
        edit_answer.old++;
    }
    edit_answer.removed++;
    if (!pte_is_device(entry))
        let_frames_go(pte_frame(entry, level), level == 1 ? 1 : PT_ENTRIES, keep);
}

/* The flags that an operation knows are the lowest ones: all values below this. */
static uint32_t flags_end(uint32_t op)
{
    switch (op) {
    case EDIT_MAP_RUN:
        return EDIT_KEEP + EDIT_OLD + EDIT_HUGE + 1;
    case EDIT_MAP_LIST:
    case EDIT_CLEAR:
        return EDIT_KEEP + EDIT_OLD + 1;
    default:
        return 1;
    }
}

static bool takes_property(uint32_t op)
{
    return op == EDIT_MAP_RUN || op == EDIT_MAP_LIST || op == EDIT_PROTECT;
}

static bool takes_list(uint32_t op)
{
    return op == EDIT_MAP_LIST || op == EDIT_DROP_LIST;
}

static bool takes_node(uint32_t op)
{
    return op < EDIT_HOLD_RUN;
}

static bool takes_one(struct edit_rec r)
{
    return r.op == EDIT_LINK || r.op == EDIT_UNLINK || r.op == EDIT_SPLIT || edit_is_huge(r);
}

/* What a client may ask for (rule map.property): R, W, X, bit 7 and the cache kind. */
static bool is_client_property(uint32_t prop)
{
    return prop % 0x80 / 8 == 0 && prop / 0x400 == 0;
}

static status_t check_shape(struct edit_rec r)
{
    if (r.op >= EDIT_OPS || r.flags >= flags_end(r.op))
        return E_INVAL;
    if (r.count == 0 || r.count > EDIT_PAGES_MAX || (takes_one(r) && r.count != 1))
        return E_INVAL;
    if (takes_property(r.op) && !is_client_property(r.prop))
        return E_INVAL;
    if (takes_list(r.op) && (r.frame >= EDIT_PAGES_MAX || r.count > EDIT_PAGES_MAX - r.frame))
        return E_INVAL;
    if (takes_node(r.op) && (r.index >= PT_ENTRIES || r.count > PT_ENTRIES - r.index))
        return E_INVAL;
    return OK;
}

/* The node is one, and of a root only the user half is anybody's to change. */
static status_t check_node(struct edit_rec r)
{
    if (r.node >= frame_count)
        return E_TYPE;
    if (frame_type[r.node] < FRAME_PT1 || frame_type[r.node] > FRAME_PT4)
        return E_TYPE;
    if (frame_type[r.node] == FRAME_PT4 && r.index + (uint32_t)r.count > L4_USER_END)
        return E_LEVEL;
    return OK;
}

static status_t perform(struct edit_rec r)
{
    switch ((enum edit_op)r.op) {
    case EDIT_MAP_RUN:
        return edit_is_huge(r) ? edit_map_huge(r) : edit_map_run(r);
    case EDIT_MAP_LIST:
        return edit_map_list(r);
    case EDIT_CLEAR:
        return edit_leaf_clear(r);
    case EDIT_PROTECT:
        return edit_leaf_protect(r);
    case EDIT_LINK:
        return edit_node_link(r);
    case EDIT_UNLINK:
        return edit_node_unlink(r);
    case EDIT_SPLIT:
        return edit_node_split(r);
    case EDIT_HOLD_RUN:
        return edit_hold_run(r);
    case EDIT_DROP_RUN:
        return edit_hold_drop_run(r);
    case EDIT_DROP_LIST:
        return edit_hold_drop_list(r);
    case EDIT_OPS:
        return E_INVAL;
    }
    return E_INVAL;
}

static status_t check_and_perform(struct edit_rec r)
{
    status_t status = check_shape(r);

    if (status == OK && takes_node(r.op))
        status = check_node(r);
    if (status == OK)
        status = perform(r);
    return status;
}

static void begin(void)
{
    edit_answer = (struct edit_result){ 0 };
    edit_stale = false;
    edit_pages = 0;
}

status_t edit_run_one(pfn_t root, struct edit_rec r)
{
    status_t status;

    begin();
    status = check_and_perform(r);
    edit_answer.done = status == OK;
    if (edit_stale)
        edit_answer.ticket = tlb_ticket(root);
    return status;
}

status_t edit_run(pfn_t root, uint32_t n)
{
    status_t status = OK;

    begin();
    if (n > EDIT_RECS_MAX)
        return E_INVAL;
    while (edit_answer.done < n && status == OK) {
        status = check_and_perform(edit_recs[edit_answer.done]);
        if (status == OK)
            edit_answer.done++;
    }
    if (edit_stale)
        edit_answer.ticket = tlb_ticket(root);
    return status;
}
