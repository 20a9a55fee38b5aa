/* Every form of the grammar compiles. */
#include "check.h"
#include <criterion/criterion.h>
#include <string.h>

#define HANDLES                                                                                \
    "s = space; f = frame; g = frame x 3; h = huge\n"                                          \
    "c = cursor s 0x1000 for 4p; m = cursor_mut s 0x20_0000 for 4p\n"                          \
    "r = reader s 0x1000 for 8; w = writer s 0x1000 for 8\n"                                   \
    "client A on cpu 0; client B on cpu 1; let n = 5\n"

static void accept(const char *const *script)
{
    for (; *script; script++) {
        char text[4096];
        snprintf(text, sizeof(text), HANDLES "%s", *script);
        cr_assert_str_eq(check_diagnostics(text, false, NULL), "", "%s\n%s", *script,
                         check_diagnostics(text, false, NULL));
    }
}

Test(accept, headers_and_declarations)
{
    static const char *const scripts[] = {
        "test \"name\"",
        "test \"name\" [one]",
        "test \"name\" [one, two]",
        "needs cpus >= 2",
        "needs mem >= 64M && cpus < 9",
        "needs backend bochs",
        "needs pcid",
        "needs seed == 7",
        "needs smap; note \"x\"",
        "timeout 2s",
        "timeout 10 * 300ms",
        "seed 0xC0FFEE",
        "let x = 1",
        "let x = 1; let x = $x + 1; set x = $x * 2",
        "def d() { }",
        "def d(a, b) { A: map m $a rw; B: map m b rw }; call d(f, g[1])",
        "def d(a) { close a }\ncall d(g)",
        "def d(n) { let x = $n }; call d(1); A: call d($n + 1)",
        "client C on cpu $n - 5",
        "client C on cpu 0; C: s2 = space; C: activate s2",
        NULL
    };
    accept(scripts);
}

Test(accept, control)
{
    static const char *const scripts[] = {
        "group \"g\" { }",
        "group \"g\" { group \"h\" { note \"x\" } }",
        "repeat 3 { }",
        "repeat $n as i { note \"x\"; let y = $i }",
        "repeat 0 as i { repeat $i as j { } }",
        "choose { 1: note \"a\"\n 2: note \"b\" }",
        "choose { $n: let q = 1; 0: close f }",
        "choose { 1: x = frame\n 2: x = frame fill 3 }\nmap m x rw",
        "if $n { }",
        "if $n == 5 { note \"y\" } else { note \"n\" }",
        "if 1 { }\nelse { }",
        "if 0 { if 1 { } else { } }",
        "skip \"why\"",
        "skip \"why\" if $n > 3",
        "todo \"later\"",
        "group \"g\" { todo \"later\"; check 0 }",
        "par { }",
        "par { A: addr m\nB: addr c }",
        "par { A: addr m; barrier A, B; B: addr c; barrier A, B }",
        "par { repeat 3 as i { A: jump m 0x1000 * $i\nB: addr c; barrier A, B } }",
        "par { let x = rand(); A: jump m $x\nB: jump c $x }",
        "par { A: x = frame async t }\nawait t\nclose x",
        "def d(v) { A: jump m $v; B: addr c }\npar { call d(3); A: call d(4) }",
        "par { if $n { A: addr m } else { B: addr c } }",
        "par { choose { 1: A: addr m\n 2: A: jump m 0 } }",
        "par { addr m; A: addr m }",
        "interleave { A { addr m } B { addr c } }",
        "interleave max 3 { A { addr m; addr m }; B { } }",
        "interleave max $n {\n A { x = frame; close x }\n B { let y = 2; touch $y x }\n}",
        "interleave { A { repeat 2 { addr m } } B { if 1 { A2 = frame; close A2 } } }",
        "par { A: addr m; trace on; note \"x\" }",
        NULL
    };
    accept(scripts);
}

Test(accept, verification)
{
    static const char *const scripts[] = {
        "A: x = cursor_mut s 0..1p async t; blocked t",
        "A: x = cursor_mut s 0..1p async t\nblocked t by m",
        "A: addr m async t; B: addr m async u; blocked u by t",
        "A: addr m async t; blocked t by A",
        "A: addr m async t => ok or 0; await t",
        "A: addr m async t; await t => E_STALE or _",
        "check 1",
        "check $n == 5",
        "check stat(nodes) + 1 > stat(cursors)",
        "check invariants",
        "check leaks == 0",
        "check !(leaks > 3) || 1",
        "dump \"d\"",
        "note \"n\"",
        "trace on; trace off",
        NULL
    };
    accept(scripts);
}

Test(accept, every_operation)
{
    static const char *const scripts[] = { "x = space",
                                           "x = frame",
                                           "x = frame x 3",
                                           "x = frame fill 0xAA",
                                           "x = frame x $n fill $n",
                                           "frame x 2",
                                           "x = huge",
                                           "x = huge fill 3",
                                           "activate s",
                                           "activate none",
                                           "close s",
                                           "close g",
                                           "close g[1]",
                                           "close c",
                                           "close w",
                                           "grant s to A MAP",
                                           "grant f to A MAP, READ",
                                           "grant s to A [MAP, READ, WRITE, GRANT]",
                                           "grant g[0] to B READ WRITE",
                                           "revoke s",
                                           "revoke s from A",
                                           "pager s A",
                                           "pager s none",
                                           "x = take_fault",
                                           "A: take_fault async t",
                                           "fault_why => fault(r, notpresent)",
                                           "resume",
                                           "refuse",
                                           "saturate f",
                                           "saturate g[2]",
                                           "reap s",
                                           "x = cursor s 0..1p",
                                           "x = cursor_mut s $n for 2 * 1p",
                                           "x = try cursor s 0 for 1p",
                                           "try cursor_mut s 0..0x1000",
                                           "query c",
                                           "query m",
                                           "find_next c 4p",
                                           "jump c 0x1000",
                                           "addr m",
                                           "map m f rw",
                                           "map m g rwx",
                                           "map m g[$n % 3] r, uc",
                                           "map_excl m f noaccess",
                                           "map_huge m h rx, wc",
                                           "unmap m 1p",
                                           "protect_next m 1p r, wt",
                                           "flush m all",
                                           "flush m 0x1000 for 1p",
                                           "flush m 0..1p",
                                           "dispatch m",
                                           "sync m",
                                           "map1 s 0x1000 f rw",
                                           "map1 s 0 g rw, wb",
                                           "unmap1 s 0x1000 1p",
                                           "protect1 s 0 1p r",
                                           "query1 s 0x1000",
                                           "x = reader s 0 for 8",
                                           "x = writer s 0..8",
                                           "limit r 4",
                                           "skip w 4",
                                           "remain r",
                                           "read r 4",
                                           "write w \"a\\n\\t\\\"\\\\\\x41\"",
                                           "write w [1, 2, $n]",
                                           "write w []",
                                           "zero w 4",
                                           "copy w r",
                                           "read_val r u8",
                                           "write_val w u16 5",
                                           "read_once w u32",
                                           "write_once w u64 1",
                                           "load w",
                                           "cas w 1 2",
                                           "attach w at 0x1000",
                                           "touch 0x1000 r u8",
                                           "touch $n w u64 1",
                                           "touch 1p x",
                                           "raw 1",
                                           "raw rand(0, 256) with []",
                                           "raw 0x7f with [1, s, g[1], m + 1, -1]",
                                           "raw 0x10 with [c]",
                                           "kill A",
                                           "A: kill B",
                                           "fail_alloc 3",
                                           "x = raw 1\nclose x",
                                           "x = unmap m 1p; let y = $x",
                                           "x = addr m; jump m $x + 1p",
                                           NULL };
    accept(scripts);
}

Test(accept, every_outcome)
{
    static const char *const scripts[] = {
        "query c => _",
        "query c => ok",
        "query c => 5",
        "query c => none",
        "query c => 0 for 1p",
        "query c => 0..1p",
        "query c => 0 for 1p -> none",
        "query c => 0..1p -> f",
        "query c => 0 for 1p -> g[1] rw",
        "query c => 0 for 1p -> g[$n - 4] r, uc",
        "query c => 0 for 1p -> _",
        "query c => 0 for 1p -> _ rw",
        "query c => 5 -> none",
        "query c => none -> f rw",
        "read r 4 => \"ABCD\"",
        "read r 4 => E_FAULT",
        "read r 4 => E_FAULT(3) or \"\"",
        "touch 0 r u8 => fault(r)",
        "touch 0 r u8 => fault(r, notpresent) or fault(w, protection) or fault(x, reserved)",
        "touch 0 x => fault(x, other) or ok",
        "addr c => $n * 2 or 0x1000 + 1p or stat(nodes)",
        "frame => E_NOMEM or E_QUOTA or E_HANDLE or E_PEER or E_STALE or ok",
        NULL
    };
    accept(scripts);
}

Test(accept, keywords_are_contextual)
{
    static const char *const scripts[] = {
        "r = frame; w = frame; x = frame; with = frame; all = frame\nmap m r rw; map m all r",
        "with_ = frame; map = space; cursor = cursor_mut map 0 for 1p; map cursor with_ r",
        "test = frame; group = frame; par = frame; map m test rw; close group; close par",
        "none = frame; ok = space; for = frame; map m for r; close none",
        "client test on cpu 0; test: addr m; test: skip = frame; close skip",
        "skip = reader s 0 for 8; skip skip 4",
        NULL
    };
    accept(scripts);
}

Test(accept, line_ends_comments_and_blanks)
{
    static const char *const scripts[] = {
        ";;\n;",
        "note \"a\" # comment",
        "note \"#\"; note \"b\"",
        "map m f \\\n rw \\\n => ok",
        "\tnote \"a\"\r\nnote \"b\"\r\n",
        "group \"g\" { note \"a\" }",
        "repeat 1 {\n\n}\n",
        "note \"\xc3\xa4\"",
        "# only a comment",
        "jump c 1_000; jump c 0b1010_1; jump c 4hp; jump c 2M",
        NULL
    };
    accept(scripts);
    cr_assert_str_eq(check_diagnostics("", false, NULL), "");
    cr_assert_str_eq(check_diagnostics("\xef\xbb\xbfnote \"x\"", false, NULL), "");
}

Test(accept, included_files_share_names_with_the_script)
{
    static const struct included files[] = { { "a.ipc", "x = frame\ninclude \"b.ipc\"\n" },
                                             { "b.ipc", "def d(v) { close v }" },
                                             { NULL, NULL } };
    cr_assert_str_eq(check_diagnostics("include \"a.ipc\"\ncall d(x)\n", false, files), "");
}
