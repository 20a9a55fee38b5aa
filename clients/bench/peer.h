/* Programs of the other processes: the bench copies their code there, page by page. */
#pragma once
#include "abi/types.h"

/* Slots of a peer's own table. */
enum peer_slot {
    PEER_SLOT_SERVE = 2,
    PEER_SLOT_REPORT = 3,
    PEER_SLOT_FAULTS = 4,
    PEER_SLOT_DEMAND = 9, /* made by peer_demand itself */
};

/* The code, page-aligned at both ends once it has been copied. */
extern const char peer_begin[] __asm__("__start_bench_peer");
extern const char peer_end[] __asm__("__stop_bench_peer");

/* Answers every call on PEER_SLOT_SERVE with the words that came. */
__attribute__((noreturn)) void peer_echo(uint64_t argument);

/* Answers every fault on PEER_SLOT_SERVE: go on behind the instruction that faulted. */
__attribute__((noreturn)) void peer_pager(uint64_t argument);

/* The handler of a space: maps a frame where the fault was, in the space, and lets the thread
 * try again. argument: its handles, peer_demand_handles. */
__attribute__((noreturn)) void peer_demand(uint64_t argument);

static inline uint64_t peer_demand_handles(uint64_t space, uint64_t frame)
{
    return frame << 32 | space;
}

/* Reports on PEER_SLOT_REPORT how long its last fault took (0 the first time) in word 0 and,
   when answered, faults again by reading at `address`. */
__attribute__((noreturn)) void peer_toucher(vaddr_t address);
