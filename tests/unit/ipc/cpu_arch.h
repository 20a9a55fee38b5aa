/* The processor, for the host's tests of threads and messages: one CPU that only counts. */
#pragma once
#include <stdint.h>
#include <string.h>

struct cpu;
struct cpu *cpu_this(void);

void cpu_load_cr3(uint64_t root);
void cpu_idle(void);

static inline void cpu_copy_words(void *to, const void *from, uint64_t count)
{
    memcpy(to, from, count * 8);
}
