/*
 * From GRUB's 32-bit hand-over to kernel_main in the upper half.
 *
 * GRUB jumps to boot_start with paging off, %eax the Multiboot2 magic and %ebx the address of
 * the boot information. Boot tables map the first 4 GiB three times: identity, the physical
 * map, and (first GiB) where the kernel is linked. main.c replaces them.
 */
#include "selectors.h"

#define MB2_MAGIC 0xe85250d6

        .section .multiboot, "a"
        .align 8
mb2_header:
        .long MB2_MAGIC
        .long 0                                 # i386 protected mode
        .long mb2_end - mb2_header
        .long -(MB2_MAGIC + 0 + (mb2_end - mb2_header))
        .align 8
        .short 6, 0                             # modules are page-aligned
        .long 8
        .align 8
        .short 0, 0                             # end of tags
        .long 8
mb2_end:

        .section .boot.text, "ax"
        .code32
        .global boot_start
boot_start:
        cli
        cld
        mov     $boot_stack_top, %esp
        mov     %eax, %ebp                      # magic
        mov     %ebx, %esi                      # information

        # Long mode is needed before anything can be said in words.
        mov     $0x80000000, %eax
        cpuid
        cmp     $0x80000001, %eax
        jb      no_long_mode
        mov     $0x80000001, %eax
        cpuid
        bt      $29, %edx
        jnc     no_long_mode
        bt      $20, %edx                       # NX: W^X needs it
        jnc     no_nx

        # Four directories of 2 MiB pages: the first 4 GiB.
        mov     $boot_pd, %edi
        mov     $0x83, %eax                     # present, writable, 2 MiB
        mov     $2048, %ecx
1:      mov     %eax, (%edi)
        movl    $0, 4(%edi)
        add     $0x200000, %eax
        add     $8, %edi
        loop    1b

        mov     $boot_pdpt, %edi
        mov     $boot_pd + 3, %eax
        mov     $4, %ecx
2:      mov     %eax, (%edi)
        add     $0x1000, %eax
        add     $8, %edi
        loop    2b
        movl    $boot_pd + 3, boot_pdpt_high + 510 * 8

        movl    $boot_pdpt + 3, boot_pml4
        movl    $boot_pdpt + 3, boot_pml4 + 256 * 8
        movl    $boot_pdpt_high + 3, boot_pml4 + 511 * 8

        mov     %cr4, %eax
        or      $0x20, %eax                     # PAE
        mov     %eax, %cr4
        mov     $boot_pml4, %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx               # EFER
        rdmsr
        or      $0x901, %eax                    # LME, NXE, SCE
        wrmsr
        mov     %cr0, %eax
        or      $0x80010001, %eax               # PG, WP, PE
        mov     %eax, %cr0
        lgdt    boot_gdt_pointer
        ljmp    $SEL_KCODE, $boot_long

no_long_mode:
        mov     $no_long_mode_text, %esi
        jmp     boot_fail
no_nx:
        mov     $no_nx_text, %esi
# Say why on the debug port and on COM2, end the emulator.
boot_fail:
        lodsb
        test    %al, %al
        jz      3f
        outb    %al, $0xe9
        mov     $0x2f8, %dx
        outb    %al, %dx
        jmp     boot_fail
3:      mov     $0x12, %al
        mov     $0xf4, %dx
        outb    %al, %dx
        cli
        hlt
        jmp     3b

        .code64
boot_long:
        mov     $SEL_KDATA, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        xor     %eax, %eax
        mov     %eax, %fs
        mov     %eax, %gs
        mov     $boot_high, %rax
        jmp     *%rax

        .section .boot.data, "a"
        .align 8
boot_gdt:
        .quad 0
        .quad 0x00af9b000000ffff              # already accessed: the
        .quad 0x00cf93000000ffff              # processor writes nothing
boot_gdt_end:
boot_gdt_pointer:
        .short boot_gdt_end - boot_gdt - 1
        .quad boot_gdt
no_long_mode_text:
        .asciz "PANIC this processor has no 64-bit mode\n"
no_nx_text:
        .asciz "PANIC this processor has no no-execute bit (NX); Cursa needs it\n"

        .section .boot.bss, "aw", @nobits
        .align 4096
boot_pml4:      .skip 4096
boot_pdpt:      .skip 4096
boot_pdpt_high: .skip 4096
boot_pd:        .skip 4096 * 4
boot_stack:     .skip 1024
boot_stack_top:

        .text
# void kernel_main(uint32_t magic, uint32_t information): never returns
boot_high:
        lea     boot_cpu_stack_top(%rip), %rsp
        mov     %ebp, %edi
        mov     %esi, %esi                      # clears the upper half
        xor     %ebp, %ebp                      # the end of every back trace
        call    kernel_main
4:      cli
        hlt
        jmp     4b
        .size boot_high, . - boot_high

        .bss
        .align 4096
        .global boot_cpu_stack_top
        .skip 16384
boot_cpu_stack_top:
