/*
 * No input crashes the script compiler, and whatever it accepts is a whole program.
 *
 *   clang-14 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -g -O1 \
 *     -std=gnu17 -Iinclude -Itools/script tests/fuzz/script_fuzz.c \
 *     $(ls tools/script/[!m]*.c) tools/script/map.c -o script_fuzz
 *   ./script_fuzz -max_total_time=60 CORPUS tests/scripts
 */
#include "compile.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a script includes: itself a bit shorter, so that circles and depth are reached. */
static int include(void *context, struct source *s, uint32_t from, struct slice name)
{
    (void)context;
    if (name.n < 1)
        return -1;
    const struct source_file *f = &s->file[from];
    size_t n = f->bytes > 3 ? f->bytes - 3 : 0;
    return source_add(s, name.n == 1 ? f->path : "other", f->text, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct compiled c;
    static FILE *out;
    if (!out)
        out = fopen("/dev/null", "w");
    if (!out)
        abort();
    struct compile_options options = { .lint = size & 1, .include = include };
    compile_text(&c, "fuzz.ipc", (const char *)data, size, &options);
    source_print(&c.source, out);
    if (c.good) {
        if (verify_program(c.image, c.bytes))
            abort();
        map_write(&c, out);
        if (dump_program(c.image, c.bytes, out))
            abort();
    }
    compile_free(&c);
    return 0;
}
