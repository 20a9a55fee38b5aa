/* The ELF parser: what it accepts is safe to load, whatever the bytes are. */
#include <criterion/criterion.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "abi/boot.h"
#include "base/elf.h"
#include "random.h"

enum { IMAGE_BYTES = 3 * PAGE_BYTES, PROGRAMS = 3 };

/* A whole program: text, read-only data, data with a tail of zeros. Offsets one page each. */
struct program {
    Elf64_Ehdr header;
    Elf64_Phdr program[16];
    uint8_t rest[IMAGE_BYTES - sizeof(Elf64_Ehdr) - 16 * sizeof(Elf64_Phdr)];
};
static_assert(sizeof(struct program) == IMAGE_BYTES, "no holes");

static struct program image;
static struct elf_image out;

static Elf64_Phdr load(uint64_t va, uint32_t flags)
{
    return (Elf64_Phdr){ .p_type = PT_LOAD,
                         .p_flags = flags,
                         .p_offset = PAGE_BYTES,
                         .p_vaddr = va,
                         .p_paddr = va,
                         .p_filesz = 0x800,
                         .p_memsz = 0x1800,
                         .p_align = PAGE_BYTES };
}

static void make(void)
{
    memset(&image, 0, sizeof image);
    memcpy(image.header.e_ident, ELFMAG "\2\1\1", 7);
    image.header.e_type = ET_EXEC;
    image.header.e_machine = EM_X86_64;
    image.header.e_version = 1;
    image.header.e_entry = 0x400010;
    image.header.e_phoff = sizeof image.header;
    image.header.e_ehsize = sizeof image.header;
    image.header.e_phentsize = sizeof image.program[0];
    image.header.e_phnum = PROGRAMS;
    image.program[0] = load(0x400000, PF_R | PF_X);
    image.program[1] = load(0x402000, PF_R);
    image.program[2] = load(0x404000, PF_R | PF_W);
}

static status_t parse(uint64_t bytes)
{
    return elf_parse((uint8_t *)&image, bytes, &out);
}

static void refused(const char *why)
{
    cr_assert(parse(sizeof image) == E_INVAL, "%s", why);
    make();
}

TestSuite(elf, .init = make);

Test(elf, a_good_program_is_told_segment_by_segment)
{
    cr_assert(parse(sizeof image) == OK);
    cr_assert(out.entry == 0x400010 && out.segments == PROGRAMS);
    cr_assert(out.segment[0].prop == (PROP_R | PROP_X));
    cr_assert(out.segment[1].prop == PROP_R);
    cr_assert(out.segment[2].prop == (PROP_R | PROP_W));
    cr_assert(out.segment[2].va == 0x404000 && out.segment[2].file_offset == PAGE_BYTES);
    cr_assert(out.segment[2].file_bytes == 0x800 && out.segment[2].mem_bytes == 0x1800);
}

Test(elf, every_cut_of_the_file_is_refused_until_all_is_there)
{
    uint64_t whole = PAGE_BYTES + 0x800; /* where the last file byte ends */

    for (uint64_t bytes = 0; bytes < whole; bytes++)
        cr_assert(parse(bytes) == E_INVAL, "%lu bytes", bytes);
    cr_assert(parse(whole) == OK);
}

Test(elf, another_kind_of_file_is_refused)
{
    for (int i = 0; i < 7; i++) {
        image.header.e_ident[i] ^= 1;
        refused("identification");
    }
    image.header.e_type = ET_DYN;
    refused("position-independent");
    image.header.e_machine = EM_AARCH64;
    refused("another processor");
    image.header.e_phentsize = 32;
    refused("size of a program header");
    image.header.e_phnum = 0;
    refused("no segments");
}

Test(elf, headers_outside_the_file_are_refused)
{
    image.header.e_phoff = sizeof image - sizeof image.program[0];
    refused("the last two headers are outside");
    image.header.e_phoff = UINT64_MAX - 8;
    refused("offset that wraps around");
    image.header.e_phnum = UINT16_MAX;
    refused("more headers than bytes");
}

Test(elf, segments_outside_the_file_are_refused)
{
    image.program[1].p_offset = sizeof image - 0x7ff;
    refused("one byte too far");
    image.program[1].p_offset = UINT64_MAX - 0x100;
    refused("offset that wraps around");
    image.program[1].p_filesz = 0x1801;
    refused("more in the file than in memory");
    image.program[1].p_filesz = image.program[1].p_memsz = UINT64_MAX;
    refused("size that wraps around");
}

Test(elf, segments_outside_user_memory_are_refused)
{
    image.program[1].p_vaddr = 0;
    refused("page 0");
    image.program[2].p_vaddr = USER_END;
    refused("first address of the other half");
    image.program[2].p_vaddr = USER_END - PAGE_BYTES;
    refused("over the end");
    image.program[2].p_vaddr = 0xffffffff80000000u;
    refused("kernel");
    image.program[2].p_memsz = USER_END;
    refused("too large");
    image.program[2].p_memsz = UINT64_MAX - 0x404000 + 1;
    refused("address that wraps around");
    image.program[1].p_vaddr += 8;
    refused("unaligned");
}

Test(elf, rights_that_no_page_may_have_are_refused)
{
    image.program[2].p_flags = PF_R | PF_W | PF_X;
    refused("writable and executable");
    image.program[2].p_flags = PF_W;
    refused("writable only");
    image.program[2].p_flags = 0;
    refused("nothing");
}

Test(elf, segments_may_not_share_a_page)
{
    image.program[1].p_vaddr = 0x401000;
    refused("the first reaches half into it");
    image.program[1].p_vaddr = 0x400000;
    refused("the same place");
    image.program[0].p_memsz = 0x10000;
    refused("one spans the others");
}

Test(elf, the_entry_is_in_executable_memory)
{
    image.header.e_entry = 0x402000;
    refused("read-only data");
    image.header.e_entry = 0x401800;
    refused("one past the text");
    image.header.e_entry = 0x3fffff;
    refused("one before it");
    image.header.e_entry = 0x4017ff;
    cr_assert(parse(sizeof image) == OK);
}

Test(elf, a_program_that_wants_a_dynamic_loader_is_refused)
{
    static const uint32_t types[] = { PT_INTERP, PT_DYNAMIC, PT_TLS };

    for (int i = 0; i < 3; i++) {
        image.program[1].p_type = types[i];
        refused("type");
    }
}

Test(elf, notes_and_empty_segments_are_skipped)
{
    image.program[1].p_type = PT_NOTE;
    image.program[2].p_memsz = image.program[2].p_filesz = 0;
    cr_assert(parse(sizeof image) == OK);
    cr_assert(out.segments == 1);
    image.program[2].p_filesz = 1;
    refused("bytes for no memory");
}

Test(elf, nine_segments_are_one_too_many)
{
    for (uint32_t i = 0; i < 9; i++)
        image.program[i] = load(0x400000 + 0x2000 * i, i == 0 ? PF_R | PF_X : PF_R);
    image.header.e_phnum = 8;
    cr_assert(parse(sizeof image) == OK);
    image.header.e_phnum = 9;
    cr_assert(parse(sizeof image) == E_INVAL);
}

/* What a loader relies on. */
static void check_promises(uint64_t bytes)
{
    bool entry = false;

    cr_assert(out.segments >= 1 && out.segments <= ELF_SEGMENTS_MAX);
    for (uint32_t i = 0; i < out.segments; i++) {
        const struct elf_segment *s = &out.segment[i];

        cr_assert(s->va % PAGE_BYTES == 0 && s->va != 0 && s->mem_bytes > 0);
        cr_assert(s->va < USER_END && s->mem_bytes <= USER_END - s->va);
        cr_assert(s->file_bytes <= s->mem_bytes && s->file_offset <= bytes &&
                  s->file_bytes <= bytes - s->file_offset);
        cr_assert(s->prop == PROP_R || s->prop == (PROP_R | PROP_W) ||
                  s->prop == (PROP_R | PROP_X));
        for (uint32_t j = 0; j < i; j++)
            cr_assert(s->va / PAGE_BYTES >
                      (out.segment[j].va + out.segment[j].mem_bytes - 1) / PAGE_BYTES);
        entry |= (s->prop & PROP_X) != 0 && out.entry - s->va < s->mem_bytes;
    }
    cr_assert(entry);
}

Test(elf, whatever_a_damaged_file_says_the_promises_hold)
{
    static const uint64_t words[] = { 0,          1,
                                      0x1000,     0x400000,
                                      USER_END,   USER_END - 0x1000,
                                      UINT64_MAX, UINT64_MAX - 0xfff,
                                      0x402000,   7 };
    uint64_t seed = 3;
    int accepted = 0;

    for (int round = 0; round < 50000; round++) {
        uint64_t bytes =
            random_below(&seed, 8) == 0 ? random_below(&seed, sizeof image) : sizeof image;
        uint8_t *copy;

        make();
        for (uint32_t n = random_below(&seed, 4); n > 0; n--) {
            uint32_t at = random_below(&seed, sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr) - 8);

            if (random_below(&seed, 2) == 0)
                ((uint8_t *)&image)[at] = (uint8_t)random_next(&seed);
            else
                memcpy((uint8_t *)&image + at / 8 * 8, &words[random_below(&seed, 10)], 8);
        }
        copy = malloc(bytes + 1); /* of the exact size, so that reads behind it are seen */
        memcpy(copy, &image, bytes);
        if (elf_parse(copy, bytes, &out) == OK) {
            check_promises(bytes);
            accepted++;
        }
        free(copy);
    }
    cr_assert(accepted > 1000, "only %d files were good enough to test anything", accepted);
}
