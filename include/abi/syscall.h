/*
 * The system calls: numbers, and which register carries what.
 *
 * In:  rax the number; rdi, rsi, rdx, r10, r8, r9 the arguments; rbx the caller token of
 *      SYS_REPLY and SYS_REPLY_RECV.
 * Out: rax a status or a token; rdi, rsi, rdx, r10, r8, r9 as the call says.
 * rcx and r11 are lost; rbx, rbp, r12 to r15 and rsp are kept. Registers that a call does
 * not name come back zero or as they were: nothing of the kernel shows in them.
 *
 * Message passing (call, recv, reply, reply_recv):
 *   in:  rdi = capability slot | extra << 32; rsi, rdx, r10, r8, r9 = the five words;
 *        `extra` more words are taken from the start of the thread's message page.
 *   out: rax = status (call, reply) or, for a received message, the caller token (> 0);
 *        rdi = badge | extra << 32; the five words; extra words in the message page.
 *   A reply that carries its words to a caller: rdi = extra << 32.
 *   A notification arrives as token 0 with its bits in rsi and badge 0.
 *   recv with extra = SYS_RECV_TICK answers E_NOTQUIET when nothing has come by the next timer
 *   tick, and at once when nobody else can run.
 *   A fault arrives as a call from the faulting thread: see abi/fault.h.
 */
#pragma once
#include "abi/types.h"

enum sys {
    SYS_NULL,       /* does nothing: OK */
    SYS_CALL,       /* send to an endpoint and wait for the reply */
    SYS_RECV,       /* wait for a message or a notification */
    SYS_REPLY,      /* answer the caller whose token is in rbx; rdi as in the table above,
                        low half: the endpoint the caller waits on */
    SYS_REPLY_RECV, /* reply, then recv on the same endpoint; a failed reply is not reported */
    SYS_NOTIFY,     /* rdi slot, rsi bits: or the bits into the endpoint; never waits */
    SYS_YIELD,      /* let another thread of this priority run */
    SYS_EXIT,       /* end this thread; rdi code (for the report) */
    SYS_CLOCK,      /* out: rsi microseconds of guest time since boot, rdx timer ticks */
    SYS_QUIET,      /* out: rsi = enum quiet */
    SYS_THREAD_STATE, /* rdi slot of a thread. out: rsi enum thread_state, rdx fault word,
                         r10 fault address, r8 instruction pointer */
    SYS_CAP_COPY,     /* rdi source slot, rsi slot of the target table (0: own), rdx target
                        slot, r10 rights mask, r8 badge (0: keep) */
    SYS_CAP_DROP,     /* rdi slot of own table: make it empty */
    SYS_PORT,         /* rdi slot, rsi enum port_op | count << 8, rdx offset, r10, r8 data.
                        out: rsi value read */
    SYS_IRQ_BIND,     /* rdi irq slot, rsi endpoint slot (RECV), rdx bits to notify */
    SYS_IRQ_ACK,      /* rdi irq slot: let the next interrupt of this line come */

    /* From here on only with the MEMORY capability. Objects and frames go by frame number. */
    SYS_PT_EDIT,      /* rdi root, rsi records in the edit page. out: rax status; the answer is
                        in the out page */
    SYS_PT_EDIT1,     /* rdi root, rsi and rdx one record. out: rax status, rdi ticket,
                        rsi removed | zeroed << 32, rdx the frame that came to zero (if one),
                        r10 changed, r8 old entry (if one and asked) */
    SYS_EDIT_BUF,     /* rdi first of three consecutive DATA frames, pinned: in, out, old */
    SYS_RETYPE_BEGIN, /* rdi count, frames in the in page's list. out: rsi ticket */
    SYS_RETYPE_END,   /* rdi count, rsi enum frame_type, frames in the in page's list */
    SYS_TLB_FLUSH,    /* rdi root, rsi count (0: everything) of addresses in the old page.
                        out: rsi ticket */
    SYS_TLB_WAIT,     /* rdi ticket: return when every CPU has flushed since */
    SYS_OBJ_INIT,     /* rdi OBJECT frame, rsi enum obj_kind. out: rsi generation */
    SYS_OBJ_DESTROY,  /* rdi object. E_NOTQUIET: bounded work done, call again */
    SYS_CAP_PUT,      /* rdi table, rsi slot, rdx object, r10 rights, r8 badge */
    SYS_THREAD_SET,   /* rdi thread, rsi enum thread_field, rdx value */
    SYS_THREAD_BIND,  /* rdi thread, rsi root or NO_FRAME. out: rsi ticket of the old root */
    SYS_THREAD_START, /* rdi thread, rsi ip, rdx sp, r10 argument (arrives in rdi) */
    SYS_THREAD_INFO,  /* rdi thread. out as SYS_THREAD_STATE */
    SYS_KSTAT,        /* rdi enum kstat. out: rsi value */
    SYS_KCHECK,       /* whole-table check. out: rsi row that fails (reference: checks) or 0,
                        rdx the frame concerned. The plain image answers E_INVAL */
    SYS_KCORRUPT,     /* checking image only: rdi row: break one word so that KCHECK names it;
                         0: repair the last one broken */
    SYS_INJECT,       /* checking image only: rdi frame, rsi count: set refs of a DATA frame */
    SYS_COUNT
};

enum { SYS_RECV_TICK = 1 };

enum quiet {
    QUIET_NOT,       /* another thread can run, or something is pending */
    QUIET,           /* every other thread is blocked, and nothing is pending */
    QUIET_TILL_TICK, /* … but one goes on at the next timer tick (SYS_RECV_TICK) */
};

enum obj_kind { OBJ_NONE, OBJ_THREAD, OBJ_ENDPOINT, OBJ_TABLE };

/* What a capability slot holds. */
enum cap_kind { CAP_NONE, CAP_THREAD, CAP_ENDPOINT, CAP_TABLE, CAP_PORT, CAP_IRQ, CAP_MEMORY };

enum cap_right {
    RIGHT_SEND = 1u << 0,   /* call */
    RIGHT_RECV = 1u << 1,   /* recv, reply */
    RIGHT_NOTIFY = 1u << 2, /* notify */
    RIGHT_STATE = 1u << 3,  /* thread: read its state */
    RIGHT_WRITE = 1u << 4,  /* table: put capabilities in */
    RIGHT_IO = 1u << 5,     /* port, irq */
    RIGHT_ALL = (1u << 6) - 1,
};

/* Slots that every program finds filled. */
enum cap_slot {
    SLOT_NONE = 0,   /* always empty */
    SLOT_MM = 1,     /* clients: mm's endpoint, badged; mm: the MEMORY capability */
    SLOT_FREE = 2,   /* first one for the program's own use */
    CAP_SLOTS = 120, /* slots of a table */
};

/* Slots of mm's own table at boot; init's table gets copies of the ports. */
enum mm_slot {
    MM_SLOT_MEMORY = 1,
    MM_SLOT_ENDPOINT = 2,
    MM_SLOT_COM1 = 3,
    MM_SLOT_COM2 = 4,
    MM_SLOT_EXIT = 5,       /* QEMU: isa-debug-exit */
    MM_SLOT_IRQ4 = 6,       /* COM1 */
    MM_SLOT_BOCHS_EXIT = 7, /* Bochs: the shutdown port */
};

/* Port ranges of the allow-list; `offset` counts from the first port of the range. */
enum port_range { PORT_COM1, PORT_COM2, PORT_QEMU_EXIT, PORT_BOCHS_EXIT, PORT_RANGES };
enum port_op { PORT_IN8, PORT_OUT8, PORT_OUT8_RUN /* count <= 16 bytes packed in r10, r8 */ };

enum thread_field {
    THREAD_TABLE,    /* OBJ_TABLE it uses */
    THREAD_PRIORITY, /* 0 .. PRIORITY_MAX */
    THREAD_MESSAGE,  /* DATA frame to pin as message page, or NO_FRAME */
    THREAD_HANDLER,  /* slot in its own table to send faults to; 0: none */
    THREAD_PAGER,    /* endpoint object for the space's handler; NO_FRAME: none */
    THREAD_PAGER_BADGE,
    THREAD_LIMIT, /* timer ticks it may run between two system calls; 0: no limit */
};
enum { PRIORITY_MAX = 7, PRIORITY_MM = 7, PRIORITY_CLIENT = 4, PRIORITY_LOW = 1 };

enum thread_state {
    THREAD_STOPPED, /* made, not started */
    THREAD_READY,   /* running or able to */
    THREAD_SENDING, /* in call, not yet received */
    THREAD_WAITING, /* in call, received, not yet replied to (faults too) */
    THREAD_RECEIVING,
    THREAD_FLUSHING, /* in tlb_wait */
    THREAD_DEAD,
};

enum kstat {
    KSTAT_EDITS,
    KSTAT_IPC,
    KSTAT_IPI,
    KSTAT_OBJECTS,
    KSTAT_CR3,
    KSTAT_SYSCALLS,
    KSTAT_TICKS,
    KSTAT_COUNT
};
