/* The core's seam, answered by system calls. */
#include "core/port.h"

#include <log.h>

#include "guest.h"
#include "sys_memory.h"

struct edit_page_in *port_in;
struct edit_page_out *port_out;
struct edit_page_old *port_old;
uint32_t port_frames;
uint32_t port_cpus;

static const struct boot_record *boot;

void guest_port_init(const struct boot_record *record)
{
    boot = record;
    port_frames = record->frames;
    port_cpus = record->cpus;
}

status_t guest_port_pages(pfn_t first)
{
    port_in = port_frame(first);
    port_out = port_frame(first + 1);
    port_old = port_frame(first + 2);
    return sys_edit_buf(first);
}

status_t port_retype(const pfn_t *frames, uint32_t n, enum frame_type type)
{
    uint64_t ticket;
    status_t st;

    for (uint32_t i = 0; i < n; i++)
        port_in->list[i] = frames[i];
    st = sys_retype_begin(n, &ticket);
    if (st != OK)
        return st;
    do {
        st = sys_tlb_wait(ticket);
        if (st == OK)
            st = sys_retype_end(n, type);
    } while (st == E_NOTQUIET);
    return st;
}

/* The caller's own CPU runs on mm's root, so with one CPU no other root is loaded. */
bool port_loaded(pfn_t root)
{
    return port_cpus > 1 && port_parent(root) != 0;
}

void port_flush(pfn_t root, const vaddr_t *pages, uint32_t n)
{
    uint64_t ticket;
    status_t st;

    for (uint32_t i = 0; i < n; i++)
        port_old->entry[i] = pages[i];
    st = sys_tlb_flush(root, n, &ticket);
    if (st == OK && ticket != 0)
        st = sys_tlb_wait(ticket);
    assert(st == OK);
}

status_t port_object_init(pfn_t object, enum obj_kind kind)
{
    uint64_t generation;

    return sys_obj_init(object, kind, &generation);
}

void port_object_destroy(pfn_t object)
{
    status_t st;

    do
        st = sys_obj_destroy(object);
    while (st == E_NOTQUIET);
    assert(st == OK);
}

status_t port_cap_put(pfn_t table, uint32_t slot, pfn_t object, uint32_t rights, uint32_t badge)
{
    return sys_cap_put(table, slot, object, rights, badge);
}

status_t port_cap_put_mm(pfn_t table, uint32_t badge)
{
    return sys_cap_put(table, SLOT_MM, boot->endpoint, RIGHT_SEND, badge);
}

status_t port_thread_set(pfn_t thread, enum thread_field field, uint64_t value)
{
    return sys_thread_set(thread, field, value);
}

status_t port_thread_bind(pfn_t thread, pfn_t root)
{
    uint64_t ticket;
    status_t st = sys_thread_bind(thread, root, &ticket);

    if (st == OK && ticket != 0)
        st = sys_tlb_wait(ticket);
    return st;
}

status_t port_thread_start(pfn_t thread, uint64_t ip, uint64_t sp, uint64_t argument)
{
    return sys_thread_start(thread, ip, sp, argument);
}

status_t port_thread_info(pfn_t thread, struct port_thread_info *out)
{
    struct sys_thread info;
    status_t st = sys_thread_info(thread, &info);

    *out = (struct port_thread_info){ info.state, info.fault, info.address, info.ip };
    return st;
}

uint64_t port_kstat(enum kstat what)
{
    uint64_t value;
    status_t st = sys_kstat(what, &value);

    return st == OK ? value : 0;
}

status_t port_kcheck(uint64_t *row, uint64_t *frame)
{
    return sys_kcheck(row, frame);
}

status_t port_kcorrupt(uint64_t row)
{
    return sys_kcorrupt(row);
}

status_t port_inject(pfn_t f, uint32_t refs)
{
    return sys_inject(f, refs);
}

void port_reply(int64_t token, const struct ipc_msg *msg)
{
    status_t st = sys_reply(MM_SLOT_ENDPOINT, token, 0, msg);

    (void)st; /* a caller who has died needs no answer */
}

void port_log(const char *line)
{
    log_line("%s", line);
}
