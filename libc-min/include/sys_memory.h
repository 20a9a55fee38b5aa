/*
 * The system calls that need the MEMORY capability: mm's side of page tables, frames and
 * kernel objects. Objects, roots and frames are named by frame number.
 */
#pragma once
#include "abi/edit.h"
#include "sys.h"

/* The answer of the one-record edit, which needs no edit pages. */
struct sys_edit1 {
    status_t status;
    uint32_t removed; /* valid leaves cleared or replaced */
    uint32_t zeroed;  /* 1: the count of frame `zero` came to 0 */
    pfn_t zero;
    uint32_t changed; /* leaves whose property changed */
    uint64_t ticket;  /* stamp to wait for; 0: no CPU has the space loaded */
    uint64_t old;     /* with EDIT_OLD and one entry: the old one */
};

/*
 * Proposes one record on the tables below `root`. With an asm of its own, because it is the
 * hottest of all: registers that carry no argument are not even cleared.
 */
NODISCARD SYS_INLINE struct sys_edit1 sys_pt_edit1(pfn_t root, struct edit_rec rec)
{
    uint64_t rax = SYS_PT_EDIT1, rdi = root;
    uint64_t rsi = rec.node | (uint64_t)rec.index << 32 | (uint64_t)rec.count << 48;
    uint64_t rdx = rec.op | (uint64_t)rec.flags << 8 | (uint64_t)rec.prop << 16 |
                   (uint64_t)rec.frame << 32;
    register uint64_t r10 __asm__("r10");
    register uint64_t r8 __asm__("r8");

    __asm__ volatile("syscall"
                     : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "=r"(r10), "=r"(r8)
                     :
                     : "r9", "rcx", "r11", "memory");
    return (struct sys_edit1){
        .status = (status_t)rax,
        .removed = (uint32_t)rsi,
        .zeroed = (uint32_t)(rsi >> 32),
        .zero = (pfn_t)rdx,
        .changed = (uint32_t)r10,
        .ticket = rdi,
        .old = r8,
    };
}

/* Proposes the first `records` records of the in page; the answer is in the out page. */
NODISCARD SYS_INLINE status_t sys_pt_edit(pfn_t root, uint32_t records)
{
    return sys_simple(SYS_PT_EDIT, root, records, 0, 0, 0);
}

/* first, first+1 and first+2 become the caller's edit pages: in, out, old. */
NODISCARD SYS_INLINE status_t sys_edit_buf(pfn_t first)
{
    return sys_simple(SYS_EDIT_BUF, first, 0, 0, 0, 0);
}

/* The frames are list[0 .. count-1] of the in page, count <= RETYPE_MAX. */
NODISCARD SYS_INLINE status_t sys_retype_begin(uint32_t count, uint64_t *ticket)
{
    return sys_word(SYS_RETYPE_BEGIN, count, 0, 0, ticket);
}

NODISCARD SYS_INLINE status_t sys_retype_end(uint32_t count, enum frame_type type)
{
    return sys_simple(SYS_RETYPE_END, count, type, 0, 0, 0);
}

/* count addresses are in the old page; 0 flushes everything. */
NODISCARD SYS_INLINE status_t sys_tlb_flush(pfn_t root, uint32_t count, uint64_t *ticket)
{
    return sys_word(SYS_TLB_FLUSH, root, count, 0, ticket);
}

NODISCARD SYS_INLINE status_t sys_tlb_wait(uint64_t ticket)
{
    return sys_simple(SYS_TLB_WAIT, ticket, 0, 0, 0, 0);
}

NODISCARD SYS_INLINE status_t sys_obj_init(pfn_t object, enum obj_kind kind,
                                           uint64_t *generation)
{
    return sys_word(SYS_OBJ_INIT, object, kind, 0, generation);
}

/* E_NOTQUIET: bounded work was done, call again. */
NODISCARD SYS_INLINE status_t sys_obj_destroy(pfn_t object)
{
    return sys_simple(SYS_OBJ_DESTROY, object, 0, 0, 0, 0);
}

NODISCARD SYS_INLINE status_t sys_cap_put(pfn_t table, uint32_t slot, pfn_t object,
                                          uint32_t rights, uint32_t badge)
{
    return sys_simple(SYS_CAP_PUT, table, slot, object, rights, badge);
}

NODISCARD SYS_INLINE status_t sys_thread_set(pfn_t thread, enum thread_field field,
                                             uint64_t value)
{
    return sys_simple(SYS_THREAD_SET, thread, field, value, 0, 0);
}

/* root: NO_FRAME unbinds. *ticket concerns the root that was bound before. */
NODISCARD SYS_INLINE status_t sys_thread_bind(pfn_t thread, pfn_t root, uint64_t *ticket)
{
    return sys_word(SYS_THREAD_BIND, thread, root, 0, ticket);
}

NODISCARD SYS_INLINE status_t sys_thread_start(pfn_t thread, vaddr_t ip, vaddr_t sp,
                                               uint64_t argument)
{
    return sys_simple(SYS_THREAD_START, thread, ip, sp, argument, 0);
}

NODISCARD SYS_INLINE status_t sys_thread_info(pfn_t thread, struct sys_thread *out)
{
    return sys_thread_word(SYS_THREAD_INFO, thread, out);
}

NODISCARD SYS_INLINE status_t sys_kstat(enum kstat counter, uint64_t *value)
{
    return sys_word(SYS_KSTAT, counter, 0, 0, value);
}

/* *row: the invariant that fails, or 0; *frame: the frame concerned. */
NODISCARD SYS_INLINE status_t sys_kcheck(uint64_t *row, uint64_t *frame)
{
    struct sys_regs r = { .rax = SYS_KCHECK };

    sys_enter(&r);
    *row = r.rsi;
    *frame = r.rdx;
    return (status_t)r.rax;
}

NODISCARD SYS_INLINE status_t sys_kcorrupt(uint64_t row)
{
    return sys_simple(SYS_KCORRUPT, row, 0, 0, 0, 0);
}

NODISCARD SYS_INLINE status_t sys_inject(pfn_t frame, uint32_t count)
{
    return sys_simple(SYS_INJECT, frame, count, 0, 0, 0);
}
