#include "kernel/memory_call.h"

#include "cpu_arch.h"
#include "kernel/edit.h"
#include "kernel/kcheck_call.h"
#include "kernel/retype.h"
#include "kernel/sched.h"
#include "kernel/syscall.h"
#include "memory_arch.h"

/* The first of three consecutive frames that each CPU's worker shares; 0 until SYS_EDIT_BUF. */
static pfn_t edit_first[CPU_MAX];
static uint64_t edits;

enum { PAGE_IN, PAGE_OUT, PAGE_OLD, EDIT_PAGES };

static void *edit_page(uint32_t which)
{
    return frame_address(edit_first[cpu_this()->index] + which);
}

static const struct edit_page_in *page_in(void)
{
    return edit_page(PAGE_IN);
}

static bool have_pages(void)
{
    return edit_first[cpu_this()->index] != 0;
}

static status_t edit_buf(const struct context *r)
{
    uint32_t pinned = 0;

    if (have_pages())
        return E_BUSY;
    while (pinned < EDIT_PAGES && frame_pin(r->rdi + pinned) == OK)
        pinned++;
    if (pinned == EDIT_PAGES) {
        edit_first[cpu_this()->index] = (pfn_t)r->rdi;
        return OK;
    }
    while (pinned > 0)
        frame_unpin((pfn_t)r->rdi + --pinned);
    return E_TYPE;
}

static bool names_list(struct edit_rec rec)
{
    return rec.op == EDIT_MAP_LIST || rec.op == EDIT_DROP_LIST;
}

/* Copy the part of the list that the records name, each word read once. */
static status_t copy_list(uint64_t words)
{
    if (words > EDIT_PAGES_MAX)
        return E_INVAL;
    cpu_copy_words(edit_list, page_in()->list, (words + 1) / 2);
    return OK;
}

static status_t copy_records(uint64_t n)
{
    uint64_t words = 0;

    if (!have_pages() || n > EDIT_RECS_MAX)
        return E_INVAL;
    cpu_copy_words(edit_recs, page_in()->rec, n * 2);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t end = (uint64_t)edit_recs[i].frame + edit_recs[i].count;

        if (names_list(edit_recs[i]) && end > words)
            words = end;
    }
    return copy_list(words);
}

static void publish(void)
{
    struct edit_page_out *out = edit_page(PAGE_OUT);
    struct edit_page_old *old = edit_page(PAGE_OLD);

    out->result = edit_answer;
    cpu_copy_words(out->zero, edit_zero, (edit_answer.zeroed + 1) / 2);
    cpu_copy_words(old->entry, edit_old, edit_answer.old);
}

static bool root_ok(uint64_t root)
{
    return root == NO_FRAME || (root < frame_count && frame_type[root] == FRAME_PT4);
}

static status_t pt_edit(struct context *r)
{
    status_t st = root_ok(r->rdi) ? copy_records(r->rsi) : E_TYPE;

    if (st != OK)
        return st;
    st = edit_run((pfn_t)r->rdi, (uint32_t)r->rsi);
    edits += edit_answer.done;
    publish();
    return st;
}

/* The record in rsi and rdx. */
static struct edit_rec record_in(const struct context *r)
{
    return (struct edit_rec){
        .node = (pfn_t)r->rsi,
        .index = (uint16_t)(r->rsi >> 32),
        .count = (uint16_t)(r->rsi >> 48),
        .op = (uint8_t)r->rdx,
        .flags = (uint8_t)(r->rdx >> 8),
        .prop = (uint16_t)(r->rdx >> 16),
        .frame = (pfn_t)(r->rdx >> 32),
    };
}

/* The list that the record names, if it names one, and the root are there. */
static inline status_t check_edit1(uint64_t root, struct edit_rec rec)
{
    if (!root_ok(root))
        return E_TYPE;
    if (!names_list(rec))
        return OK;
    return have_pages() ? copy_list((uint64_t)rec.frame + rec.count) : E_INVAL;
}

void memory_call_edit1(struct thread *t)
{
    struct context *r = &t->ctx;
    struct edit_rec rec = record_in(r);
    status_t st = check_edit1(r->rdi, rec);

    if (st != OK) {
        r->rax = (uint64_t)(int64_t)st;
        return;
    }
    r->rax = (uint64_t)(int64_t)edit_run_one((pfn_t)r->rdi, rec);
    edits += edit_answer.done;
    if (edit_answer.zeroed + edit_answer.old > 1 && have_pages())
        publish();
    r->rdi = edit_answer.ticket;
    r->rsi = edit_answer.removed | (uint64_t)edit_answer.zeroed << 32;
    r->rdx = edit_answer.zeroed != 0 ? edit_zero[0] : NO_FRAME;
    r->r10 = edit_answer.changed;
    r->r8 = edit_answer.old != 0 ? edit_old[0] : 0;
}

static status_t retype(struct context *r, bool begin)
{
    if (!have_pages() || r->rdi == 0 || r->rdi > RETYPE_MAX || copy_list(r->rdi) != OK)
        return E_INVAL;
    if (begin)
        return retype_begin((uint32_t)r->rdi, &r->rsi);
    if (r->rsi > FRAME_LIMBO)
        return E_INVAL;
    return retype_end((uint32_t)r->rdi, (enum frame_type)r->rsi);
}

static status_t tlb_flush(struct context *r)
{
    if (!root_ok(r->rdi))
        return E_TYPE;
    r->rsi = tlb_ticket((pfn_t)r->rdi);
    if (r->rsi != 0)
        sched_load_root(cpu_this()->root);
    return OK;
}

static status_t tlb_wait(struct context *r)
{
    if (r->rdi > tlb_clock)
        return E_INVAL;
    if (!tlb_done(r->rdi))
        sched_load_root(cpu_this()->root);
    return OK;
}

/* Where in struct cpu what is counted for each CPU stands. */
static const size_t counter[KSTAT_COUNT] = {
    [KSTAT_IPC] = offsetof(struct cpu, ipc),
    [KSTAT_CR3] = offsetof(struct cpu, cr3_loads),
    [KSTAT_SYSCALLS] = offsetof(struct cpu, syscalls),
    [KSTAT_TICKS] = offsetof(struct cpu, ticks),
};

static uint64_t sum(size_t offset)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < tlb_cpus; i++)
        n += *(const uint64_t *)((const char *)&cpus[i] + offset);
    return n;
}

static status_t kstat(struct context *r)
{
    if (r->rdi >= KSTAT_COUNT)
        return E_INVAL;
    if (r->rdi == KSTAT_EDITS)
        r->rsi = edits;
    else if (r->rdi == KSTAT_OBJECTS)
        r->rsi = object_count;
    else
        r->rsi = counter[r->rdi] != 0 ? sum(counter[r->rdi]) : 0;
    return OK;
}

status_t memory_call_thread_info(struct context *r, uint64_t f)
{
    const struct thread *who = object_get(f, OBJ_THREAD);

    if (who == NULL)
        return E_TYPE;
    r->rsi = who->state;
    r->rdx = who->fault.head;
    r->r10 = who->fault.address;
    r->r8 = who->ctx.rip;
    return OK;
}

status_t memory_call(struct context *r, uint32_t nr)
{
    switch (nr) {
    case SYS_PT_EDIT:
        return pt_edit(r);
    case SYS_EDIT_BUF:
        return edit_buf(r);
    case SYS_RETYPE_BEGIN:
        return retype(r, true);
    case SYS_RETYPE_END:
        return retype(r, false);
    case SYS_TLB_FLUSH:
        return tlb_flush(r);
    case SYS_TLB_WAIT:
        return tlb_wait(r);
    case SYS_THREAD_INFO:
        return memory_call_thread_info(r, r->rdi);
    case SYS_KSTAT:
        return kstat(r);
    case SYS_OBJ_INIT:
        return object_init(r->rdi, (enum obj_kind)r->rsi, &r->rsi);
    case SYS_OBJ_DESTROY:
        return object_destroy(r->rdi);
    case SYS_CAP_PUT:
        return cap_put(r->rdi, r->rsi, r->rdx, (uint32_t)r->r10, (uint32_t)r->r8);
    case SYS_THREAD_SET:
        return thread_set(r->rdi, r->rsi, r->rdx);
    case SYS_THREAD_BIND:
        return thread_bind(r->rdi, r->rsi, &r->rsi);
    case SYS_THREAD_START:
        return thread_start(r->rdi, r->rsi, r->rdx, r->r10);
    default:
        return kcheck_call(r, nr);
    }
}
