/*
 * The local APIC timer and the two 8259s. Sources: Intel SDM volume 3, 11.5.4; 8254 and 8259A
 * data sheets. The timer is measured once against channel 2 of the PIT, so that guest time
 * means the same in both emulators.
 */
#include "cpu_arch.h"

#include "kernel/paging.h"

enum lapic_register {
    LAPIC_EOI = 0xb0,
    LAPIC_SPURIOUS = 0xf0,
    LAPIC_LVT_TIMER = 0x320,
    LAPIC_LVT_LINT0 = 0x350,
    LAPIC_INITIAL = 0x380,
    LAPIC_CURRENT = 0x390,
    LAPIC_DIVIDE = 0x3e0,
};
enum {
    LAPIC_ENABLE = 0x100,
    LVT_MASKED = 0x10000,
    LVT_PERIODIC = 0x20000,
    LVT_EXTINT = 0x700,
    DIVIDE_16 = 3
};

enum { PIT_CHANNEL2 = 0x42, PIT_COMMAND = 0x43, PIT_GATE = 0x61, PIT_HZ = 1193182 };
enum { PIC1 = 0x20, PIC2 = 0xa0, PIC_EOI = 0x20, PIC_CASCADE = 2 };

static uint64_t tsc_per_second;

static uint32_t lapic_read(uint32_t reg)
{
    return *(volatile uint32_t *)(PAGING_LAPIC + reg);
}
static void lapic_write(uint32_t reg, uint32_t v)
{
    *(volatile uint32_t *)(PAGING_LAPIC + reg) = v;
}

/* Let PIT channel 2 count 1/TICKS_PER_SECOND of a second, once. */
static void pit_wait(void)
{
    uint32_t count = PIT_HZ / TICKS_PER_SECOND;

    cpu_out8(PIT_GATE, (uint8_t)((cpu_in8(PIT_GATE) & ~3u) | 1u)); /* gate on, speaker off */
    cpu_out8(PIT_COMMAND, 0xb0);                                   /* channel 2, mode 0 */
    cpu_out8(PIT_CHANNEL2, (uint8_t)count);
    cpu_out8(PIT_CHANNEL2, (uint8_t)(count >> 8));
    while ((cpu_in8(PIT_GATE) & 0x20) == 0) {
    }
}

void timer_init(void)
{
    uint64_t tsc;
    uint32_t counted;

    lapic_write(LAPIC_SPURIOUS, LAPIC_ENABLE | VECTOR_SPURIOUS);
    lapic_write(LAPIC_LVT_LINT0, LVT_EXTINT);
    lapic_write(LAPIC_DIVIDE, DIVIDE_16);
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED);
    tsc = cpu_tsc();
    lapic_write(LAPIC_INITIAL, 0xffffffff);
    pit_wait();
    counted = 0xffffffff - lapic_read(LAPIC_CURRENT);
    tsc_per_second = (cpu_tsc() - tsc) * TICKS_PER_SECOND;
    if (tsc_per_second == 0)
        tsc_per_second = 1;
    lapic_write(LAPIC_LVT_TIMER, LVT_PERIODIC | VECTOR_TIMER);
    lapic_write(LAPIC_INITIAL, counted != 0 ? counted : 1);
}

void timer_ack(void)
{
    lapic_write(LAPIC_EOI, 0);
}

uint64_t timer_tsc_per_second(void)
{
    return tsc_per_second;
}

void pic_init(void)
{
    cpu_out8(PIC1, 0x11);
    cpu_out8(PIC2, 0x11);
    cpu_out8(PIC1 + 1, VECTOR_IRQ);
    cpu_out8(PIC2 + 1, VECTOR_IRQ + 8);
    cpu_out8(PIC1 + 1, 1u << PIC_CASCADE);
    cpu_out8(PIC2 + 1, PIC_CASCADE);
    cpu_out8(PIC1 + 1, 1);
    cpu_out8(PIC2 + 1, 1);
    cpu_out8(PIC1 + 1, (uint8_t) ~(1u << PIC_CASCADE));
    cpu_out8(PIC2 + 1, 0xff);
}

static void set_mask(uint32_t line, bool masked)
{
    uint16_t port = line < 8 ? PIC1 + 1 : PIC2 + 1;
    uint8_t bit = (uint8_t)(1u << line % 8), now = cpu_in8(port);

    cpu_out8(port, masked ? now | bit : (uint8_t)(now & ~bit));
}

void pic_unmask(uint32_t line)
{
    set_mask(line, false);
}

void pic_mask_and_end(uint32_t line)
{
    set_mask(line, true);
    if (line >= 8)
        cpu_out8(PIC2, PIC_EOI);
    cpu_out8(PIC1, PIC_EOI);
}
