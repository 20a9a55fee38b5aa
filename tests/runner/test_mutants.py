"""./cursa test mutants: a mutant that survives, is out of date or does not compile is red."""

import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import lies  # noqa: F401  (finds cursa_lib)
from cursa_lib import mutants
from cursa_lib.paths import Stop

CODE = "a = 1;\nb = 2;\nb = 2;\n"
KILLER = "#!/bin/sh\ngrep -q 'a = 1' ../code.c || { echo '[FAIL] suite::notices: (0.00s)'; exit 1; }\n"


class Mutants(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cursa-test-")
        self.addCleanup(folder.cleanup)
        self.tree = mutants.Tree(Path(folder.name) / "copy", Path(folder.name))
        self.tree.build.mkdir(parents=True)
        self.code = self.tree.folder / "code.c"
        self.code.write_text(CODE)
        self.program("test_a", KILLER)

    def program(self, name, text):
        path = self.tree.build / name
        path.write_text(text.replace("../code.c", str(self.code)))
        path.chmod(0o755)

    def attempt(self, text, instead, compiler=None, test="test_a", limit=20):
        mutant = {"name": "m", "file": "code.c", "text": text, "instead": instead, "test": test}
        with mock.patch.object(self.tree, "compile", lambda target: compiler):
            verdict = mutants.attempt(self.tree, mutant, limit)
        self.assertEqual(self.code.read_text(), CODE, "the tree was not mended")
        return verdict.good, verdict.text

    def test_a_mutant_that_a_test_notices_is_killed_by_that_test(self):
        self.assertEqual(self.attempt("a = 1", "a = 3"), (True, "killed by suite::notices"))

    def test_a_survivor_is_red(self):
        self.assertEqual(self.attempt("a = 1;\n", "a = 1; \n"), (False, "SURVIVED test_a"))

    def test_a_text_that_is_gone_or_stands_twice_is_red(self):
        for text, times in (("c = 1", 0), ("b = 2", 2)):
            self.assertEqual(self.attempt(text, "x"), (False, f"does not apply: its text stands "
                                                       f"{times} times in code.c"))

    def test_a_mutant_that_does_not_compile_is_red(self):
        self.assertEqual(self.attempt("a = 1", "a = ", "error"), (False, "does not compile"))

    def test_a_crash_and_an_endless_loop_are_deaths(self):
        self.program("test_b", "#!/bin/sh\nkill -SEGV $$\n")
        self.assertEqual(self.attempt("a = 1", "a = 3", test="test_b"),
                         (True, "killed by test_b, which ended with code -11"))
        self.program("test_c", "#!/bin/sh\nsleep 60\n")
        self.assertEqual(self.attempt("a = 1", "a = 3", test="test_c", limit=0.2),
                         (True, "killed by test_c, which did not end within 0 s"))

    def test_a_tree_begins_as_the_checkout_and_its_build_are_whatever_was_left(self):
        source, compiled = self.tree.source, self.tree.source / "build"
        for path in (source / "kernel/one.c", compiled / "kernel/one.o", compiled / ".ninja_log"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(path.name)
        os.utime(source / "kernel/one.c", ns=(5, 5))
        with mock.patch.object(self.tree, "_must"):
            self.tree.prepare(compiled)
            (self.tree.folder / "kernel/one.c").write_text("left broken")
            (self.tree.build / "kernel/two.o").write_text("left, too")
            self.tree.prepare(compiled)
        copied = self.tree.folder / "kernel/one.c"
        self.assertEqual((copied.read_text(), copied.stat().st_mtime_ns), ("one.c", 5))
        self.assertEqual((self.tree.build / ".ninja_log").read_text(), ".ninja_log")
        self.assertEqual([p.name for p in (self.tree.build / "kernel").iterdir()], ["one.o"])


class List(unittest.TestCase):
    def test_every_mutant_is_complete_and_has_its_own_name(self):
        for mutant in mutants.known():
            self.assertLessEqual({"name", "file", "text", "instead", "test"}, set(mutant))
            self.assertNotEqual(mutant["text"], mutant["instead"], mutant["name"])

    def test_two_mutants_with_one_name_are_refused(self):
        with mock.patch.object(json, "loads", return_value=[{"name": "m"}, {"name": "m"}]):
            self.assertRaisesRegex(Stop, "two mutants with the name 'm'", mutants.known)

    def test_an_unknown_name_is_refused(self):
        with self.assertRaisesRegex(Stop, "there is no mutant 'nonsense'"):
            mutants.run_mutants(print, ["nonsense"])


if __name__ == "__main__":
    unittest.main()
