/*
 * mm, the memory server: the kernel starts it with the address of the boot record in rdi.
 */
#include <log.h>

#include "core/frame_pool.h"
#include "core/start.h"
#include "guest.h"
#include "serve.h"
#include "sys_memory.h"

__attribute__((noreturn)) void _start(const struct boot_record *boot);

/* The edit pages and the message page: mm can serve from then on. */
static status_t take_pages(const struct boot_record *boot, pfn_t *message)
{
    pfn_t pages;
    status_t st = frame_pool_take(3, FRAME_USE_OTHER, &pages);

    if (st == OK)
        st = guest_port_pages(pages);
    if (st == OK)
        st = frame_pool_take(1, FRAME_USE_OTHER, message);
    if (st == OK)
        st = sys_thread_set(boot->thread, THREAD_MESSAGE, *message);
    return st;
}

void _start(const struct boot_record *boot)
{
    pfn_t message = NO_FRAME;
    status_t st;

    log_init(MM_SLOT_COM2);
    guest_port_init(boot);
    serve_init();
    start_frames(boot);
    st = take_pages(boot, &message);
    if (st == OK) {
        serve_started();
        st = loader_start_init(boot);
    }
    if (st != OK) {
        port_log("mm: the module init could not be started");
        sys_exit((uint64_t)(int64_t)st);
    }
    loop_run(port_frame(message));
}
