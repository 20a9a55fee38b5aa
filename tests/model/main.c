/*
 * cursa-model: runs compiled scripts on the model and writes the records that a machine would
 * write on COM1 to standard output.
 *
 *   cursa-model [--cpus N] [--memory BYTES] [--plain] [--dump SCRIPT:POINT] [KEY=VALUE …]
 *               PROGRAM …
 *
 * --dump writes the state to standard error as it was when point POINT (from 1) of script
 * SCRIPT (from 0) was told. Exit code: 0, 1 if a script failed, 2 for a bad command line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/conductor/core/script.h"
#include "machine.h"

enum { WORDS_MAX = 32 };

static struct script script;

/* The file's bytes in memory that is aligned for a program; NULL if it cannot be read. */
static void *load(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");

    if (!file || fseek(file, 0, SEEK_END) != 0)
        return NULL;
    long size = ftell(file);
    rewind(file);
    void *data = size >= 0 ? malloc((size_t)size + 1) : NULL;
    if (data && fread(data, 1, (size_t)size, file) != (size_t)size) {
        free(data);
        data = NULL;
    }
    fclose(file);
    *bytes = (size_t)size;
    return data;
}

static bool run_one(uint32_t index, const char *path)
{
    size_t bytes;
    void *program = load(path, &bytes);

    if (!program) {
        fprintf(stderr, "cursa-model: cannot read %s\n", path);
        return false;
    }
    struct script_verdict verdict = script_run(&script, index, "", program, bytes);
    free(program);
    return verdict.verdict != VERDICT_FAIL;
}

static void say_hello(const struct machine_setup *setup, uint32_t scripts)
{
    struct rec_hello hello = {
        .version = RECORD_VERSION,
        .program = PROGRAM_VERSION,
        .checking = setup->checking,
        .cpus = setup->cpus,
        .scripts = scripts,
        .ticks_per_second = 1000000,
    };
    machine_emit(REC_HELLO, &hello, sizeof hello);
}

/* Takes the options off the front. Returns: the first word that is a program; 0: nonsense. */
static int options(int count, char **word, struct machine_setup *setup, const char **words)
{
    uint32_t used = 0;
    int i = 1;

    for (; i < count && (word[i][0] == '-' || strchr(word[i], '=')); i++) {
        bool more = i + 1 < count;
        if (word[i][0] != '-' && used < WORDS_MAX)
            words[used++] = word[i];
        else if (!strcmp(word[i], "--plain"))
            setup->checking = false;
        else if (!strcmp(word[i], "--cpus") && more)
            setup->cpus = (uint32_t)strtoul(word[++i], NULL, 0);
        else if (!strcmp(word[i], "--memory") && more)
            setup->memory_bytes = strtoull(word[++i], NULL, 0);
        else if (!strcmp(word[i], "--dump") && more && strchr(word[i + 1], ':')) {
            setup->dump_script = (uint32_t)strtoul(word[++i], NULL, 0);
            setup->dump_point = strtoull(strchr(word[i], ':') + 1, NULL, 0);
        } else
            return 0;
    }
    return setup->cpus >= 1 && setup->cpus <= 64 && i < count ? i : 0;
}

int main(int count, char **word)
{
    static const char *words[WORDS_MAX + 1];
    struct machine_setup setup = {
        .cpus = 1, .memory_bytes = 64 << 20, .checking = true, .word = words
    };
    int first = options(count, word, &setup, words);

    if (first == 0) {
        fprintf(stderr, "usage: cursa-model [--cpus N] [--memory BYTES] [--plain] "
                        "[--dump SCRIPT:POINT] [KEY=VALUE ...] PROGRAM ...\n");
        return 2;
    }
    struct rec_bye bye = { .scripts = (uint32_t)(count - first) };
    say_hello(&setup, bye.scripts);
    for (int i = first; i < count; i++) {
        machine_begin(&setup);
        bye.failed += !run_one((uint32_t)(i - first), word[i]);
        machine_end();
    }
    bye.records = machine_records() + 1;
    machine_emit(REC_BYE, &bye, sizeof bye);
    return bye.failed != 0;
}
