/* The host's answer to the reads of core/port.h: the kernel's arrays over simulated memory. */
#pragma once
#include "kernel/frame.h"
#include "memory_arch.h"

extern struct edit_page_in port_host_in;
extern struct edit_page_out port_host_out;
extern struct edit_page_old port_host_old;

#define port_in (&port_host_in)
#define port_out (&port_host_out)
#define port_old (&port_host_old)

static inline uint64_t port_entry(pfn_t node, uint32_t index)
{
    return pt_load(node, index);
}
static inline uint32_t port_refs(pfn_t f)
{
    return frame_refs[f];
}
static inline uint32_t port_parent(pfn_t f)
{
    return frame_parent[f];
}
static inline uint16_t port_live(pfn_t f)
{
    return frame_live[f];
}
static inline uint8_t port_type(pfn_t f)
{
    return frame_type[f];
}
static inline void *port_frame(pfn_t f)
{
    return frame_address(f);
}

NODISCARD status_t port_edit1(pfn_t root, struct edit_rec rec, struct port_edited *out);
