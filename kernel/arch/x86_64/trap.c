/* Descriptor tables, and where exceptions and interrupts go in C. */
#include "cpu_arch.h"

#include <string.h>

#include "kernel/cpu.h"
#include "kernel/device.h"
#include "kernel/fault.h"
#include "kernel/ipc.h"
#include "kernel/panic.h"
#include "kernel/sched.h"
#include "selectors.h"

enum vector {
    V_DEBUG = 1,
    V_NMI = 2,
    V_DOUBLE = 8,
    V_PAGE = 14,
    V_MACHINE = 18,
    VECTORS = 256
};
enum { IST_NMI = 1, IST_DOUBLE, IST_MACHINE, IST_DEBUG, IST_STACKS = IST_DEBUG };
enum { STACK_BYTES = 4096, STUB_BYTES = 16 };

struct gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_mid;
    uint32_t offset_high, zero;
};

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3], reserved1, ist[7], reserved2;
    uint16_t reserved3, iomap;
} __attribute__((packed));

static struct gate idt[VECTORS];
static uint64_t gdt[CPU_MAX][7];
static struct tss tss[CPU_MAX];
static uint8_t ist_stack[IST_STACKS][STACK_BYTES] __attribute__((aligned(16)));

extern char trap_stubs[];

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static void set_gate(uint32_t vector, uint8_t ist)
{
    uint64_t stub = (uint64_t)trap_stubs + vector * STUB_BYTES;

    idt[vector] = (struct gate){
        .offset_low = (uint16_t)stub,
        .selector = SEL_KCODE,
        .ist = ist,
        .type = 0x8e, /* interrupt gate, from the kernel or the processor only */
        .offset_mid = (uint16_t)(stub >> 16),
        .offset_high = (uint32_t)(stub >> 32),
    };
}

static void init_idt(void)
{
    for (uint32_t v = 0; v < VECTORS; v++)
        set_gate(v, 0);
    set_gate(V_NMI, IST_NMI);
    set_gate(V_DOUBLE, IST_DOUBLE);
    set_gate(V_MACHINE, IST_MACHINE);
    set_gate(V_DEBUG, IST_DEBUG);
}

static void init_tss(uint32_t index)
{
    struct tss *t = &tss[index];

    t->rsp[0] = cpus[index].stack;
    for (uint32_t i = 0; i < IST_STACKS; i++)
        t->ist[i] = (uint64_t)ist_stack[i] + STACK_BYTES;
    t->iomap = sizeof *t; /* no port is open to user mode */
}

/* No 32-bit code descriptor and no LDT: SDM volume 3, 3.4.5 and 7.2.3. */
static void init_gdt(uint32_t index)
{
    uint64_t *g = gdt[index];
    uint64_t base = (uint64_t)&tss[index];

    g[0] = 0;
    g[SEL_KCODE / 8] = 0x00af9b000000ffff;
    g[SEL_KDATA / 8] = 0x00cf93000000ffff;
    g[SEL_UDATA / 8] = 0x00cff3000000ffff;
    g[SEL_UCODE / 8] = 0x00affb000000ffff;
    g[SEL_TSS / 8] = (sizeof(struct tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
                     (base >> 24 & 0xff) << 56;
    g[SEL_TSS / 8 + 1] = base >> 32;
}

void trap_init(uint32_t index)
{
    struct table_pointer g = { sizeof gdt[index] - 1, (uint64_t)gdt[index] };
    struct table_pointer i = { sizeof idt - 1, (uint64_t)idt };

    init_tss(index);
    init_gdt(index);
    if (index == 0)
        init_idt();
    __asm__ volatile("lgdt %0" : : "m"(g));
    __asm__ volatile("push %0\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tlretq\n1:"
                     :
                     : "i"(SEL_KCODE)
                     : "rax", "memory");
    __asm__ volatile("mov %0, %%ss\n\tmov %1, %%ds\n\tmov %1, %%es" : : "r"(SEL_KDATA), "r"(0));
    __asm__ volatile("lidt %0" : : "m"(i));
    __asm__ volatile("lldt %w0" : : "r"(0));
    __asm__ volatile("ltr %w0" : : "r"(SEL_TSS));
}

/* Error code of a page fault: SDM volume 3, 4.7. */
enum { PF_PRESENT = 1, PF_WRITE = 2, PF_RESERVED = 8, PF_FETCH = 16 };

static void page_fault(uint64_t error)
{
    enum fault_access access = (error & PF_FETCH) != 0   ? ACCESS_X
                               : (error & PF_WRITE) != 0 ? ACCESS_W
                                                         : ACCESS_R;
    enum fault_reason reason = (error & PF_RESERVED) != 0  ? REASON_RESERVED
                               : (error & PF_PRESENT) != 0 ? REASON_PROTECTION
                                                           : REASON_NOTPRESENT;

    fault_raise(FAULT_PAGE, access, reason, cpu_read_cr2(), error);
}

/* What an exception is to a user program, if not FAULT_PROTECTION. */
static const uint8_t fault_of[VECTOR_IRQ] = {
    [0] = FAULT_DIVIDE, [1] = FAULT_DEBUG,   [3] = FAULT_DEBUG,
    [4] = FAULT_DIVIDE, [5] = FAULT_DIVIDE,  [6] = FAULT_OPCODE,
    [7] = FAULT_OPCODE, [16] = FAULT_OPCODE, [19] = FAULT_OPCODE,
};

/* Its limit is about the time since its last call; the fast path of call leaves no mark but
 * a new token. */
static void count_tick(struct thread *t)
{
    if (t->tick_token != t->token)
        t->ticks = 0;
    t->tick_token = t->token;
    t->ticks++;
}

static void tick(void)
{
    struct cpu *c = cpu_this();
    struct thread *t = c->current;

    timer_ack();
    c->ticks++;
    ipc_tick();
    if (t == NULL)
        return;
    count_tick(t);
    if (t->limit != 0 && t->ticks >= t->limit)
        fault_raise(FAULT_LIMIT, ACCESS_X, REASON_OTHER, t->ctx.rip, 0);
    else
        sched_rotate();
}

static void interrupt(uint64_t vector)
{
    if (vector == VECTOR_TIMER)
        tick();
    else if (vector >= VECTOR_IRQ && vector < VECTOR_IRQ + 16)
        device_irq((uint32_t)vector - VECTOR_IRQ);
}

void trap_user(uint64_t vector, uint64_t error);
void trap_user(uint64_t vector, uint64_t error)
{
    if (vector == V_PAGE)
        page_fault(error);
    else if (vector >= VECTOR_IRQ)
        interrupt(vector);
    else if (vector == V_DOUBLE || vector == V_MACHINE)
        panic_thread("the processor reported a machine failure", cpu_this()->current);
    else if (vector != V_NMI)
        fault_raise(fault_of[vector] != 0 ? fault_of[vector] : FAULT_PROTECTION, ACCESS_X,
                    REASON_OTHER, 0, error);
}

/* In the kernel only the idle loop has interrupts open. A #DB that was held back by a user's
 * MOV SS reaches the first instruction of the entry: GS is still the user's, touch nothing. */
void trap_kernel(struct trap_frame *f);
void trap_kernel(struct trap_frame *f)
{
    if (f->vector == V_NMI || f->vector == V_DEBUG)
        return;
    if (f->vector >= VECTOR_IRQ)
        interrupt(f->vector);
    else
        panic_trap(f, (uint64_t)__builtin_frame_address(0));
}
