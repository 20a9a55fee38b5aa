/* What is no script is refused, with exactly these diagnostics. */
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

Test(reject, what_is_not_the_language)
{
    static const struct refusal table[] = {
        { "protect_nxt c 1p r", "t.ipc:1:1: error: 'protect_nxt' is no operation\n"
                                "    1 | protect_nxt c 1p r\n"
                                "      | ^\n"
                                "      = help: did you mean protect_next?\n" },
        { "grop \"x\" {\n"
          "note 5\n"
          "}\n"
          "note \"ok\"\n",
          "t.ipc:1:1: error: 'grop' is no operation\n"
          "    1 | grop \"x\" {\n"
          "      | ^\n"
          "      = help: did you mean group?\n"
          "t.ipc:2:6: error: expected a string before '5'\n"
          "    2 | note 5\n"
          "      |      ^\n"
          "      = help: a text is written in double quotes\n" },
        { "map", "t.ipc:1:4: error: expected a handle, but the file ends\n"
                 "    1 | map\n"
                 "      |    ^\n"
                 "      = help: a handle is a name, or name[index] for one of several\n" },
        { "note \"unclosed\n", "t.ipc:1:6: error: a string has no closing quote\n"
                               "    1 | note \"unclosed\n"
                               "      |      ^\n"
                               "      = help: close it with \" on the same line\n" },
        { "let x = (((1)\n", "t.ipc:1:14: error: expected ')', but the line ends\n"
                             "    1 | let x = (((1)\n"
                             "      |              ^\n"
                             "      = help: close the parenthesis\n" },
        { "}\n"
          "note \"x\"",
          "t.ipc:1:1: error: this '}' closes no block\n"
          "    1 | }\n"
          "      | ^\n"
          "      = help: remove it, or open the block with '{'\n" },
        { "group \"g\" {\n", "t.ipc:1:11: error: this block is never closed\n"
                             "    1 | group \"g\" {\n"
                             "      |           ^\n"
                             "      = help: close it with '}'\n" },
        { "timeout 2s\n"
          "timeout rand()\n",
          "t.ipc:2:1: error: this was given already\n"
          "    2 | timeout rand()\n"
          "      | ^\n"
          "    1 | timeout 2s                          the first one\n"
          "      = help: keep one of the two\n"
          "t.ipc:2:9: error: a constant is needed here\n"
          "    2 | timeout rand()\n"
          "      |         ^\n"
          "      = help: write a number; it is used before the script runs\n" },
        { "touch 0x1000 q u8\n", "t.ipc:1:14: error: expected r, w or x before 'q'\n"
                                 "    1 | touch 0x1000 q u8\n"
                                 "      |              ^\n"
                                 "      = help: write touch ADDRESS r u8, touch ADDRESS w u8 "
                                 "VALUE or touch ADDRESS x\n" },
        { "touch 0 r u9\n", "t.ipc:1:11: error: expected a type before 'u9'\n"
                            "    1 | touch 0 r u9\n"
                            "      |           ^\n"
                            "      = help: types are u8, u16, u32 and u64\n" },
        { "a = space\n"
          "map1 a 0 a rq\n",
          "t.ipc:2:12: error: expected a property before 'rq'\n"
          "    2 | map1 a 0 a rq\n"
          "      |            ^\n"
          "      = help: properties are r, rw, rx, rwx and noaccess\n" },
        { "\tmap\t\303\244\n",
          "t.ipc:1:6: error: this character has no meaning here\n"
          "    1 |  map \303\244\n"
          "      |      ^\n"
          "      = help: scripts are made of words, numbers, strings and the marks of C's "
          "operators\n"
          "t.ipc:1:7: error: expected a handle, but the line ends\n"
          "    1 |  map \303\244\n"
          "      |       ^\n"
          "      = help: a handle is a name, or name[index] for one of several\n" },
        { "trace maybe", "t.ipc:1:7: error: expected on or off before 'maybe'\n"
                         "    1 | trace maybe\n"
                         "      |       ^\n"
                         "      = help: write trace on or trace off\n" },
        { "try map c f rw", "t.ipc:1:5: error: 'try' stands before cursor and cursor_mut only\n"
                            "    1 | try map c f rw\n"
                            "      |     ^\n"
                            "      = help: other requests do not wait for locks\n" },
        { "if 1 { note \"x\" } note \"y\"",
          "t.ipc:1:19: error: expected the end of the line before 'note'\n"
          "    1 | if 1 { note \"x\" } note \"y\"\n"
          "      |                   ^\n"
          "      = help: one statement a line, or `;` between two\n" },
    };
    refuse(table, sizeof(table) / sizeof(table[0]));
}
