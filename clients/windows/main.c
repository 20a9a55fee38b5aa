/*
 * windows: bytes in and out of a space without mapping it, then one page of it mapped after
 * all. The space is another one than this program runs in; mm copies, page by page.
 */
#include <log.h>
#include <string.h>

#include "abi/start.h"
#include "servers/mm/client/mm_client.h"

enum { WHERE = 0x40000000 /* of the other space: its first page; the next one is a hole */ };

/* Writes over the end of the only page, and reads back what is there. */
static status_t copy_bytes(uint64_t space)
{
    static const char text[] = "as far as it goes";
    struct mm_window_range tail = { WHERE + PAGE_BYTES - 9, sizeof text };
    uint64_t writer, reader, done = 0;
    char back[10] = "";
    status_t status = mm_window_new(space, &tail, MM_WINDOW_WRITER, &writer);

    if (status != OK)
        return status;

    /* E_FAULT is no accident here: it tells exactly how far the copy went. */
    status = mm_window_write(writer, text, sizeof text, &done);
    log_line("windows: wrote %lu of %lu bytes: %s", done, sizeof text,
             status == E_FAULT ? "then there is a hole" : "?");

    tail.length = done;
    status = mm_window_new(space, &tail, 0, &reader);
    if (status == OK)
        status = mm_window_read(reader, back, done, &done);
    log_line("windows: read \"%s\"", back);
    return status;
}

/* Maps the page here as well; it goes when the window goes, or the page. */
static status_t look_directly(uint64_t space, vaddr_t here)
{
    struct mm_window_range page = { WHERE, PAGE_BYTES };
    uint64_t reader;
    status_t status = mm_window_new(space, &page, 0, &reader);

    if (status == OK)
        status = mm_window_attach(reader, 0, here);
    if (status == OK)
        log_line("windows: attached, the last byte is '%c'",
                 ((const char *)here)[PAGE_BYTES - 1]);
    return status == OK ? mm_close(reader) : status;
}

int main(const struct start_page *start)
{
    struct mm_frame frame;
    uint64_t space, displaced;
    status_t status;

    mm_client_init(start->message);
    status = mm_space_new(&space);
    if (status == OK)
        status = mm_frame_alloc(1, 0, 0, &frame);
    if (status == OK)
        status = mm_map1(space, WHERE, PROP_R | PROP_W, &frame.handle, 1, &displaced);
    if (status == OK)
        status = copy_bytes(space);
    if (status == OK)
        status = look_directly(space, start->scratch);
    log_line("windows: %s", status == OK ? "done" : "mm refused something");
    return status == OK ? 0 : 1;
}
