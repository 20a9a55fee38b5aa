#include <log.h>

#include <stdarg.h>
#include <stdio.h>
#include <sys.h>

enum { LINE_MAX = 200, LINE_STATUS = 5, TX_EMPTY = 0x20, QUEUE = 16 };

static uint32_t port = SLOT_NONE;

void log_init(uint32_t slot)
{
    port = slot;
}

/* Up to 16 bytes: what the transmit queue takes once it is empty. */
static void burst(const char *text, uint32_t count)
{
    uint64_t word[2] = { 0, 0 };
    uint8_t status = 0;

    for (uint32_t i = 0; i < count; i++)
        word[i / 8] |= (uint64_t)(uint8_t)text[i] << i % 8 * 8;
    do {
        if (sys_port_in8(port, LINE_STATUS, &status) != OK)
            return;
    } while ((status & TX_EMPTY) == 0);
    if (sys_port_out8_run(port, 0, count, word[0], word[1]) != OK)
        port = SLOT_NONE;
}

void log_line(const char *format, ...)
{
    char line[LINE_MAX + 1];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    if (n > LINE_MAX - 1)
        n = LINE_MAX - 1;
    line[n++] = '\n';
    for (int at = 0; at < n && port != SLOT_NONE; at += QUEUE)
        burst(line + at, (uint32_t)(n - at < QUEUE ? n - at : QUEUE));
}
