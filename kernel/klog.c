#include "kernel/klog.h"

#include <stdarg.h>
#include <stdio.h>

#include "cpu_arch.h"

enum {
    COM1 = 0x3f8,
    COM2 = 0x2f8,
    DEBUG_PORT = 0xe9,
    LINE_STATUS = 5,
    TX_EMPTY = 0x20,
    TX_IDLE = 0x40
};
enum { SPIN_MAX = 100000 }; /* a port that is not there must not hang the kernel */

static void port_init(uint16_t port)
{
    cpu_out8(port + 1, 0x00); /* no interrupts */
    cpu_out8(port + 3, 0x80); /* divisor */
    cpu_out8(port + 0, 0x01);
    cpu_out8(port + 1, 0x00);
    cpu_out8(port + 3, 0x03); /* 8N1 */
    cpu_out8(port + 2, 0xc7); /* queues on and empty */
    cpu_out8(port + 4, 0x0b); /* DTR, RTS, interrupts reach the line */
}

void klog_init(void)
{
    port_init(COM1);
    port_init(COM2);
}

static void wait_for(uint8_t bit)
{
    for (int i = 0; i < SPIN_MAX && (cpu_in8(COM2 + LINE_STATUS) & bit) == 0; i++) {
    }
}

static void put(char c)
{
    cpu_out8(DEBUG_PORT, (uint8_t)c);
    wait_for(TX_EMPTY);
    cpu_out8(COM2, (uint8_t)c);
}

void klog(const char *format, ...)
{
    char line[160];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (const char *s = line; *s != '\0'; s++)
        put(*s);
}

void klog_drain(void)
{
    wait_for(TX_IDLE);
}
