/*
 * The user side of every system call (abi/syscall.h has the registers and the meaning).
 *
 * All are inline: a call costs its syscall instruction and the moves that its arguments
 * need, and a message lives in registers as long as the compiler can keep it there.
 * Calls that need the MEMORY capability are in sys_memory.h.
 */
#pragma once
#include "abi/ipc.h"
#include "abi/status.h"
#include "abi/syscall.h"

#define SYS_INLINE static inline __attribute__((always_inline))

/* The registers that a system call reads and writes. */
struct sys_regs {
    uint64_t rax, rdi, rsi, rdx, r10, r8, r9;
};

/* Enters the kernel with *r in the registers; what comes back is in *r. */
SYS_INLINE void sys_enter(struct sys_regs *r)
{
    register uint64_t r10 __asm__("r10") = r->r10;
    register uint64_t r8 __asm__("r8") = r->r8;
    register uint64_t r9 __asm__("r9") = r->r9;

    __asm__ volatile("syscall"
                     : "+a"(r->rax), "+D"(r->rdi), "+S"(r->rsi), "+d"(r->rdx), "+r"(r10),
                       "+r"(r8), "+r"(r9)
                     :
                     : "rcx", "r11", "memory");
    r->r10 = r10;
    r->r8 = r8;
    r->r9 = r9;
}

/* As sys_enter, with the token of the caller to answer in rbx. */
SYS_INLINE void sys_enter_token(struct sys_regs *r, int64_t token)
{
    register uint64_t r10 __asm__("r10") = r->r10;
    register uint64_t r8 __asm__("r8") = r->r8;
    register uint64_t r9 __asm__("r9") = r->r9;

    __asm__ volatile("syscall"
                     : "+a"(r->rax), "+D"(r->rdi), "+S"(r->rsi), "+d"(r->rdx), "+r"(r10),
                       "+r"(r8), "+r"(r9)
                     : "b"(token)
                     : "rcx", "r11", "memory");
    r->r10 = r10;
    r->r8 = r8;
    r->r9 = r9;
}

SYS_INLINE struct sys_regs sys_regs_from(enum sys number, uint32_t slot, uint32_t extra,
                                         const struct ipc_msg *msg)
{
    return (struct sys_regs){
        .rax = number,
        .rdi = slot | (uint64_t)extra << 32,
        .rsi = msg->w[0],
        .rdx = msg->w[1],
        .r10 = msg->w[2],
        .r8 = msg->w[3],
        .r9 = msg->w[4],
    };
}

SYS_INLINE struct ipc_msg sys_regs_words(const struct sys_regs *r)
{
    return (struct ipc_msg){ { r->rsi, r->rdx, r->r10, r->r8, r->r9 } };
}

SYS_INLINE struct ipc_from sys_regs_sender(const struct sys_regs *r)
{
    return (struct ipc_from){ (int64_t)r->rax, (uint32_t)r->rdi, (uint32_t)(r->rdi >> 32) };
}

/* Message passing. */

/*
 * Sends *msg and `extra` words of the message page to the endpoint in `slot`; waits.
 * Returns OK, and the answer is in *msg, its further words in the message page, their
 * number in *extra_out; else a status, and *msg and *extra_out are not to be used.
 */
NODISCARD SYS_INLINE status_t sys_call(uint32_t slot, uint32_t extra, struct ipc_msg *msg,
                                       uint32_t *extra_out)
{
    struct sys_regs r = sys_regs_from(SYS_CALL, slot, extra, msg);

    sys_enter(&r);
    *msg = sys_regs_words(&r);
    *extra_out = (uint32_t)(r.rdi >> 32);
    return (status_t)r.rax;
}

/* Waits for a message or a notification (token 0, bits in msg->w[0]) on `slot`. */
SYS_INLINE struct ipc_from sys_recv(uint32_t slot, struct ipc_msg *msg)
{
    struct sys_regs r = { .rax = SYS_RECV, .rdi = slot };

    sys_enter(&r);
    *msg = sys_regs_words(&r);
    return sys_regs_sender(&r);
}

/* The same, no longer than until the next timer tick, and not at all when nobody else can run:
 * then token E_NOTQUIET. */
SYS_INLINE struct ipc_from sys_recv_tick(uint32_t slot, struct ipc_msg *msg)
{
    struct sys_regs r = { .rax = SYS_RECV, .rdi = slot | (uint64_t)SYS_RECV_TICK << 32 };

    sys_enter(&r);
    *msg = sys_regs_words(&r);
    return sys_regs_sender(&r);
}

/* Answers the caller of `token`, who called through the endpoint in `slot`. */
NODISCARD SYS_INLINE status_t sys_reply(uint32_t slot, int64_t token, uint32_t extra,
                                        const struct ipc_msg *msg)
{
    struct sys_regs r = sys_regs_from(SYS_REPLY, slot, extra, msg);

    sys_enter_token(&r, token);
    return (status_t)r.rax;
}

/* sys_reply of *msg, its outcome dropped, then sys_recv into *msg. */
SYS_INLINE struct ipc_from sys_reply_recv(uint32_t slot, int64_t token, uint32_t extra,
                                          struct ipc_msg *msg)
{
    struct sys_regs r = sys_regs_from(SYS_REPLY_RECV, slot, extra, msg);

    sys_enter_token(&r, token);
    *msg = sys_regs_words(&r);
    return sys_regs_sender(&r);
}

/* Calls that answer a status and nothing else. */
SYS_INLINE status_t sys_simple(enum sys number, uint64_t rdi, uint64_t rsi, uint64_t rdx,
                               uint64_t r10, uint64_t r8)
{
    struct sys_regs r = { number, rdi, rsi, rdx, r10, r8, 0 };

    sys_enter(&r);
    return (status_t)r.rax;
}

/* Calls that answer a status and one word. *out is written on success and on failure. */
SYS_INLINE status_t sys_word(enum sys number, uint64_t rdi, uint64_t rsi, uint64_t rdx,
                             uint64_t *out)
{
    struct sys_regs r = { .rax = number, .rdi = rdi, .rsi = rsi, .rdx = rdx };

    sys_enter(&r);
    *out = r.rsi;
    return (status_t)r.rax;
}

/* Returns OK: what a system call costs when it does nothing. */
SYS_INLINE status_t sys_null(void)
{
    uint64_t rax = SYS_NULL;

    __asm__ volatile("syscall"
                     : "+a"(rax)
                     :
                     : "rdi", "rsi", "rdx", "r10", "r8", "r9", "rcx", "r11", "memory");
    return (status_t)rax;
}

NODISCARD SYS_INLINE status_t sys_notify(uint32_t slot, uint64_t bits)
{
    return sys_simple(SYS_NOTIFY, slot, bits, 0, 0, 0);
}

SYS_INLINE void sys_yield(void)
{
    (void)sys_simple(SYS_YIELD, 0, 0, 0, 0, 0);
}

__attribute__((noreturn)) SYS_INLINE void sys_exit(uint64_t code)
{
    for (;;) {
        (void)sys_simple(SYS_EXIT, code, 0, 0, 0, 0);
    }
}

/* Microseconds of guest time since boot; timer ticks in *ticks. */
SYS_INLINE uint64_t sys_clock(uint64_t *ticks)
{
    struct sys_regs r = { .rax = SYS_CLOCK };

    sys_enter(&r);
    *ticks = r.rdx;
    return r.rsi;
}

/* Returns whether another thread can run. */
SYS_INLINE enum quiet sys_quiet(void)
{
    uint64_t quiet;
    status_t status = sys_word(SYS_QUIET, 0, 0, 0, &quiet);

    return status == OK ? (enum quiet)quiet : QUIET_NOT;
}

/* What SYS_THREAD_STATE and SYS_THREAD_INFO tell of a thread. */
struct sys_thread {
    enum thread_state state;
    uint64_t fault; /* fault word, see abi/fault.h */
    uint64_t address;
    uint64_t ip;
};

SYS_INLINE status_t sys_thread_word(enum sys number, uint64_t which, struct sys_thread *out)
{
    struct sys_regs r = { .rax = number, .rdi = which };

    sys_enter(&r);
    *out = (struct sys_thread){ (enum thread_state)r.rsi, r.rdx, r.r10, r.r8 };
    return (status_t)r.rax;
}

NODISCARD SYS_INLINE status_t sys_thread_state(uint32_t slot, struct sys_thread *out)
{
    return sys_thread_word(SYS_THREAD_STATE, slot, out);
}

/* table: slot of the target table, 0 for the own one; rights: enum cap_right;
   badge 0 keeps the source's. */
NODISCARD SYS_INLINE status_t sys_cap_copy(uint32_t from, uint32_t table, uint32_t to,
                                           uint32_t rights, uint32_t badge)
{
    return sys_simple(SYS_CAP_COPY, from, table, to, rights, badge);
}

NODISCARD SYS_INLINE status_t sys_cap_drop(uint32_t slot)
{
    return sys_simple(SYS_CAP_DROP, slot, 0, 0, 0, 0);
}

/* Ports and interrupts. offset counts from the first port of the capability's range. */

enum { SYS_PORT_RUN_MAX = 16 };

NODISCARD SYS_INLINE status_t sys_port_in8(uint32_t slot, uint32_t offset, uint8_t *value)
{
    uint64_t word;
    status_t status = sys_word(SYS_PORT, slot, PORT_IN8, offset, &word);

    *value = (uint8_t)word;
    return status;
}

NODISCARD SYS_INLINE status_t sys_port_out8(uint32_t slot, uint32_t offset, uint8_t value)
{
    return sys_simple(SYS_PORT, slot, PORT_OUT8, offset, value, 0);
}

/* Writes `count` <= SYS_PORT_RUN_MAX bytes to one port, one after the other: the bytes of
   lo, then those of hi, each from its low end. */
NODISCARD SYS_INLINE status_t sys_port_out8_run(uint32_t slot, uint32_t offset, uint32_t count,
                                                uint64_t lo, uint64_t hi)
{
    return sys_simple(SYS_PORT, slot, PORT_OUT8_RUN | (uint64_t)count << 8, offset, lo, hi);
}

NODISCARD SYS_INLINE status_t sys_irq_bind(uint32_t irq, uint32_t endpoint, uint64_t bits)
{
    return sys_simple(SYS_IRQ_BIND, irq, endpoint, bits, 0, 0);
}

NODISCARD SYS_INLINE status_t sys_irq_ack(uint32_t irq)
{
    return sys_simple(SYS_IRQ_ACK, irq, 0, 0, 0, 0);
}
