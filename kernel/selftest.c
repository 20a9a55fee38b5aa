#include "kernel/selftest.h"

#include <stdint.h>
#include <string.h>

#include "cpu_arch.h"
#include "kernel/panic.h"

static bool asks(const char *line, const char *word)
{
    size_t n = strlen(word);

    for (; *line != '\0'; line++)
        if (strncmp(line, word, n) == 0)
            return true;
    return false;
}

/* An empty descriptor table: the next exception cannot be delivered, nor can the double fault
 * that follows from that. */
static void triple_fault(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) none = { 0, 0 };

    __asm__ volatile("lidt %0\n\tud2" : : "m"(none));
}

void selftest(const char *command_line)
{
    if (asks(command_line, "test=panic"))
        panic("asked to (test=panic)");
    if (asks(command_line, "test=triple"))
        triple_fault();
    while (asks(command_line, "test=hang"))
        cpu_halt();
}
