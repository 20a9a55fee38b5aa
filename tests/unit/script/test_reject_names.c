/* Names and kinds of handles that do not fit are refused, with exactly these diagnostics. */
#include "check.h"
#include <criterion/criterion.h>

struct refusal {
    const char *script, *diagnostics;
};

static void refuse(const struct refusal *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cr_assert_str_eq(check_diagnostics(table[i].script, false, NULL), table[i].diagnostics,
                         "%s\n%s", table[i].script,
                         check_diagnostics(table[i].script, false, NULL));
    }
}

Test(reject, names_and_kinds_that_do_not_fit)
{
    static const struct refusal table[] = {
        { "a = space\n"
          "f = frame\n"
          "\n"
          "\n"
          "c = cursor a 0x1000 for 4p\n"
          "\n"
          "map c f rw\n",
          "t.ipc:7:5: error: 'map' needs a cursor_mut, but 'c' is a read cursor\n"
          "    7 | map c f rw\n"
          "      |     ^\n"
          "    5 | c = cursor a 0x1000 for 4p          'c' was made here\n"
          "      = help: write 'c = cursor_mut a 0x1000 for 4p'\n" },
        { "x = frame x 3\n"
          "a = space\n"
          "m = cursor_mut a 0 for 1p\n"
          "map m x[3] rw\n"
          "close m; query x\n"
          "saturate x\n",
          "t.ipc:4:9: error: 'x' has no element 3\n"
          "    4 | map m x[3] rw\n"
          "      |         ^\n"
          "    1 | x = frame x 3                       'x' was made here\n"
          "      = help: its elements are 0 to 2\n"
          "t.ipc:5:16: error: 'query' needs a cursor, but 'x' is an array of 3 frames\n"
          "    5 | close m; query x\n"
          "      |                ^\n"
          "    1 | x = frame x 3                       'x' was made here\n"
          "      = help: name one of them: x[0]\n"
          "t.ipc:6:10: error: 'saturate' needs a frame, but 'x' is an array of 3 frames\n"
          "    6 | saturate x\n"
          "      |          ^\n"
          "    1 | x = frame x 3                       'x' was made here\n"
          "      = help: name one of them: x[0]\n" },
        { "let n = 1\n"
          "let y = n\n",
          "t.ipc:2:9: error: 'n' is a number and is read with '$'\n"
          "    2 | let y = n\n"
          "      |         ^\n"
          "    1 | let n = 1                           'n' was made here\n"
          "      = help: write $n\n" },
        { "raw 1 with [q]\n", "t.ipc:1:13: error: 'q' is not known here\n"
                              "    1 | raw 1 with [q]\n"
                              "      |             ^\n"
                              "      = help: a name is known from the statement that makes it "
                              "to the end of its block\n" },
        { "check stat(nods) == 0\n", "t.ipc:1:12: error: 'nods' is no counter\n"
                                     "    1 | check stat(nods) == 0\n"
                                     "      |            ^\n"
                                     "      = help: did you mean nodes?\n" },
        { "a = space\n"
          "query a => E_RANG\n",
          "t.ipc:2:12: error: 'E_RANG' is no error\n"
          "    2 | query a => E_RANG\n"
          "      |            ^\n"
          "      = help: did you mean E_RANGE?\n" },
        { "def f() { call f() }\n"
          "call f()\n",
          "t.ipc:1:16: error: 'f' calls itself\n"
          "    1 | def f() { call f() }\n"
          "      |                ^\n"
          "    1 | def f() { call f() }                'f' was made here\n"
          "      = help: there is no recursion; use `repeat`\n" },
        { "def f(x) { close x }\n"
          "call f()\n",
          "t.ipc:2:6: error: 'f' takes 1 argument, not 0\n"
          "    2 | call f()\n"
          "      |      ^\n"
          "    1 | def f(x) { close x }                'f' was made here\n"
          "      = help: give one for each of its parameters\n" },
        { "let x = 5q\n"
          "let y = 99999999999999999999\n"
          "let z = 0x\n",
          "t.ipc:1:10: error: a number ends with an unknown unit\n"
          "    1 | let x = 5q\n"
          "      |          ^\n"
          "      = help: units are K M G T, p (4 KiB), hp (2 MiB), ms and s\n"
          "t.ipc:2:9: error: this is not a number of 64 bits\n"
          "    2 | let y = 99999999999999999999\n"
          "      |         ^\n"
          "      = help: write decimal digits, or 0x or 0b and digits, up to 2^64 - 1\n"
          "t.ipc:3:9: error: this is not a number of 64 bits\n"
          "    3 | let z = 0x\n"
          "      |         ^\n"
          "      = help: write decimal digits, or 0x or 0b and digits, up to 2^64 - 1\n" },
        { "x = close f", "t.ipc:1:1: error: 'close' answers nothing that has a name\n"
                         "    1 | x = close f\n"
                         "      | ^\n"
                         "      = help: remove the name and the '='\n"
                         "t.ipc:1:11: error: 'f' is not known here\n"
                         "    1 | x = close f\n"
                         "      |           ^\n"
                         "      = help: a handle is made by NAME = and an operation, such as "
                         "space or frame\n" },
        { "A: space\n", "t.ipc:1:1: error: 'A' is not known here\n"
                        "    1 | A: space\n"
                        "      | ^\n"
                        "      = help: declare it first: client A on cpu 0\n" },
        { "client A on cpu 0\n"
          "client A on cpu 1\n",
          "t.ipc:2:8: error: there is a client 'A' already\n"
          "    2 | client A on cpu 1\n"
          "      |        ^\n"
          "    1 | client A on cpu 0                   'A' was made here\n"
          "      = help: give the second one another name\n" },
        { "par { group \"x\" { } }\n", "t.ipc:1:7: error: 'group' cannot stand inside par\n"
                                       "    1 | par { group \"x\" { } }\n"
                                       "      |       ^\n"
                                       "      = help: write it before or behind the par\n" },
        { "barrier A\n", "t.ipc:1:1: error: 'barrier' stands inside par only\n"
                         "    1 | barrier A\n"
                         "      | ^\n"
                         "      = help: clients that run one after the other need none\n" },
        { "a = space\n"
          "w = reader a 0 for 8\n"
          "write w \"x\"\n",
          "t.ipc:3:7: error: 'write' needs a writer, but 'w' is a reader\n"
          "    3 | write w \"x\"\n"
          "      |       ^\n"
          "    2 | w = reader a 0 for 8                'w' was made here\n"
          "      = help: write 'w = writer a 0 for 8'\n" },
        { "t = frame\n"
          "await t\n"
          "blocked u\n",
          "t.ipc:2:7: error: 't' is a frame, not the tag of a request\n"
          "    2 | await t\n"
          "      |       ^\n"
          "    1 | t = frame                           't' was made here\n"
          "      = help: a tag is made by a request that ends with: async TAG\n"
          "t.ipc:3:9: error: 'u' is not known here\n"
          "    3 | blocked u\n"
          "      |         ^\n"
          "      = help: a name is known from the statement that makes it to the end of its "
          "block\n" },
        { "let x = $y + rnd(1)\n", "t.ipc:1:9: error: 'y' is not known here\n"
                                   "    1 | let x = $y + rnd(1)\n"
                                   "      |         ^\n"
                                   "      = help: a name is known from the statement that "
                                   "makes it to the end of its block\n"
                                   "t.ipc:1:14: error: 'rnd' is no function\n"
                                   "    1 | let x = $y + rnd(1)\n"
                                   "      |              ^\n"
                                   "      = help: did you mean rand?\n" },
        { "client A on cpu 0\n"
          "A: note \"x\"",
          "t.ipc:2:4: error: only a request or a call can have a client before it\n"
          "    2 | A: note \"x\"\n"
          "      |    ^\n"
          "      = help: write the statement without the client\n" },
        { "note \"\\q\"", "t.ipc:1:7: error: an unknown escape in a string\n"
                          "    1 | note \"\\q\"\n"
                          "      |       ^\n"
                          "      = help: strings know \\n \\t \\\" \\\\ and \\xHH\n" },
        { "client A on cpu 0; client B on cpu 0\n"
          "a = space\n"
          "par { let n = 1\n"
          "repeat rand() { A: addr a\n"
          "B: addr a } }\n",
          "t.ipc:4:8: error: this value would differ between the clients of the par\n"
          "    4 | repeat rand() { A: addr a\n"
          "      |        ^\n"
          "      = help: compute it with `let` before the par\n"
          "t.ipc:4:25: error: 'addr' needs a cursor, but 'a' is a space\n"
          "    4 | repeat rand() { A: addr a\n"
          "      |                         ^\n"
          "    2 | a = space                           'a' was made here\n"
          "      = help: make one with NAME = cursor_mut SPACE START for LENGTH\n"
          "t.ipc:5:9: error: 'addr' needs a cursor, but 'a' is a space\n"
          "    5 | B: addr a } }\n"
          "      |         ^\n"
          "    2 | a = space                           'a' was made here\n"
          "      = help: make one with NAME = cursor_mut SPACE START for LENGTH\n" },
        { "f = frame\n"
          "let x = f + 1\n",
          "t.ipc:2:9: error: 'f' is a frame, not a number\n"
          "    2 | let x = f + 1\n"
          "      |         ^\n"
          "    1 | f = frame                           'f' was made here\n"
          "      = help: a number is expected here; the number of a handle is used by `raw` "
          "only\n" },
        { "interleave { main { frame } main { frame } }",
          "t.ipc:1:29: error: a client has two blocks in one interleave\n"
          "    1 | interleave { main { frame } main { frame } }\n"
          "      |                             ^\n"
          "      = help: put its lines into one block\n" },
        { "raw 1 with [$x[0]]", "t.ipc:1:13: error: 'x' is not known here\n"
                                "    1 | raw 1 with [$x[0]]\n"
                                "      |             ^\n"
                                "      = help: a name is known from the statement that makes "
                                "it to the end of its block\n" },
    };
    refuse(table, sizeof(table) / sizeof(table[0]));
}
