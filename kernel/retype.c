/* Retype: a list of frames through LIMBO, whole or not at all. */
#include "kernel/retype.h"

#include "kernel/edit.h"
#include "kernel/tlb.h"

#include "memory_arch.h"

/* The types that begin has replaced, for giving them back. */
static uint8_t type_before[RETYPE_MAX];

/* Whether a frame may leave its type. A frame that the list names twice is in LIMBO already. */
static status_t may_leave(pfn_t f)
{
    if (f >= frame_count)
        return E_TYPE;
    switch ((enum frame_type)frame_type[f]) {
    case FRAME_DATA:
        return frame_refs[f] == 0 ? OK : E_BUSY;
    case FRAME_PT1:
    case FRAME_PT2:
    case FRAME_PT3:
        return frame_live[f] == 0 && frame_parent[f] == NO_FRAME ? OK : E_BUSY;
    case FRAME_PT4:
        return frame_live[f] == 0 && frame_parent[f] == 0 && f != frame_template ? OK : E_BUSY;
    case FRAME_OBJECT:
        return frame_live[f] == 0 ? OK : E_BUSY;
    case FRAME_NONE:
    case FRAME_KERNEL:
    case FRAME_LIMBO:
        return E_TYPE;
    }
    return E_TYPE;
}

/* Mark frames one by one. Returns: how many before the first that may not leave its type. */
static uint32_t mark(uint32_t n, status_t *why)
{
    uint32_t k = 0;

    *why = OK;
    while (k < n) {
        *why = may_leave(edit_list[k]);
        if (*why != OK)
            return k;
        type_before[k] = frame_type[edit_list[k]];
        frame_type[edit_list[k]] = FRAME_LIMBO;
        k++;
    }
    return k;
}

static void unmark(uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        frame_type[edit_list[k]] = type_before[k];
}

status_t retype_begin(uint32_t n, uint64_t *ticket)
{
    status_t why;
    uint32_t marked;

    *ticket = 0;
    if (n == 0 || n > RETYPE_MAX)
        return E_INVAL;
    marked = mark(n, &why);
    if (why != OK) {
        unmark(marked);
        return why;
    }
    *ticket = tlb_stamp();
    for (uint32_t k = 0; k < n; k++) {
        frame_init(edit_list[k], 1, FRAME_LIMBO);
        frame_stamp[edit_list[k]] = *ticket;
    }
    return OK;
}

/* All are in LIMBO, and no CPU can still use a translation from before. */
static status_t may_enter(uint32_t n)
{
    for (uint32_t k = 0; k < n; k++) {
        if (edit_list[k] >= frame_count || frame_type[edit_list[k]] != FRAME_LIMBO)
            return E_TYPE;
        if (!tlb_done(frame_stamp[edit_list[k]]) || tlb_loaded(edit_list[k]))
            return E_NOTQUIET;
    }
    return OK;
}

/* A new root gets the kernel half: the same words in every root, mm's window apart. */
static void copy_kernel_half(pfn_t root)
{
    for (uint32_t i = L4_USER_END; i < PT_ENTRIES; i++)
        (void)pt_exchange(root, i, pt_load(frame_template, i));
}

static void enter(pfn_t f, enum frame_type type)
{
    frame_zero(f);
    if (type == FRAME_PT4)
        copy_kernel_half(f);
    frame_init(f, 1, type);
}

static bool is_target(enum frame_type type)
{
    return type == FRAME_DATA || type == FRAME_OBJECT ||
           (type >= FRAME_PT1 && type <= FRAME_PT4);
}

status_t retype_end(uint32_t n, enum frame_type type)
{
    status_t why;

    if (n == 0 || n > RETYPE_MAX || !is_target(type))
        return E_INVAL;
    why = may_enter(n);
    if (why != OK)
        return why;
    /* A frame that the list names twice is done twice, with the same outcome. All of this is
     * under the lock, at most RETYPE_MAX pages of zeroing: docs/decisions/0012-kernel-size.md
     * says how that is bounded on many CPUs. */
    for (uint32_t k = 0; k < n; k++)
        enter(edit_list[k], type);
    return OK;
}
