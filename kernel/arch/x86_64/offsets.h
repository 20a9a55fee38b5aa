/*
 * Numbers that the assembly uses. Only #define: the .S files include this. Every one of them
 * is asserted against the C structures in offsets_check.c.
 */
#pragma once

#define SEL_KCODE 0x08
#define SEL_KDATA 0x10
#define SEL_UDATA 0x1b
#define SEL_UCODE 0x23
#define SEL_TSS 0x28

/* struct thread: what the C ABI keeps, then the message registers, then the rest */
#define T_RBX 0
#define T_RBP 8
#define T_R12 16
#define T_R13 24
#define T_R14 32
#define T_R15 40
#define T_RIP 48
#define T_RFLAGS 56
#define T_RSP 64
#define T_RAX 72
#define T_RDI 80
#define T_RSI 88
#define T_RDX 96
#define T_R10 104
#define T_R8 112
#define T_R9 120
#define T_RCX 128
#define T_R11 136
#define T_TOKEN 144
#define T_CAPS 152
#define T_WAIT 160
#define T_ROOT 168
#define T_STATE 176
#define T_FULL 180
#define T_PRIORITY 184
#define T_ABOVE 188
#define T_FAULT 192

/* struct cpu, by %gs */
#define CPU_USER_RSP 8
#define CPU_CURRENT 16
#define CPU_STACK 24
#define CPU_ROOT 32
#define CPU_INDEX 40
#define CPU_QUEUE 48
#define CPU_IPC 56
#define CPU_CR3_LOADS 64
#define CPU_SYSCALLS 72
#define CPU_READY 80
#define CPU_RESCHED 84

/* struct cap */
#define CAP_BYTES_LOG2 5
#define C_KIND 0
#define C_RIGHTS 1
#define C_BADGE 4
#define C_FRAME 8
#define C_GEN 16
#define C_OBJECT 24

/* struct endpoint_queue, one for each CPU at the start of an endpoint; and the bits */
#define E_WAITER 0
#define E_HEAD 8
#define E_BITS 2048

#define TOKEN_FRAME_MASK 0xffffff
#define TOKEN_STEP 0x1000000

/* enum values */
#define A_SYS_NULL 0
#define A_SYS_CALL 1
#define A_SYS_REPLY_RECV 4
#define A_CAP_SLOTS 120
#define A_CAP_ENDPOINT 2
#define A_RIGHT_SEND 1
#define A_RIGHT_RECV 2
#define A_FRAME_OBJECT 7
#define A_OBJ_THREAD 1
#define A_FAULT_JUMP 1
#define A_THREAD_READY 1
#define A_THREAD_WAITING 3
#define A_THREAD_RECEIVING 4

/* user flags that may reach a user program: arithmetic flags, DF, AC, ID; IF always set */
#define USER_FLAGS_MASK 0x240cd5
#define USER_FLAGS_SET 0x202
