/* Every number in offsets.h against the C it stands for. */
#include "abi/mm.h"
#include "kernel/cpu.h"
#include "offsets.h"

#define SAME(number, expression) static_assert((number) == (expression), #number)

SAME(T_RBX, offsetof(struct thread, ctx.rbx));
SAME(T_RBP, offsetof(struct thread, ctx.rbp));
SAME(T_R12, offsetof(struct thread, ctx.r12));
SAME(T_R13, offsetof(struct thread, ctx.r13));
SAME(T_R14, offsetof(struct thread, ctx.r14));
SAME(T_R15, offsetof(struct thread, ctx.r15));
SAME(T_RIP, offsetof(struct thread, ctx.rip));
SAME(T_RFLAGS, offsetof(struct thread, ctx.rflags));
SAME(T_RSP, offsetof(struct thread, ctx.rsp));
SAME(T_RAX, offsetof(struct thread, ctx.rax));
SAME(T_RDI, offsetof(struct thread, ctx.rdi));
SAME(T_RSI, offsetof(struct thread, ctx.rsi));
SAME(T_RDX, offsetof(struct thread, ctx.rdx));
SAME(T_R10, offsetof(struct thread, ctx.r10));
SAME(T_R8, offsetof(struct thread, ctx.r8));
SAME(T_R9, offsetof(struct thread, ctx.r9));
SAME(T_RCX, offsetof(struct thread, ctx.rcx));
SAME(T_R11, offsetof(struct thread, ctx.r11));
SAME(T_TOKEN, offsetof(struct thread, token));
SAME(T_CAPS, offsetof(struct thread, caps));
SAME(T_WAIT, offsetof(struct thread, wait));
SAME(T_ROOT, offsetof(struct thread, root));
SAME(T_STATE, offsetof(struct thread, state));
SAME(T_FULL, offsetof(struct thread, full));
SAME(T_PRIORITY, offsetof(struct thread, priority));
SAME(T_ABOVE, offsetof(struct thread, above));
SAME(T_FAULT, offsetof(struct thread, fault.head));

SAME(0, offsetof(struct cpu, self));
SAME(CPU_USER_RSP, offsetof(struct cpu, user_rsp));
SAME(CPU_CURRENT, offsetof(struct cpu, current));
SAME(CPU_STACK, offsetof(struct cpu, stack));
SAME(CPU_ROOT, offsetof(struct cpu, root));
SAME(CPU_INDEX, offsetof(struct cpu, index));
SAME(CPU_QUEUE, offsetof(struct cpu, queue));
SAME(CPU_IPC, offsetof(struct cpu, ipc));
SAME(CPU_CR3_LOADS, offsetof(struct cpu, cr3_loads));
SAME(CPU_SYSCALLS, offsetof(struct cpu, syscalls));
SAME(CPU_READY, offsetof(struct cpu, ready));
SAME(CPU_RESCHED, offsetof(struct cpu, resched));

SAME(1 << CAP_BYTES_LOG2, sizeof(struct cap));
SAME(C_KIND, offsetof(struct cap, kind));
SAME(C_RIGHTS, offsetof(struct cap, rights));
SAME(C_BADGE, offsetof(struct cap, badge));
SAME(C_FRAME, offsetof(struct cap, frame));
SAME(C_GEN, offsetof(struct cap, gen));
SAME(C_OBJECT, offsetof(struct cap, object));

SAME(E_WAITER, offsetof(struct endpoint, queue[0].waiter));
SAME(E_HEAD, offsetof(struct endpoint, queue[0].head));
SAME(E_BITS, offsetof(struct endpoint, bits));

SAME(A_SYS_NULL, SYS_NULL);
SAME(A_SYS_CALL, SYS_CALL);
SAME(A_SYS_REPLY_RECV, SYS_REPLY_RECV);
SAME(A_CAP_SLOTS, CAP_SLOTS);
SAME(A_CAP_ENDPOINT, CAP_ENDPOINT);
SAME(A_RIGHT_SEND, RIGHT_SEND);
SAME(A_RIGHT_RECV, RIGHT_RECV);
SAME(A_FRAME_OBJECT, FRAME_OBJECT);
SAME(A_OBJ_THREAD, OBJ_THREAD);
SAME(A_FAULT_JUMP, FAULT_JUMP);
SAME(FAULT_RETRY, 0);
SAME(A_THREAD_READY, THREAD_READY);
SAME(A_THREAD_WAITING, THREAD_WAITING);
SAME(A_THREAD_RECEIVING, THREAD_RECEIVING);
