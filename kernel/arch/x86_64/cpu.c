/* The state every CPU runs with. Source: Intel SDM volume 3, 2.5 (control registers), 5.8.8
 * (SYSCALL), 12.12 (PAT). */
#include "cpu_arch.h"

#include "kernel/cpu.h"
#include "selectors.h"

enum {
    MSR_SYSENTER_CS = 0x174,
    MSR_PAT = 0x277,
};
#define MSR_EFER 0xc0000080u
#define MSR_STAR 0xc0000081u
#define MSR_LSTAR 0xc0000082u
#define MSR_CSTAR 0xc0000083u
#define MSR_SFMASK 0xc0000084u
#define MSR_GS_BASE 0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u

#define EFER_SCE 1u
#define EFER_NXE (1u << 11)

/* Entries 0..3: write back, write through, write combining, uncached; 4..7 the same, so that
 * bit 7 of a 4 KiB leaf is free to mark it valid. */
#define PAT_CURSA 0x0001040600010406u

/* Cleared at SYSCALL: TF, IF, DF, IOPL, NT, RF, AC. */
#define SFMASK_CURSA 0x57700u

enum { CR0_MP = 1 << 1, CR0_EM = 1 << 2, CR0_NE = 1 << 5, CR0_WP = 1 << 16, CR0_AM = 1 << 18 };
enum { CR4_PAE = 1 << 5, CR4_UMIP = 1 << 11, CR4_SMEP = 1 << 20, CR4_SMAP = 1 << 21 };

struct cpu cpus[CPU_MAX];

extern char boot_cpu_stack_top[];
void syscall_entry(void);

/* Leaf 7 is asked only where it is. */
static uint64_t wanted_cr4(void)
{
    uint32_t a = 0, b = 0, c = 0, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if (a < 7)
        return CR4_PAE;
    a = 7;
    c = 0;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return CR4_PAE | ((b & 1u << 7) != 0 ? CR4_SMEP : 0) |
           ((b & 1u << 20) != 0 ? CR4_SMAP : 0) | ((c & 1u << 2) != 0 ? CR4_UMIP : 0);
}

static void control_registers(void)
{
    uint64_t cr0;

    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    cr0 |= CR0_EM | CR0_NE | CR0_WP | CR0_AM;
    cr0 &= ~(uint64_t)CR0_MP;
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0));
    __asm__ volatile("mov %0, %%cr4" : : "r"(wanted_cr4()));
}

void cpu_init(uint32_t index)
{
    struct cpu *c = &cpus[index];

    c->self = c;
    c->index = index;
    c->queue = index * sizeof(struct endpoint_queue);
    c->stack = (uint64_t)boot_cpu_stack_top;

    control_registers();
    cpu_write_msr(MSR_PAT, PAT_CURSA);
    cpu_write_msr(MSR_EFER, cpu_read_msr(MSR_EFER) | EFER_SCE | EFER_NXE);
    cpu_write_msr(MSR_SYSENTER_CS, 0);
    cpu_write_msr(MSR_STAR, (uint64_t)(SEL_KDATA | 3) << 48 | (uint64_t)SEL_KCODE << 32);
    cpu_write_msr(MSR_LSTAR, (uint64_t)syscall_entry);
    cpu_write_msr(MSR_CSTAR, 0);
    cpu_write_msr(MSR_SFMASK, SFMASK_CURSA);
    cpu_write_msr(MSR_GS_BASE, (uint64_t)c);
    cpu_write_msr(MSR_KERNEL_GS_BASE, 0);
}
