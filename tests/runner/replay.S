/*
 * The smallest guest that can lie: a Multiboot2 program (32-bit, as GRUB leaves it) that
 * copies its first boot module to COM1 and ends the emulator. Tests of the runner give it
 * record streams, whole and damaged, to see what ./cursa makes of them in real emulators.
 *
 * The first letter of its command line says how to end: p pass, f fail, k like a panic,
 * h hang (interrupts off), s spin for ever, t triple fault, c pass after the words of CPUID:
 * leaf 1 ECX, leaf 7 EBX and ECX, leaf 0x80000001 EDX.
 */
        .set COM1, 0x3f8
        .set MAGIC, 0xe85250d6

        .section .multiboot, "a"
        .balign 8
header: .long MAGIC, 0, header_end - header, -(MAGIC + 0 + header_end - header)
        .short 0, 0
        .long 8
header_end:

        .text
        .global _start
_start: mov     $stack_top, %esp
        mov     %ebx, %ebp
        mov     $COM1 + 3, %dx          # 8N1, fastest
        mov     $0x80, %al
        out     %al, %dx
        mov     $COM1, %dx
        mov     $1, %al
        out     %al, %dx
        inc     %dx
        xor     %al, %al
        out     %al, %dx
        mov     $COM1 + 3, %dx
        mov     $3, %al
        out     %al, %dx
        lea     8(%ebp), %edi           # the tags
        movb    $'p', how
next_tag:
        mov     (%edi), %eax
        cmp     $1, %eax
        je      command_line
        cmp     $3, %eax
        je      module
        test    %eax, %eax
        jz      finish
skip:   mov     4(%edi), %eax
        add     $7, %eax
        and     $-8, %eax
        add     %eax, %edi
        jmp     next_tag
command_line:
        mov     8(%edi), %al
        test    %al, %al
        jz      skip
        mov     %al, how
        jmp     skip
module: mov     8(%edi), %esi
        mov     12(%edi), %ecx
        sub     %esi, %ecx
        jz      skip
        call    send
        jmp     skip

send:   mov     $COM1 + 5, %dx          # ECX bytes at ESI
2:      in      %dx, %al
        test    $0x20, %al
        jz      2b
        mov     $COM1, %dx
        outsb
        loop    send
        ret

cpuid_words:
        mov     $1, %eax
        cpuid
        mov     %ecx, words
        mov     $7, %eax
        xor     %ecx, %ecx
        cpuid
        mov     %ebx, words + 4
        mov     %ecx, words + 8
        mov     $0x80000001, %eax
        cpuid
        mov     %edx, words + 12
        mov     $words, %esi
        mov     $16, %ecx
        call    send
        movb    $'p', how

finish: cmpb    $'c', how
        je      cpuid_words
        mov     $COM1 + 5, %dx
3:      in      %dx, %al
        test    $0x40, %al
        jz      3b
        mov     how, %al
        cmp     $'h', %al
        je      hang
        cmp     $'s', %al
        je      .
        cmp     $'t', %al
        je      triple
        mov     $0x10, %bl
        cmp     $'p', %al
        je      leave
        mov     $0x11, %bl
        cmp     $'f', %al
        je      leave
        mov     $0x12, %bl
        mov     $panic_text, %esi
        mov     $0xe9, %dx
4:      lodsb
        test    %al, %al
        jz      leave
        out     %al, %dx
        jmp     4b
leave:  mov     %bl, %al
        mov     $0xf4, %dx
        out     %al, %dx
        mov     $shutdown, %esi
        mov     $0x8900, %dx
        mov     $8, %ecx
        rep outsb
hang:   cli
        hlt
        jmp     hang
triple: lidt    no_idt
        int3

        .data
how:    .byte   0
no_idt: .short  0
        .long   0
panic_text: .asciz "PANIC at the test's wish\nPANIC end\n"
shutdown:   .ascii "Shutdown"
        .bss
words:  .skip   16
        .skip   4096
stack_top:
        .section .note.GNU-stack, "", @progbits
