#!/usr/bin/python3
"""The checkers of the reference and of the conformance table: they see what they shall see."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "ci"))
sys.dont_write_bytecode = True

import check_conformance  # noqa: E402
import make_reference  # noqa: E402


class Conformance(unittest.TestCase):
    def troubles(self, *cells, refuses=False):
        return [each for each in check_conformance.row_troubles(list(cells), refuses) if each]

    def test_a_good_row_is_good(self):
        self.assertEqual(self.troubles("a.b", "`kernel/edit.c: edit_run`",
                                       "`locks.readers_conflict_with_readers`", "–"), [])
        self.assertEqual(self.troubles("a.b", "– nothing here ever does that", "–", "–"), [])

    def test_a_place_that_is_gone(self):
        for place in ("kernel/no.c: edit_run", "kernel/edit.c: no_such_function"):
            with self.subTest(place):
                self.assertEqual(len(self.troubles(
                    "a.b", f"`{place}`", "`locks.readers_conflict_with_readers`", "–")), 1)

    def test_a_test_that_is_gone(self):
        for test in ("locks.no_such_test", "no-such-script: group", "hello: no such group"):
            with self.subTest(test):
                self.assertEqual(len(self.troubles(
                    "a.b", "`kernel/edit.c: edit_run`", f"`{test}`", "–")), 1)

    def test_a_row_without_test_or_reason(self):
        self.assertEqual(self.troubles("a.b", "`kernel/edit.c: edit_run`", "–", "–"), ["no test"])
        self.assertEqual(self.troubles("a.b", "– no", "–", "–"),
                         ["no reason why it does not apply"])
        self.assertEqual(self.troubles("a.b", "`kernel/edit.c: edit_run`",
                                       "`locks.readers_conflict_with_readers`", "–",
                                       refuses=True), ["no test of the refusal"])

    def test_a_section_without_a_mutant_that_lives(self):
        table = "\n| a.b | x | `locks.readers_conflict_with_readers` | – |\n"
        for head, said in (("## S\n", "names no mutant"),
                           ("## S\nMutant: `no such`\n", "there is no mutant"),
                           ("## S\nMutant: `a stale slot is used`\n", "no test of it is in")):
            with self.subTest(said):
                found = list(check_conformance.mutant_troubles(head + table))
                self.assertEqual(len(found), 1)
                self.assertIn(said, found[0])

    def test_every_rule_has_one_name(self):
        rules = check_conformance.rules()
        self.assertEqual(len(rules), len(set(rules)))
        self.assertGreater(len(rules), 200)


class Reference(unittest.TestCase):
    def test_a_made_part_is_refreshed_and_nothing_else(self):
        page = "before\n<!-- made: request ADDR -->\nold\n<!-- end -->\nafter\n"
        fresh = make_reference.refreshed(page)
        self.assertNotIn("old", fresh)
        self.assertIn("`0x14`", fresh)
        self.assertTrue(fresh.startswith("before\n") and fresh.endswith("after\n"))
        self.assertEqual(make_reference.refreshed(fresh), fresh)

    def test_what_is_not_there_is_told(self):
        for what in ("request NO", "enum abi/mm.h no", "struct abi/edit.h no", "script no g",
                     "script hello no such group", "define abi/boot.h NO", "nothing"):
            with self.subTest(what), self.assertRaises(make_reference.Wrong):
                make_reference.made(what)

    def test_values_of_an_enum_are_computed(self):
        rows = {name: value for name, value, _ in
                make_reference.enumerators("abi/syscall.h", "cap_right") if name}
        self.assertEqual(rows["RIGHT_STATE"], 8)
        self.assertEqual(rows["RIGHT_ALL"], 63)

    def test_an_example_that_no_test_runs_is_told(self):
        page = Path("page.md")
        self.assertEqual(len(list(make_reference.complaints(page, "```ipc\nspace\n```\n"))), 1)
        good = make_reference.refreshed(
            "<!-- made: script 65-language arrays -->\n<!-- end -->\n")
        self.assertEqual(list(make_reference.complaints(page, good)), [])


if __name__ == "__main__":
    unittest.main()
