/*
 * hello: the program to read first. It asks mm for a frame, maps it in its own space, uses it,
 * and gives it back. Each step is one request to mm: one message there, one back.
 */
#include <log.h>

#include "abi/start.h"
#include "servers/mm/client/mm_client.h"

/* Maps the frame, writes and reads it there, unmaps it. Returns the first status but OK. */
static status_t use_frame(uint64_t space, vaddr_t address, uint64_t frame)
{
    struct mm_slot_info slot;
    struct mm_unmapped gone;
    uint64_t displaced;

    /* Readable and writable; if something were there already, it would be displaced. */
    status_t status = mm_map1(space, address, PROP_R | PROP_W, &frame, 1, &displaced);
    if (status != OK)
        return status;
    log_line("hello: mapped at %#lx, %lu pages displaced", address, displaced);

    /* No system call here: the processor walks the table that mm and the kernel made. */
    volatile uint64_t *word = (volatile uint64_t *)address;
    *word = 42;
    log_line("hello: wrote 42, read %lu", *word);

    /* The page table is all there is to know about a mapping, and mm can tell it. */
    status = mm_query1(space, address, &slot);
    if (status != OK)
        return status;
    log_line("hello: mm says %lu bytes from %#lx, writable: %s", slot.length, slot.start,
             (slot.property & PROP_W) != 0 ? "yes" : "no");

    /* From the answer on, no processor can reach the frame through this address. */
    status = mm_unmap1(space, address, PAGE_BYTES, &gone);
    if (status == OK)
        log_line("hello: unmapped %lu page", gone.pages);
    return status;
}

int main(const struct start_page *start)
{
    struct mm_frame frame;
    status_t status;

    mm_client_init(start->message);
    log_line("hello: I am client %u, my space is handle %#lx", start->client, start->space);

    status = mm_frame_alloc(1, 0, 0, &frame); /* one frame of zeros, and a handle on it */
    if (status == OK)
        status = use_frame(start->space, start->scratch, frame.handle);
    if (status == OK)
        status = mm_close(frame.handle); /* nobody maps it: the frame is free again */
    log_line("hello: %s", status == OK ? "done" : "mm refused something");
    return status == OK ? 0 : 1;
}
