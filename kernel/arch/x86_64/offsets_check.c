/* Every number in offsets.def against the C that it stands for. */
#include "abi/mm.h"
#include "kernel/cpu.h"

#define SAME(name, number, meaning) static_assert((number) == (meaning), #name);
#include "offsets.def"

static_assert(offsetof(struct cpu, self) == 0, "cpu_this() loads the first word");
static_assert(FAULT_RETRY == 0, "answer_fault: what is not above FAULT_JUMP");
static_assert(sizeof(struct cap) == 1 << 5, "a slot is found by a shift");
