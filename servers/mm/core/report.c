#include "report.h"

#include <string.h>

#include "abi/fault.h"

struct line {
    char text[160];
    uint32_t n;
};

static void put(struct line *l, const char *s)
{
    while (*s != '\0' && l->n < sizeof l->text - 1)
        l->text[l->n++] = *s++;
    l->text[l->n] = '\0';
}

static void put_number(struct line *l, uint64_t x, uint32_t base)
{
    char digits[24];
    uint32_t n = sizeof digits - 1;

    digits[n] = '\0';
    do {
        digits[--n] = "0123456789abcdef"[x % base];
        x /= base;
    } while (x != 0);
    put(l, digits + n);
}

static const char *const causes[FAULT_KINDS] = {
    [FAULT_NONE] = "stopped",
    [FAULT_PAGE] = "page fault",
    [FAULT_PROTECTION] = "protection fault",
    [FAULT_OPCODE] = "undefined or forbidden instruction",
    [FAULT_DIVIDE] = "division error",
    [FAULT_DEBUG] = "debug trap",
    [FAULT_ADDRESS] = "non-canonical instruction pointer",
    [FAULT_LIMIT] = "ran too long",
    [FAULT_SYSCALL] = "unknown system call",
    [FAULT_EXIT] = "exit",
};
static const char *const accesses[] = { "reading", "writing", "executing" };

void report_end(uint32_t client, const struct port_thread_info *info)
{
    struct line l = { .n = 0 };
    enum fault_kind kind = fault_kind(info->fault);
    enum fault_access access = fault_access(info->fault);

    put(&l, "mm: a thread of client ");
    put_number(&l, client, 10);
    put(&l, " has ended: ");
    put(&l, kind < FAULT_KINDS ? causes[kind] : "unknown cause");
    if (kind == FAULT_PAGE) {
        put(&l, access <= ACCESS_X ? " " : "");
        put(&l, access <= ACCESS_X ? accesses[access] : "");
        put(&l, " 0x");
        put_number(&l, info->address, 16);
    }
    if (kind == FAULT_EXIT) {
        put(&l, " with code ");
        put_number(&l, info->address, 10);
    } else {
        put(&l, ", at instruction 0x");
        put_number(&l, info->ip, 16);
    }
    port_log(l.text);
}
