/* What compiles means what it should: values, code, limits, the map. */
#include "check.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define HAS(text, part) cr_assert_not_null(strstr(text, part), "no '%s' in\n%s", part, text)
#define HAS_NOT(text, part) cr_assert_null(strstr(text, part), "'%s' in\n%s", part, text)

Test(program, operators_have_the_precedence_and_meaning_of_c)
{
    static const struct {
        const char *text;
        uint64_t value;
    } table[] = {
        { "1 + 2 * 3", 7 },
        { "(1 + 2) * 3", 9 },
        { "10 - 4 - 3", 3 },
        { "100 / 7 % 5", 4 },
        { "1 << 2 + 1", 8 },
        { "1 | 2 ^ 3 & 5", 1 | (2 ^ (3 & 5)) },
        { "5 == 5 & 1", 1 },
        { "~0", UINT64_MAX },
        { "-1", UINT64_MAX },
        { "- -3", 3 },
        { "!5 + 1", 1 },
        { "+4", 4 },
        { "1 << 64", 0 },
        { "1 >> 64", 0 },
        { "0 - 1 > 5", 1 },
        { "1 ? 2 : 3", 2 },
        { "0 ? 1 : 0 ? 2 : 3", 3 },
        { "min(4, 2) + max(4, 2)", 6 },
        { "align(4097, 1p)", 8192 },
        { "align(5, 0)", 5 },
        { "2K + 1M", (1 << 11) + (1 << 20) },
        { "1hp - 1p", 0x1ff000 },
        { "1_000s", 1000000000 },
        { "3ms", 3000 },
        { "1T", 1ull << 40 },
        { "0xffff_ffff_ffff_ffff + 2", 1 },
        { "0b101", 5 },
        { "1G / 4", 1 << 28 },
        /* the same with values known at run time only */
        { "$two + $seven * 3", 23 },
        { "$seven - $two - 1", 4 },
        { "$zero || $two", 1 },
        { "$zero && 1 / $zero", 0 },
        { "$two || 1 / $zero", 1 },
        { "$seven && $two", 1 },
        { "$zero || $zero", 0 },
        { "$zero ? 5 : $seven", 7 },
        { "$two ? $two ? 8 : 9 : 1", 8 },
        { "!$two || !$zero && $seven > $two", 1 },
        { "-$two + 3", 1 },
        { "~$zero", UINT64_MAX },
        { "max($two, $seven) << $two", 28 },
        { "align($seven, 4)", 8 },
        { "$seven % 4 == 3", 1 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        cr_assert_eq(check_value(table[i].text), table[i].value, "%s", table[i].text);
}

Test(program, control_flow_and_scope_compute_what_they_say)
{
    cr_assert_eq(check_value("let x = 0; repeat 5 as i { set x = $x + $i }; set x = $x + 0"),
                 10);
    cr_assert_eq(check_value("let x = 1; repeat $zero { set x = 9 }; set x = $x"), 1);
    cr_assert_eq(check_value("let x = 1; if $two { let x = 5 } ; set x = $x + 1"), 2);
    cr_assert_eq(
        check_value("let x = 1; if $zero { set x = 5 } else { set x = 6 }; set x = $x"), 6);
    cr_assert_eq(check_value("let x = 1; let x = $x + 1; let x = $x + 1"), 3);
    cr_assert_eq(check_value("let x = 0; repeat 3 { repeat 4 { set x = $x + 1 } }; set x = $x"),
                 12);
    cr_assert_eq(check_value("let x = 1; def d(x) { set x = $x + 5 }; call d(3); let x = $x"),
                 1);
    cr_assert_eq(
        check_value("let x = 0; def d(a, b) { set x = $a * 10 + $b }\ncall d($seven, 2)\n"
                    "call d($x, $two); set x = $x"),
        722);
}

Test(program, a_cursor_carries_its_end_and_a_window_its_length)
{
    const char *dump = check_dump("s = space; cursor s 0x1000 for 4p; cursor s 0x1000..0x5000");
    HAS(dump, "push 0x1000\n    5  push 0x5000");
    HAS(dump, "push 0x1000\n   11  push 0x5000");
    dump = check_dump("s = space; reader s 0x1000..0x1008; reader s 0x1000 for 8");
    HAS(dump, "push 0x1000\n    5  push 0x8");
    HAS(dump, "push 0x1000\n   10  push 0x8");
    dump = check_dump("s = space; cursor s 0xffff_ffff_ffff_f000 for 2p");
    HAS(dump, "const 0xfffffffffffff000\n    5  push 0x1000");
}

Test(program, a_random_start_of_a_range_is_drawn_once)
{
    const char *dump = check_dump("s = space; cursor s rand() for 1p => ok");
    const char *first = strstr(dump, "  rand ");
    cr_assert_not_null(first);
    cr_assert_null(strstr(first + 1, "  rand "));
    HAS(dump, "store slot");
}

Test(program, a_tag_and_its_expectation_belong_to_the_request)
{
    const char *dump = check_dump(
        "client A on cpu 0; s = space\nA: c = cursor_mut s 0..1p async t => ok or E_BUSY\n"
        "blocked t by c\nawait t");
    HAS(dump, "expect ok flags 0, 0x0\n");
    HAS(dump, "E_BUSY");
    HAS(dump, "CURSOR_MUT, 4 operands, from \"A\", tag \"t\", to slot 1 \"c\", point");
    HAS(dump, "unbind slots 1, 1 of them");
    HAS(dump, "await site 4, tag \"t\"\n");
}

Test(program, par_makes_a_lane_for_each_client_and_interleave_counts_steps)
{
    const char *dump =
        check_dump("client A on cpu 0; client B on cpu 0; s = space; c = cursor s 0..1p\n"
                   "par {\n A: addr c\n B: addr c\n repeat 2 { A: addr c\nB: addr c }\n}\n"
                   "interleave max 4 { A { addr c; let x = 1; jump c $x } B { addr c } }");
    HAS(dump, "lane \"A\" at");
    HAS(dump, "lane \"B\" at");
    HAS(dump, "2 steps");
    HAS(dump, "1 steps");
    const char *par = strstr(dump, "  par ");
    cr_assert_not_null(par);
    const char *repeat = strstr(par, "repeat slot");
    cr_assert_not_null(repeat);
    cr_assert_not_null(strstr(repeat + 1, "repeat slot"), "each lane counts for itself");
}

Test(program, names_of_one_block_of_choose_share_a_variable)
{
    const char *dump = check_dump("choose { 1: f = frame\n1: f = frame fill 2 }\nclose f");
    HAS(dump, "to slot 0 \"f\"");
    HAS_NOT(dump, "to slot 1");
    HAS(dump, "choose a=2");
}

Test(program, the_map_tells_places_texts_groups_and_calls)
{
    const char *map =
        check_map("test \"T \\\"q\\\"\" [a, b]\ntimeout 3s; seed 5; needs backend bochs\n"
                  "client A on cpu 0\ng = frame x 2\n"
                  "def d(v) {\n  A: addr v   =>   1   # why\n}\n"
                  "group \"outer\" {\n  s = space; c = cursor s 0 \\\n   for 1p\n"
                  "  group \"inner\" { call d(c); check stat(nodes) == 0 }\n}\n");
    HAS(map,
        "\"test\":\"T \\\"q\\\"\",\"tags\":[\"a\",\"b\"],\"timeout_us\":3000000,\"seed\":5");
    HAS(map, "{\"kind\":\"backend\",\"site\":0,\"name\":\"bochs\",\"text\":\"needs backend "
             "bochs\"}");
    HAS(map, "\"clients\":[\"main\",\"A\"]");
    HAS(map, "{\"name\":\"g\",\"array\":true}");
    HAS(map, "{\"name\":\"c\",\"array\":false}");
    HAS(map, "\"counters\":[\"nodes\"]");
    HAS(map, "{\"id\":1,\"site\":3,\"name\":\"outer\",\"parent\":null,\"file\":0,\"line\":8");
    HAS(map, "\"name\":\"inner\",\"parent\":1,");
    HAS(map, "\"line\":6,\"column\":3,\"text\":\"A: addr v => 1\",\"asked\":\"A: addr v\",");
    HAS(map, "\"expect\":\"1\",\"op\":\"addr\",\"client\":1");
    HAS(map, "\"group\":2,\"via\":[{\"file\":0,\"line\":11,\"column\":19}]");
    HAS(map, "\"text\":\"c = cursor s 0 for 1p\"");
    HAS(map, "\"text\":\"outer\"");
}

Test(program, points_inside_todo_are_marked_up_to_the_end_of_the_block)
{
    const char *map = check_map("group \"g\" { check 1; todo \"x\"; check 2 }\ncheck 3");
    HAS(map, "\"point\":true,\"todo\":false,\"file\":0,\"line\":1,\"column\":13");
    HAS(map, "\"point\":true,\"todo\":true,\"file\":0,\"line\":1,\"column\":32");
    HAS(map, "\"point\":true,\"todo\":false,\"file\":0,\"line\":2");
}

Test(program, lint_tells_open_handles_and_useless_outcomes)
{
    const char *text = check_diagnostics("s = space\nf = frame\nclose f => ok or ok\n"
                                         "query1 s 0 => E_FAULT or E_FAULT(3) or 5\n"
                                         "touch 0 r u8 => _ or fault(r)\n"
                                         "query1 s 0 => 0 for 1p\n"
                                         "fault_why => fault(r, notpresent)\n",
                                         true, NULL);
    HAS(text, "t.ipc:1:1: warning: 's' is never closed\n");
    HAS_NOT(text, "'f' is never closed");
    HAS(text,
        "t.ipc:3:18: warning: this outcome is never reached: an earlier one matches it\n");
    HAS(text, "t.ipc:4:26: warning: this outcome is never reached");
    HAS(text, "t.ipc:4:40: warning: 'query1' never answers this\n");
    HAS(text, "t.ipc:5:22: warning: this outcome is never reached");
    HAS(text, "t.ipc:6:15: warning: 'query1' never answers this\n");
    HAS_NOT(text, "'fault_why' never answers this");
}

Test(program, an_include_of_itself_and_a_missing_one_are_errors)
{
    static const struct included files[] = { { "a.ipc", "include \"b.ipc\"\n" },
                                             { "b.ipc", "note \"x\"\n  include \"a.ipc\"\n" },
                                             { "bad.ipc", "c = frame\nquery c\n" },
                                             { NULL, NULL } };
    cr_assert_str_eq(check_diagnostics("include \"a.ipc\"\n", false, files),
                     "b.ipc:2:11: error: the file includes itself\n"
                     "    2 |   include \"a.ipc\"\n"
                     "      |           ^\n"
                     "      = help: remove one include of the circle\n");
    HAS(check_diagnostics("include \"gone\"\n", false, files),
        "t.ipc:1:9: error: the file cannot");
    HAS(check_diagnostics("include \"bad.ipc\"", false, files),
        "bad.ipc:2:7: error: 'query' needs");
    HAS(check_diagnostics("c = frame\ninclude \"bad.ipc\"", false, files), "    1 | c = frame");
}

Test(program, a_def_is_checked_though_nobody_calls_it)
{
    const char *text =
        check_diagnostics("def d(a) {\n  map a a rw\n  quary a\n  close b\n}\n", false, NULL);
    HAS(text, "t.ipc:3:3: error: 'quary' is no operation");
    HAS(text, "did you mean query?");
    HAS(text, "t.ipc:4:9: error: 'b' is not known here");
    HAS_NOT(text, "map");
}

Test(program, an_error_inside_choose_or_interleave_costs_one_line)
{
    const char *text =
        check_diagnostics("client A on cpu 0\nchoose {\n 1: quary f\n 1: f = frame\n}\n"
                          "close f\ninterleave {\n A { addr }\n 5 { }\n}\nspice\n",
                          false, NULL);
    HAS(text, "t.ipc:3:5: error: 'quary' is no operation");
    HAS(text, "t.ipc:8:11: error: expected a handle before '}'");
    HAS(text, "t.ipc:9:2: error: expected a client and its block before '5'");
    HAS(text, "t.ipc:11:1: error: 'spice' is no operation");
    HAS_NOT(text, "t.ipc:4:");
    HAS_NOT(text, "t.ipc:5:");
    HAS_NOT(text, "t.ipc:6:");
    HAS_NOT(text, "t.ipc:10:");
}

Test(program, twenty_errors_are_told_in_order_and_the_rest_is_counted)
{
    char script[1024] = "";
    for (int i = 0; i < 30; i++)
        strcat(script, "quary\n");
    const char *text = check_diagnostics(script, false, NULL);
    HAS(text, "t.ipc:20:1: error");
    HAS_NOT(text, "t.ipc:21:1: error");
    HAS(text, "and 10 more\n");
}

static void refused(const char *script, const char *why)
{
    const char *text = check_diagnostics(script, false, NULL);
    HAS(text, why);
}

/* before, n times what, after */
static char *many(const char *before, const char *what, size_t n, const char *after)
{
    char *text = malloc(strlen(before) + n * strlen(what) + strlen(after) + 1);
    cr_assert_not_null(text);
    strcpy(text, before);
    char *end = text + strlen(text);
    for (size_t i = 0; i < n; i++, end += strlen(what))
        strcpy(end, what);
    strcpy(end, after);
    return text;
}

Test(program, nothing_is_too_deep_or_too_long_to_be_refused)
{
    static const struct {
        const char *before, *what, *after, *why;
        size_t n;
    } table[] = {
        { "let x = ", "(", "1", "nested too deeply", 50000 },
        { "let x = ", "-", "1", "nested too deeply", 50000 },
        { "let x = 1", "+ 1", "", "nested too deeply", 50000 },
        { "let x = ", "1 ? ", "", "nested too deeply", 50000 },
        { "let x = ", "min(", "", "nested too deeply", 50000 },
        { "", "if 1 {\n", "", "nested too deeply", 5000 },
        { "", "grop {\n", "", "is no operation", 5000 },
        { "", "choose { 1: ", "", "nested too deeply", 5000 },
        { "f = frame\nquery f", "[f", "", "nested too deeply", 5000 },
        { "raw 1 with [1", ", 1", "]", "the list is too long", 64 },
        { "addr c => 1", " or 2", "", "too many outcomes", 16 },
        { "choose {\n", "1: note \"\"\n", "}", "too many alternatives", 65 },
        { "note \"", "x", "\"", "longer than 1024 bytes", 1025 },
        { "", "let x = 1\n", "", "the script is too large", 5000 },
        { "", "note \"a\"\n", "", "the script is too large", 17000 },
        { "", "repeat 1 { ", "", "loops are nested too deeply", 17 },
        { "", "group \"\" { ", "", "groups are nested too deeply", 17 },
        { "", "#2345678", "", "the file is too large", 140000 },
        { "def f(a", ", b", ") { }", "too many parameters", 16 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char *text = many(table[i].before, table[i].what, table[i].n, table[i].after);
        refused(text, table[i].why);
        free(text);
    }
}

Test(program, clients_and_expansions_are_bounded)
{
    char text[4096] = "";
    for (int i = 0; i < 16; i++)
        sprintf(text + strlen(text), "client C%d on cpu 0\n", i);
    refused(text, "t.ipc:16:8: error: too many clients");
    strcpy(text, "def f0() { note \"x\" }\n");
    for (int i = 1; i < 30; i++)
        sprintf(text + strlen(text), "def f%d() { call f%d(); call f%d() }\n", i, i - 1, i - 1);
    strcat(text, "call f29()\n");
    refused(text, "the script is too large");
}
