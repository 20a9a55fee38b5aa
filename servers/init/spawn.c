/*
 * Each piece of a child (segment, stack, page) is placed the same way: a run of frames, mapped
 * in the own space and filled if there is something to fill in, unmapped, mapped in the
 * child's. The mapping keeps the frames, so their handle is closed at once.
 */
#include "servers/init/spawn.h"

#include <assert.h>
#include <string.h>
#include <sys.h>

#include "base/elf.h"

/* The scratch area: one piece under construction, then the views. */
enum { PIECE_BYTES_MAX = 0x10000000 };

static const struct start_page *own;
static uint32_t table_slot;
static vaddr_t next_view;

/* A run of pages in the child, and what of it is not zero. */
struct piece {
    vaddr_t va;
    uint64_t pages;
    uint32_t prop;
    const void *from;
    uint64_t bytes; /* <= pages * PAGE_BYTES; 0: nothing to fill in */
};

void spawn_init(const struct start_page *self, uint32_t table)
{
    assert(self->magic == START_MAGIC);
    own = self;
    table_slot = table;
    next_view = self->scratch + PIECE_BYTES_MAX;
}

static uint64_t pages_of(uint64_t bytes)
{
    return (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
}

/* Nothing can be done about a handle that does not close: its client's end closes it. */
static void close_handle(uint64_t handle)
{
    if (handle != 0 && mm_close(handle) != OK)
        return;
}

static status_t fill(const struct piece *p, uint64_t frames)
{
    struct mm_unmapped gone;
    uint64_t displaced;
    status_t status;

    if (p->bytes == 0)
        return OK;
    status =
        mm_map1(own->space, own->scratch, PROP_R | PROP_W | MM_EXCL, &frames, 1, &displaced);
    if (status != OK)
        return status;
    memcpy((void *)own->scratch, p->from, p->bytes);
    return mm_unmap1(own->space, own->scratch, p->pages * PAGE_BYTES, &gone);
}

/* Places a piece in the child. Ensures: on OK *frames is a handle that the caller closes. */
static status_t place_keep(const struct spawn *child, const struct piece *p, uint64_t *frames)
{
    struct mm_frame run;
    uint64_t displaced;
    status_t status;

    if (p->pages * PAGE_BYTES > PIECE_BYTES_MAX)
        return E_INVAL;
    status = mm_frame_alloc(p->pages, 0, MM_FRAME_PROCESS, &run);
    if (status != OK)
        return status;
    status = fill(p, run.handle);
    if (status == OK)
        status = mm_map1(child->space, p->va, p->prop | MM_EXCL, &run.handle, 1, &displaced);
    if (status != OK)
        close_handle(run.handle);
    *frames = run.handle;
    return status;
}

static status_t place(const struct spawn *child, const struct piece *p)
{
    uint64_t frames;
    status_t status = place_keep(child, p, &frames);

    if (status == OK)
        close_handle(frames);
    return status;
}

static status_t place_image(const struct spawn *child, const struct elf_image *elf,
                            const uint8_t *image)
{
    struct piece stack = { START_STACK_TOP - START_STACK_PAGES * PAGE_BYTES, START_STACK_PAGES,
                           PROP_R | PROP_W, NULL, 0 };
    status_t status = place(child, &stack);

    for (uint32_t i = 0; i < elf->segments && status == OK; i++) {
        const struct elf_segment *s = &elf->segment[i];
        struct piece p = { s->va, pages_of(s->mem_bytes), s->prop, image + s->file_offset,
                           s->file_bytes };

        if (s->mem_bytes > PROGRAM_END - PROGRAM_BASE || s->va < PROGRAM_BASE ||
            s->va + s->mem_bytes > PROGRAM_END)
            return E_INVAL;
        status = place(child, &p);
    }
    return status;
}

static void copy_name(char to[START_NAME_MAX], const char *from)
{
    size_t length = strnlen(from, START_NAME_MAX - 1);

    memcpy(to, from, length);
    to[length] = '\0';
}

static status_t make_process(struct spawn *child, const struct spawn_image *what)
{
    struct mm_process process;
    status_t status = mm_proc_new(table_slot, &process);

    if (status != OK)
        return status;
    memset(child, 0, sizeof *child);
    child->process = process.process;
    child->space = process.space;
    child->client = process.client;
    child->priority = what->priority;
    child->start.magic = START_MAGIC;
    child->start.client = process.client;
    child->start.message = (uint64_t *)START_MESSAGE_VA;
    child->start.scratch = START_SCRATCH_VA;
    child->start.machine = own->machine;
    copy_name(child->start.name, what->name);
    return OK;
}

/* Undoes a child if status is an error; passes the status on. */
static status_t checked(struct spawn *child, status_t status)
{
    if (status != OK)
        spawn_kill(child);
    return status;
}

status_t spawn_begin(struct spawn *child, const struct spawn_image *what)
{
    struct elf_image elf;
    status_t status;

    assert(own != NULL);
    status = elf_parse(what->image, what->bytes, &elf);
    if (status == OK)
        status = make_process(child, what);
    if (status != OK)
        return status;
    child->entry = elf.entry;
    status = mm_grant(child->space, child->client, MM_RIGHT_ALL, &child->start.space);
    if (status == OK)
        status = place_image(child, &elf, what->image);
    return checked(child, status);
}

status_t spawn_give(struct spawn *child, struct spawn_gift gift)
{
    return checked(child,
                   sys_cap_copy(gift.from, table_slot, gift.to, gift.rights, gift.badge));
}

void spawn_arg(struct spawn *child, uint32_t i, uint64_t word)
{
    assert(i < START_ARGS);
    child->start.arg[i] = word;
}

status_t spawn_grant(struct spawn *child, uint32_t i, uint64_t handle, uint32_t rights)
{
    uint64_t granted;
    status_t status = mm_grant(handle, child->client, rights, &granted);

    if (status == OK)
        spawn_arg(child, i, granted);
    return checked(child, status);
}

static status_t start_thread(struct spawn *child, uint32_t slot, uint64_t message)
{
    struct mm_thread_how how = { .slot = slot,
                                 .priority = child->priority,
                                 .handler = child->handler };
    struct mm_thread_start start = {
        .ip = child->entry, .sp = START_STACK_TOP, .argument = START_PAGE_VA, .message = message
    };
    uint64_t thread;
    status_t status = mm_thread_new(child->process, &how, &thread);

    if (status != OK)
        return status;
    status = mm_thread_start(thread, &start);
    close_handle(thread);
    return status;
}

status_t spawn_start(struct spawn *child, uint32_t thread)
{
    struct piece start = { START_PAGE_VA, 1, PROP_R, &child->start, sizeof child->start };
    struct piece message = { START_MESSAGE_VA, 1, PROP_R | PROP_W, NULL, 0 };
    uint64_t frames;
    status_t status = place(child, &start);

    if (status == OK)
        status = place_keep(child, &message, &frames);
    if (status != OK)
        return checked(child, status);
    status = start_thread(child, thread, frames);
    close_handle(frames);
    if (status != OK)
        return checked(child, status);
    close_handle(child->space);
    child->space = 0;
    return checked(child, sys_cap_drop(table_slot));
}

void spawn_kill(struct spawn *child)
{
    bool building = child->space != 0;

    (void)!mm_proc_kill(child->process); /* it may have ended by itself */
    close_handle(child->space);
    close_handle(child->process);
    if (building)
        (void)!sys_cap_drop(table_slot);
    child->process = child->space = 0;
}

status_t spawn_view(uint64_t frames, uint64_t bytes, const uint8_t **at)
{
    uint64_t displaced;
    status_t status = mm_map1(own->space, next_view, PROP_R | MM_EXCL, &frames, 1, &displaced);

    if (status != OK)
        return status;
    *at = (const uint8_t *)next_view;
    next_view += (pages_of(bytes) + 1) * PAGE_BYTES; /* a page apart */
    return OK;
}
