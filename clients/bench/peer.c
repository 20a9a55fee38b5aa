/*
 * What runs in the other processes. This code is copied into them, so it stands in a section
 * of its own and refers to nothing outside: no data, no function of the C library.
 */
#include "peer.h"

#include <sys.h>

#include "abi/fault.h"
#include "abi/mm.h"
#include "bench.h"

#define PEER __attribute__((section("bench_peer")))

enum { TOUCH_BYTES = 2 /* of the instruction in touch() */ };

PEER void peer_echo(uint64_t argument)
{
    struct ipc_msg msg;
    struct ipc_from from = sys_recv(PEER_SLOT_SERVE, &msg);

    (void)argument;
    for (;;)
        from = sys_reply_recv(PEER_SLOT_SERVE, from.token, from.extra, &msg);
}

PEER void peer_pager(uint64_t argument)
{
    struct ipc_msg msg;
    struct ipc_from from = sys_recv(PEER_SLOT_SERVE, &msg);

    (void)argument;
    for (;;) {
        msg.w[0] = FAULT_JUMP;
        msg.w[1] = msg.w[2] + TOUCH_BYTES;
        from = sys_reply_recv(PEER_SLOT_SERVE, from.token, 0, &msg);
    }
}

/* One request to mm with its arguments in msg. Returns: mm's status. */
static inline __attribute__((always_inline)) status_t ask(struct ipc_msg *msg,
                                                          enum mm_label label, uint32_t count)
{
    uint32_t extra;

    msg->w[0] = IPC_HEAD(label, count);

    status_t st = sys_call(SLOT_MM, 0, msg, &extra);

    return st != OK ? st : (status_t)msg->w[0];
}

PEER void peer_demand(uint64_t argument)
{
    uint64_t space = (uint32_t)argument, frame = argument >> 32;
    struct ipc_msg msg = { { 0, PEER_SLOT_DEMAND } };

    if (ask(&msg, MM_ENDPOINT_NEW, 1) != OK || ask(&msg, MM_FAULTS_AT, 1) != OK)
        sys_exit(1);

    struct ipc_from from = sys_recv(PEER_SLOT_DEMAND, &msg);

    for (;;) {
        msg = (struct ipc_msg){ { 0, space, msg.w[1] & ~(vaddr_t)(PAGE_BYTES - 1),
                                  PROP_R | PROP_W, frame } };
        msg.w[0] = ask(&msg, MM_MAP1, 4) == OK ? FAULT_RETRY : FAULT_REFUSE;
        from = sys_reply_recv(PEER_SLOT_DEMAND, from.token, 0, &msg);
    }
}

/* Read a byte where nothing is mapped, by an instruction of known length. */
static inline __attribute__((always_inline)) void touch(vaddr_t address)
{
    uint64_t value = 0;

    __asm__ volatile("movb (%%rsi), %%al" : "+a"(value) : "S"(address) : "memory");
}

PEER void peer_toucher(vaddr_t address)
{
    uint64_t took = 0;
    uint32_t extra;

    for (;;) {
        struct ipc_msg msg = { { took } };

        if (sys_call(PEER_SLOT_REPORT, 0, &msg, &extra) != OK)
            sys_exit(1);

        uint64_t start = bench_clock();

        touch(address);
        took = bench_clock() - start;
    }
}
