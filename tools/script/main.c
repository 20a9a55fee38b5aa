/*
 * scriptc FILE.ipc [-o FILE.prog] [--map FILE.json] [--seed N] [--lint] [--dump]
 *
 * Compiles a script. Exit status 0, or 2 with diagnostics on stderr. --lint tells also what
 * is probably not meant; --dump prints the program. A FILE.prog with --dump is printed, too.
 */
#include "compile.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char *bytes;
    size_t n;
};

/* Read a file whole. Answers 0, or -1. A directory and a file that never ends fail. */
static int read_file(const char *path, struct text *t)
{
    FILE *f = fopen(path, "rb");
    *t = (struct text){ NULL, 0 };
    if (!f)
        return -1;
    t->bytes = malloc(SOURCE_BYTES_MAX + 2);
    if (t->bytes)
        t->n = fread(t->bytes, 1, SOURCE_BYTES_MAX + 1, f);
    int failed = !t->bytes || ferror(f);
    fclose(f);
    if (failed) {
        free(t->bytes);
        t->bytes = NULL;
    }
    return failed ? -1 : 0;
}

static int include_from(struct source *s, const char *directory, size_t n, const char *middle,
                        struct slice name)
{
    char path[PATH_MAX];
    struct text t;
    int length = snprintf(path, sizeof(path), "%.*s%s%.*s", (int)n, directory, middle,
                          (int)name.n, name.p);
    if (length < 0 || (size_t)length >= sizeof(path) || read_file(path, &t) < 0)
        return -1;
    int file = source_add(s, path, t.bytes, t.n);
    free(t.bytes);
    return file;
}

static size_t directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Beside the script: lib/NAME, then NAME; then beside the including file. */
static int include(void *context, struct source *s, uint32_t from, struct slice name)
{
    const char *script = s->file[0].path, *here = s->file[from].path;
    (void)context;
    if (name.n == 0 || memchr(name.p, 0, name.n))
        return -1;
    if (name.p[0] == '/')
        return include_from(s, "", 0, "", name);
    int file = include_from(s, script, directory_of(script), "lib/", name);
    if (file < 0)
        file = include_from(s, script, directory_of(script), "", name);
    if (file < 0)
        file = include_from(s, here, directory_of(here), "", name);
    return file;
}

struct arguments {
    const char *script, *program, *map;
    struct compile_options options;
    bool dump;
};

static int usage(void)
{
    fputs("usage: scriptc FILE.ipc [-o FILE.prog] [--map FILE.json] [--seed N] [--lint] "
          "[--dump]\n",
          stderr);
    return 2;
}

static bool seed(struct arguments *a, const char *text)
{
    char *end;
    errno = 0;
    a->options.seed = strtoull(text, &end, 0);
    a->options.seeded = true;
    return *text && !*end && !errno && *text != '-';
}

static bool arguments(int argc, char **argv, struct arguments *a)
{
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "-o") == 0 && more)
            a->program = argv[++i];
        else if (strcmp(argv[i], "--map") == 0 && more)
            a->map = argv[++i];
        else if (strcmp(argv[i], "--seed") == 0 && more && seed(a, argv[i + 1]))
            i++;
        else if (strcmp(argv[i], "--lint") == 0)
            a->options.lint = true;
        else if (strcmp(argv[i], "--dump") == 0)
            a->dump = true;
        else if (argv[i][0] != '-' && !a->script)
            a->script = argv[i];
        else
            return false;
    }
    return a->script != NULL;
}

/* Answers 0, or 2 with a message. */
static int write_outputs(struct compiled *c, const struct arguments *a)
{
    const char *path[] = { a->program, a->map };
    for (int i = 0; i < 2; i++) {
        FILE *out = path[i] ? fopen(path[i], "wb") : NULL;
        if (!path[i])
            continue;
        if (out && i == 0)
            fwrite(c->image, 1, c->bytes, out);
        else if (out)
            map_write(c, out);
        bool failed = !out || ferror(out);
        failed = (out && fclose(out)) || failed;
        if (failed) {
            fprintf(stderr, "scriptc: cannot write %s\n", path[i]);
            return 2;
        }
    }
    if (a->dump)
        dump_program(c->image, c->bytes, stdout);
    return 0;
}

int main(int argc, char **argv)
{
    static struct compiled c;
    struct arguments a = { .options = { .include = include } };
    struct text t;
    if (!arguments(argc, argv, &a))
        return usage();
    if (read_file(a.script, &t) < 0) {
        fprintf(stderr, "scriptc: cannot read %s\n", a.script);
        return 2;
    }
    if (a.dump && t.n >= 4 && memcmp(t.bytes, "IPC1", 4) == 0) {
        int status = dump_program((const uint8_t *)t.bytes, t.n, stdout) ? 2 : 0;
        free(t.bytes);
        return status;
    }
    compile_text(&c, a.script, t.bytes, t.n, &a.options);
    free(t.bytes);
    source_print(&c.source, stderr);
    int status = c.good ? write_outputs(&c, &a) : 2;
    compile_free(&c);
    return status;
}
