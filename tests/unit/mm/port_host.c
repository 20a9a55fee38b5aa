/*
 * core/port.h answered by the kernel's own frame table and edit code over simulated memory.
 *
 * It also watches: a frame that an edit frees while another CPU may still translate to it, or a
 * node that is emptied while one may still walk it, is a failure here, whether or not a test
 * looks for it.
 */
#include "port_host.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/pte.h"
#include "kernel/edit.h"
#include "kernel/kcheck.h"
#include "kernel/kcorrupt.h"
#include "kernel/retype.h"
#include "kernel/tlb.h"
#include "tlb_sim.h"

struct edit_page_in port_host_in;
struct edit_page_out port_host_out;
struct edit_page_old port_host_old;
uint32_t port_frames;
uint32_t port_cpus;
uint32_t port_host_flushes;
char port_host_log[256];

enum { REPLIES = 64 };
static struct port_host_reply replies[REPLIES];
static uint32_t reply_first, reply_last;
static pfn_t bound[MEMORY_FRAMES_MAX];
static bool dead[MEMORY_FRAMES_MAX];
static struct port_host_pager pagers[MEMORY_FRAMES_MAX];
/* By node: the root whose CPUs may still walk it since it was cut off; NO_FRAME: none. */
static pfn_t walked[MEMORY_FRAMES_MAX];

void port_host_reset(uint32_t frames, uint32_t cpus)
{
    memory_reset(frames);
    frame_init(2, frames - 2, FRAME_DATA);
    tlb_cpus = cpus;
    port_frames = frames;
    port_cpus = cpus;
    port_host_flushes = 0;
    reply_first = reply_last = 0;
    tlb_sim_reset();
    memset(dead, 0, sizeof dead);
    for (uint32_t i = 0; i < MEMORY_FRAMES_MAX; i++)
        bound[i] = walked[i] = NO_FRAME;
}

struct port_host_pager port_host_pager(pfn_t thread)
{
    return pagers[thread];
}

void port_host_load(uint32_t cpu, pfn_t root)
{
    cr_assert(cpu > 0 && cpu < tlb_cpus);
    tlb_root[cpu] = root;
    tlb_sim_forget(cpu);
    tlb_flushed[cpu] = root == NO_FRAME ? FLUSHED_FOREVER : tlb_clock;
}

static void flush_cpu(uint32_t cpu)
{
    tlb_sim_forget(cpu);
    if (tlb_flushed[cpu] != FLUSHED_FOREVER)
        tlb_flushed[cpu] = tlb_clock;
}

static void wait_for(uint64_t ticket)
{
    for (uint32_t c = 0; !tlb_done(ticket) && c < tlb_cpus; c++)
        flush_cpu(c);
}

/* A node that was cut off may be emptied or linked anew only when no CPU walks it. */
static void watch_nodes(pfn_t root, struct edit_rec rec)
{
    bool edits = rec.op == EDIT_CLEAR || (rec.op == EDIT_UNLINK && root == NO_FRAME);

    if (edits && rec.node < MEMORY_FRAMES_MAX)
        cr_assert_eq(walked[rec.node], NO_FRAME, "a node was emptied before the flush");
    if ((rec.op == EDIT_LINK || rec.op == EDIT_SPLIT) && rec.frame < MEMORY_FRAMES_MAX)
        cr_assert_eq(walked[rec.frame], NO_FRAME, "a node was linked before the flush");
    if (rec.op == EDIT_UNLINK && root != NO_FRAME && port_loaded(root))
        walked[pte_child(port_entry(rec.node, rec.index))] = root;
}

/* No CPU may translate to a frame that is free from now on. */
static void watch_frames(void)
{
    for (uint32_t i = 0; i < edit_answer.zeroed; i++)
        cr_assert(!tlb_sim_maps(edit_zero[i]), "frame %u was freed before the flush",
                  edit_zero[i]);
}

status_t port_edit1(pfn_t root, struct edit_rec rec, struct port_edited *out)
{
    watch_nodes(root, rec);
    edit_recs[0] = rec;
    memcpy(edit_list, port_host_in.list, sizeof edit_list);
    status_t st = edit_run(root, 1);

    port_host_out.result = edit_answer;
    memcpy(port_host_out.zero, edit_zero, sizeof edit_zero);
    memcpy(port_host_old.entry, edit_old, sizeof edit_old);
    *out = (struct port_edited){ .ticket = edit_answer.ticket,
                                 .removed = edit_answer.removed,
                                 .zeroed = edit_answer.zeroed,
                                 .changed = edit_answer.changed,
                                 .zero = edit_zero[0],
                                 .old = edit_old[0] };
    watch_frames();
    if (st != OK || root == NO_FRAME)
        return st;
    cr_assert(edit_answer.ticket == 0 || edit_answer.removed == 0 || edit_answer.zeroed == 0,
              "a frame was freed before the flush");
    return st;
}

status_t port_retype(const pfn_t *frames, uint32_t n, enum frame_type type)
{
    uint64_t ticket;

    memcpy(port_host_in.list, frames, n * sizeof frames[0]);
    memcpy(edit_list, frames, n * sizeof frames[0]);
    status_t st = retype_begin(n, &ticket);

    if (st != OK)
        return st;
    wait_for(ticket);
    return retype_end(n, type);
}

bool port_loaded(pfn_t root)
{
    return port_cpus > 1 && port_parent(root) != 0;
}

void port_flush(pfn_t root, const vaddr_t *pages, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        port_host_old.entry[i] = pages[i];
    port_host_flushes++;
    tlb_sim_flush(root, pages, n);
    for (uint32_t c = 1; c < tlb_cpus; c++) /* an address at a time is enough for the ticket */
        if (tlb_root[c] == root)
            tlb_flushed[c] = tlb_clock;
    for (uint32_t i = 0; n == 0 && i < MEMORY_FRAMES_MAX; i++)
        walked[i] = walked[i] == root ? NO_FRAME : walked[i];
}

status_t port_object_init(pfn_t object, enum obj_kind kind)
{
    (void)kind;
    dead[object] = false;
    bound[object] = NO_FRAME;
    pagers[object] = (struct port_host_pager){ NO_FRAME, 0 };
    frame_live[object] = 1;
    return OK;
}

void port_object_destroy(pfn_t object)
{
    cr_assert(bound[object] == NO_FRAME);
    frame_live[object] = 0;
}

status_t port_cap_put(pfn_t table, uint32_t slot, pfn_t object, uint32_t rights, uint32_t badge)
{
    (void)rights, (void)badge;
    cr_assert_eq(frame_type[table], FRAME_OBJECT);
    cr_assert_eq(frame_type[object], FRAME_OBJECT);
    cr_assert(slot < CAP_SLOTS);
    return OK;
}

status_t port_cap_put_mm(pfn_t table, uint32_t badge)
{
    cr_assert_eq(frame_type[table], FRAME_OBJECT);
    cr_assert_neq(badge, 0);
    return OK;
}

status_t port_thread_set(pfn_t thread, enum thread_field field, uint64_t value)
{
    cr_assert_eq(frame_type[thread], FRAME_OBJECT);
    if (field == THREAD_PAGER) {
        cr_assert(value == NO_FRAME || frame_live[value] == 1, "no such endpoint");
        pagers[thread].endpoint = (pfn_t)value;
    }
    if (field == THREAD_PAGER_BADGE)
        pagers[thread].badge = (uint32_t)value;
    return OK;
}

status_t port_thread_bind(pfn_t thread, pfn_t root)
{
    cr_assert_eq(frame_type[thread], FRAME_OBJECT);
    if (bound[thread] != NO_FRAME && --frame_parent[bound[thread]] == 0)
        for (uint32_t c = 1; c < tlb_cpus; c++)
            if (tlb_root[c] == bound[thread])
                port_host_load(c, NO_FRAME);
    bound[thread] = root;
    if (root != NO_FRAME)
        frame_parent[root]++;
    return OK;
}

status_t port_thread_start(pfn_t thread, uint64_t ip, uint64_t sp, uint64_t argument)
{
    (void)ip, (void)sp, (void)argument;
    cr_assert_eq(frame_type[thread], FRAME_OBJECT);
    return OK;
}

void port_host_kill_thread(pfn_t thread)
{
    status_t st = port_thread_bind(thread, NO_FRAME);

    cr_assert_eq(st, OK);
    dead[thread] = true;
}

status_t port_thread_info(pfn_t thread, struct port_thread_info *out)
{
    *out = (struct port_thread_info){ .state = dead[thread] ? THREAD_DEAD : THREAD_READY };
    return OK;
}

uint64_t port_kstat(enum kstat what)
{
    (void)what;
    return 0;
}

status_t port_kcheck(uint64_t *row, uint64_t *frame)
{
    pfn_t where = NO_FRAME;

    *row = kcheck(&where);
    *frame = where;
    return OK;
}

status_t port_kcorrupt(uint64_t row)
{
    (void)row;
    return E_INVAL;
}

status_t port_inject(pfn_t f, uint32_t refs)
{
    return kcorrupt_inject(f, refs);
}

void port_reply(int64_t token, const struct ipc_msg *msg)
{
    replies[reply_last++ % REPLIES] = (struct port_host_reply){ token, *msg };
}

struct port_host_reply port_host_next_reply(void)
{
    if (reply_first == reply_last)
        return (struct port_host_reply){ 0 };
    return replies[reply_first++ % REPLIES];
}

void port_log(const char *line)
{
    strncpy(port_host_log, line, sizeof port_host_log - 1);
}
