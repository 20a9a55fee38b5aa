/* The boot order, as a list of calls. */
#include "cpu_arch.h"
#include "kernel/boot_info.h"
#include "kernel/bootmem.h"
#include "kernel/cpu.h"
#include "kernel/frame_boot.h"
#include "kernel/klog.h"
#include "kernel/paging.h"
#include "kernel/panic.h"
#include "kernel/selftest.h"
#include "kernel/start_mm.h"
#include "memory_arch.h"

extern char kernel_end_phys[];

static struct boot_info info;

_Noreturn void leave(void);
void kernel_main(uint32_t magic, uint32_t information);

/* GRUB's information starts with its own size. */
static void read_boot_info(uint32_t magic, uint32_t information)
{
    const uint32_t *mbi = (const uint32_t *)(PHYSMAP + information);

    if (magic != BOOT_MAGIC)
        panic("not started by a Multiboot2 loader");
    if (boot_info_parse((const uint8_t *)mbi, mbi[0], &info) != OK)
        panic("the boot information is malformed");
    bootmem_init(&info, (uint64_t)kernel_end_phys, information, mbi[0]);
}

void kernel_main(uint32_t magic, uint32_t information)
{
    klog_init();
    klog("Cursa: kernel starts\n");
    tlb_cpus = 1;
    cpu_init(0);
    trap_init(0);
    read_boot_info(magic, information);
    paging_init(frame_boot_count(&info));
    frame_boot_init(&info);
    pic_init();
    timer_init();
    selftest(info.command_line);
    start_mm(&info);
    klog("Cursa: user mode starts\n");
    klog_drain();
    leave();
}
