/* One instruction (or one idea) a function: what only the processor can do. */
#pragma once
#include "abi/types.h"

struct cpu;

/* This CPU's own data; its first word is its own address. */
static inline struct cpu *cpu_this(void)
{
    struct cpu *c;

    __asm__("mov %%gs:0, %0" : "=r"(c));
    return c;
}

static inline void cpu_load_cr3(uint64_t root)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

static inline uint64_t cpu_read_cr2(void)
{
    uint64_t v;

    __asm__ volatile("mov %%cr2, %0" : "=r"(v));
    return v;
}

/* Wait for an interrupt on the kernel stack; trap.S returns here after it was handled. */
void cpu_idle(void);

static inline void cpu_halt(void)
{
    __asm__ volatile("cli; hlt");
}

static inline uint64_t cpu_tsc(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static inline uint64_t cpu_read_msr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void cpu_write_msr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline void cpu_out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t cpu_in8(uint16_t port)
{
    uint8_t v;

    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

/* Copy count words; a rep string instruction, so one counted instruction a word. */
static inline void cpu_copy_words(void *to, const void *from, uint64_t count)
{
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

/* PAT, WP, NX, SMEP, SMAP, FPU off, system call entry, GS: the state every CPU runs with. */
void cpu_init(uint32_t index);

/* GDT, TSS, IDT of this CPU. */
void trap_init(uint32_t index);

/* The local APIC timer: measures it against the PIT, then ticks TICKS_PER_SECOND. */
enum { TICKS_PER_SECOND = 100 };
void timer_init(void);
void timer_ack(void);
uint64_t timer_tsc_per_second(void);

/* The two 8259s, every line masked; line n arrives as vector VECTOR_IRQ + n. */
enum { VECTOR_IRQ = 0x20, VECTOR_TIMER = 0x40, VECTOR_SPURIOUS = 0xff };
void pic_init(void);
void pic_unmask(uint32_t line);
void pic_mask_and_end(uint32_t line);
