/*
 * The guest's answer to the reads of core/port.h: mm's window and the views of the frame
 * table, which cost one load and no system call.
 */
#pragma once
#include "abi/boot.h"
#include "abi/edit.h"
#include "port.h"
#include "sys_memory.h"

extern struct edit_page_in *port_in;
extern struct edit_page_out *port_out;
extern struct edit_page_old *port_old;

static inline void *port_frame(pfn_t f)
{
    return (void *)(WINDOW_BASE + (uint64_t)f * PAGE_BYTES);
}

static inline uint64_t port_entry(pfn_t node, uint32_t index)
{
    return ((volatile const uint64_t *)port_frame(node))[index];
}

static inline uint32_t port_refs(pfn_t f)
{
    return ((volatile const uint32_t *)VIEW_REFS)[f];
}
static inline uint32_t port_parent(pfn_t f)
{
    return ((volatile const uint32_t *)VIEW_PARENT)[f];
}
static inline uint16_t port_live(pfn_t f)
{
    return ((volatile const uint16_t *)VIEW_LIVE)[f];
}
static inline uint8_t port_type(pfn_t f)
{
    return ((volatile const uint8_t *)VIEW_TYPE)[f];
}

NODISCARD static inline status_t port_edit1(pfn_t root, struct edit_rec rec,
                                            struct port_edited *out)
{
    struct sys_edit1 done = sys_pt_edit1(root, rec);

    *out = (struct port_edited){ .ticket = done.ticket,
                                 .removed = done.removed,
                                 .zeroed = done.zeroed,
                                 .changed = done.changed,
                                 .zero = done.zero,
                                 .old = done.old };
    return done.status;
}
