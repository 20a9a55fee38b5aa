/* Starting init: the one program that mm loads itself. */
#include <string.h>

#include "abi/start.h"
#include "base/elf.h"
#include "core/frame_pool.h"
#include "core/map.h"
#include "core/process.h"
#include "guest.h"
#include "sys.h"

enum { SLOT_INIT_TABLE = CAP_SLOTS - 1 /* of mm's table, while init is being made */ };

/* Map a new frame, filled by the caller, in the space. */
static status_t add_page(struct vm_space *s, vaddr_t va, uint32_t prop, pfn_t *out)
{
    struct tlb_batch batch;
    struct map_job job = { .space = s,
                           .from = vm_space_top(s),
                           .va = va,
                           .pages = 1,
                           .prop = (uint16_t)prop,
                           .excl = true,
                           .batch = &batch };
    status_t st = frame_pool_take(1, FRAME_USE_OTHER, out);

    if (st != OK)
        return st;
    tlb_batch_init(&batch);
    memset(port_frame(*out), 0, PAGE_BYTES);
    return map_one(&job, *out);
}

static status_t add_segment(struct vm_space *s, const uint8_t *image,
                            const struct elf_segment *g)
{
    for (uint64_t at = 0; at < g->mem_bytes; at += PAGE_BYTES) {
        pfn_t f;
        status_t st = add_page(s, g->va + at, g->prop, &f);

        if (st != OK)
            return st;
        if (at < g->file_bytes) {
            uint64_t left = g->file_bytes - at;

            memcpy(port_frame(f), image + g->file_offset + at,
                   left < PAGE_BYTES ? left : PAGE_BYTES);
        }
    }
    return OK;
}

static status_t add_stack(struct vm_space *s)
{
    pfn_t f;
    status_t st = OK;

    for (uint32_t i = 1; st == OK && i <= START_STACK_PAGES; i++)
        st = add_page(s, START_STACK_TOP - i * PAGE_BYTES, PROP_R | PROP_W, &f);
    return st;
}

static struct start_machine machine_of(const struct boot_record *boot)
{
    struct start_machine m = { .cpus = boot->cpus,
                               .frames = boot->frames,
                               .checking = boot->checking };

    static_assert(sizeof m.options == sizeof boot->options, "the same line");
    memcpy(m.options, boot->options, sizeof m.options);
    return m;
}

static status_t add_start_page(struct client *c, const struct boot_record *boot)
{
    struct start_page *start;
    uint64_t space;
    pfn_t f;
    status_t st = add_page(c->own, START_PAGE_VA, PROP_R, &f);

    if (st == OK)
        st = handle_new(&c->handles, KIND_SPACE, (uint32_t)(c->own - vm_space_at(0)),
                        handle_meta(0, MM_RIGHT_ALL), &space);
    if (st != OK)
        return st;
    c->own->handles++;
    c->own_handle = space;
    start = port_frame(f);
    *start = (struct start_page){ .magic = START_MAGIC,
                                  .client = c->id,
                                  .log_slot = INIT_SLOT_COM2,
                                  .space = space,
                                  .message = (uint64_t *)START_MESSAGE_VA,
                                  .scratch = START_SCRATCH_VA,
                                  .machine = machine_of(boot),
                                  .name = "init" };
    start->arg[INIT_ARG_MODULES] = boot->modules;
    return OK;
}

/* What mm has of the machine's ports and lines, init shall have. */
static status_t copy_capabilities(pfn_t mm_table, pfn_t table)
{
    status_t st = port_cap_put(mm_table, SLOT_INIT_TABLE, table, RIGHT_WRITE, 0);

    for (uint32_t slot = MM_SLOT_COM1; st == OK && slot <= MM_SLOT_BOCHS_EXIT; slot++)
        st = sys_cap_copy(slot, SLOT_INIT_TABLE, slot, RIGHT_ALL, 0);
    return st == OK ? sys_cap_drop(SLOT_INIT_TABLE) : st;
}

static status_t fill(struct client *c, const struct boot_record *boot, const uint8_t *image,
                     const struct elf_image *elf)
{
    struct process_thread how = { .priority = PRIORITY_CLIENT };
    struct process_start start = { .ip = elf->entry,
                                   .sp = START_STACK_TOP - 8,
                                   .argument = START_PAGE_VA };
    uint32_t thread;
    status_t st = OK;

    for (uint32_t i = 0; st == OK && i < elf->segments; i++)
        st = add_segment(c->own, image, &elf->segment[i]);
    if (st == OK)
        st = add_stack(c->own);
    if (st == OK)
        st = add_page(c->own, START_MESSAGE_VA, PROP_R | PROP_W, &start.message);
    if (st == OK)
        st = add_start_page(c, boot);
    if (st == OK)
        st = copy_capabilities(boot->table, c->table);
    if (st == OK)
        st = process_thread_new(c, how, &thread);
    return st == OK ? process_thread_start(process_thread_find(thread), start) : st;
}

status_t loader_start_init(const struct boot_record *boot)
{
    struct elf_image elf;
    struct client *c;
    status_t st;

    for (uint32_t i = 0; i < boot->modules; i++) {
        const struct boot_module *m = &boot->module[i];
        const uint8_t *image = port_frame(m->first);

        if (strcmp(m->name, "init") != 0)
            continue;
        st = elf_parse(image, m->bytes, &elf);
        if (st == OK)
            st = process_new(&c);
        if (st != OK)
            return st;
        c->init = true;
        return fill(c, boot, image, &elf);
    }
    return E_INVAL;
}
