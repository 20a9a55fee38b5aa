/*
 * mm's root, nodes and pages are ordinary frames, made with the same checked calls that mm
 * will use. Only here they are made for it, from the first free frames after the boot ones.
 */
#include "kernel/start_mm.h"

#include <string.h>

#include "base/elf.h"
#include "base/pte.h"
#include "base/va.h"
#include "cpu_arch.h"
#include "kernel/cap.h"
#include "kernel/death.h"
#include "kernel/edit.h"
#include "kernel/frame_boot.h"
#include "kernel/kcheck.h"
#include "kernel/panic.h"
#include "kernel/paging.h"
#include "kernel/retype.h"
#include "kernel/sched.h"
#include "memory_arch.h"

enum { STACK_PAGES = 16 };
#define STACK_TOP 0x7fffffff0000u

static pfn_t next_free;
static pfn_t root;
static const struct boot_info *boot;

static bool in_module(pfn_t f)
{
    for (uint32_t i = 0; i < boot->modules; i++)
        if (f >= boot->module[i].first && f - boot->module[i].first < boot->module[i].frames)
            return true;
    return false;
}

static pfn_t take(void)
{
    while (next_free < frame_count && (frame_type[next_free] != FRAME_DATA ||
                                       frame_refs[next_free] != 0 || in_module(next_free)))
        next_free++;
    if (next_free == frame_count)
        panic("too little memory for the memory server");
    return next_free++;
}

/* Nothing that happens here depends on a user. */
static void must(status_t status)
{
    if (status != OK)
        panic("the memory server could not be started");
}

static pfn_t take_as(enum frame_type type)
{
    uint64_t ticket;
    pfn_t f = take();

    edit_list[0] = f;
    must(retype_begin(1, &ticket));
    must(retype_end(1, type));
    return f;
}

static void edit(enum edit_op op, pfn_t node, uint32_t index, pfn_t frame, uint32_t prop)
{
    must(edit_run_one(root, (struct edit_rec){ .node = node,
                                               .index = (uint16_t)index,
                                               .count = 1,
                                               .op = (uint8_t)op,
                                               .prop = (uint16_t)prop,
                                               .frame = frame }));
}

static void map(vaddr_t va, pfn_t frame, uint32_t prop)
{
    pfn_t node = root;

    for (uint32_t level = PT_LEVELS; level > 1; level--) {
        uint32_t i = va_index(va, level);

        if (pt_load(node, i) == 0)
            edit(EDIT_LINK, node, i, take_as((enum frame_type)(FRAME_PT1 + level - 2)), 0);
        node = pte_child(pt_load(node, i));
    }
    edit(EDIT_MAP_RUN, node, va_index(va, 1), frame, prop);
}

/* Copy what the file has of the page at `offset` of a segment; the rest is zero. */
static void load_page(const uint8_t *image, const struct elf_segment *s, uint64_t offset)
{
    pfn_t f = take();
    uint64_t bytes = 0;

    frame_zero(f);
    if (offset < s->file_bytes)
        bytes = s->file_bytes - offset < PAGE_BYTES ? s->file_bytes - offset : PAGE_BYTES;
    memcpy(frame_address(f), image + s->file_offset + offset, bytes);
    map(s->va + offset, f, s->prop);
}

static uint64_t load_image(const uint8_t *image, uint64_t bytes)
{
    struct elf_image elf;

    if (elf_parse(image, bytes, &elf) != OK)
        panic("the module mm is not a program that can be loaded");
    for (uint32_t i = 0; i < elf.segments; i++)
        for (uint64_t at = 0; at < elf.segment[i].mem_bytes; at += PAGE_BYTES)
            load_page(image, &elf.segment[i], at);
    return elf.entry;
}

static const struct boot_module *find_mm(void)
{
    for (uint32_t i = 0; i < boot->modules; i++)
        if (strcmp(boot->module[i].name, "mm") == 0)
            return &boot->module[i];
    panic("no module named mm: GRUB must load one");
}

static pfn_t make_object(enum obj_kind kind)
{
    pfn_t f = take_as(FRAME_OBJECT);
    uint64_t gen;

    must(object_init(f, kind, &gen));
    return f;
}

static void fill_record(struct boot_record *r, pfn_t table, pfn_t thread, pfn_t endpoint)
{
    r->frames = frame_count;
    r->cpus = tlb_cpus;
    r->checking = kcheck_linked;
    r->root = root;
    r->table = table;
    r->thread = thread;
    r->endpoint = endpoint;
    r->ticks_per_second = TICKS_PER_SECOND;
    r->tsc_per_second = timer_tsc_per_second();
    memcpy(r->options, boot->command_line, sizeof r->options - 1);
    memcpy(r->module, boot->module, sizeof r->module);
    r->modules = boot->modules;
    r->devices = frame_boot_devices(r->device);
}

static void fill_table(pfn_t table, pfn_t endpoint)
{
    cap_put_device(table, MM_SLOT_MEMORY, CAP_MEMORY, 0);
    must(cap_put(table, MM_SLOT_ENDPOINT, endpoint, RIGHT_ALL, 0));
    cap_put_device(table, MM_SLOT_COM1, CAP_PORT, PORT_COM1);
    cap_put_device(table, MM_SLOT_COM2, CAP_PORT, PORT_COM2);
    cap_put_device(table, MM_SLOT_EXIT, CAP_PORT, PORT_QEMU_EXIT);
    cap_put_device(table, MM_SLOT_BOCHS_EXIT, CAP_PORT, PORT_BOCHS_EXIT);
    cap_put_device(table, MM_SLOT_IRQ4, CAP_IRQ, 4);
}

static void start_thread(pfn_t thread, pfn_t table, uint64_t entry)
{
    uint64_t ticket;

    must(thread_set(thread, THREAD_TABLE, table));
    must(thread_set(thread, THREAD_PRIORITY, PRIORITY_MM));
    must(thread_bind(thread, root, &ticket));
    must(thread_start(thread, entry, STACK_TOP - 8, BOOT_RECORD_VA));
}

void start_mm(const struct boot_info *info)
{
    const struct boot_module *module;
    pfn_t record, table, thread, endpoint;
    uint64_t entry;

    boot = info;
    module = find_mm();
    root = take_as(FRAME_PT4);
    paging_add_window(root);
    entry = load_image(frame_address(module->first), module->bytes);
    for (uint32_t i = 1; i <= STACK_PAGES; i++)
        map(STACK_TOP - i * PAGE_BYTES, take(), PROP_R | PROP_W);
    table = make_object(OBJ_TABLE);
    thread = make_object(OBJ_THREAD);
    endpoint = make_object(OBJ_ENDPOINT);
    record = take();
    frame_zero(record);
    fill_record(frame_address(record), table, thread, endpoint);
    map(BOOT_RECORD_VA, record, PROP_R);
    fill_table(table, endpoint);
    death_init(object_get(endpoint, OBJ_ENDPOINT), object_get(thread, OBJ_THREAD));
    start_thread(thread, table, entry);
}
