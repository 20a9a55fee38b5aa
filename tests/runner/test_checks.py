"""ci/check_scripts.py finds what is wrong in the tables of tests/scripts/README.md."""

import sys
import tempfile
import unittest
from pathlib import Path

from lies import ROOT

sys.path.insert(0, str(ROOT / "ci"))
import check_scripts  # noqa: E402

SCRIPT = """def other() {
  group "an inner one" { map c f rw => E_LEN }
}
group "the first" {
  unmap c 1p => E_LEN
}
group "the second" {
  touch 0 r u8 => fault(r, notpresent)
}
"""
TABLES = """# Scripts

| script | what |
|---|---|
| 10-a, -b | two |

| error | where |
|---|---|
| E_LEN | `unmap`: 11 “the first”<br>`map1`: 11 `def other` |

| fault | where |
|---|---|
| `fault(r, notpresent)` | 11 “the first”, “the second” |
"""


class Tables(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cursa-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("10-a", "10-a-b", "11-c"):
            (self.folder / f"{name}.ipc").write_text(SCRIPT)

    def complaints(self, old="", new=""):
        self.assertIn(old, TABLES)
        text = TABLES.replace(old, new)
        return [said for check in (check_scripts.named, check_scripts.provoked)
                for _, said in check(text, self.folder)]

    def test_a_script_without_a_row_and_a_row_without_a_script_are_found(self):
        self.assertEqual(self.complaints(), ["no row for 11-c.ipc"])
        self.assertEqual(self.complaints("| 10-a, -b | two |", "| 10-a, -b | two |\n| 11-c | c |"), [])
        self.assertEqual(self.complaints("10-a, -b", "10-a, -x"),
                         ["there is no 10-a-x.ipc", "no row for 10-a-b.ipc", "no row for 11-c.ipc"])

    def test_a_place_that_does_not_provoke_is_found(self):
        def also(old, new):
            return self.complaints(old, new)[1:]

        self.assertEqual(also("| E_LEN |", "| E_BUSY |"),
                         ["11-c.ipc: no E_BUSY where the table says"] * 2)
        self.assertEqual(also("“the first”<br>", "“the third”<br>"),
                         ["11-c.ipc has no the third", "11-c.ipc: no E_LEN where the table says"])
        self.assertEqual(also("“the first”<br>", "“the second”<br>"),
                         ["11-c.ipc: no E_LEN where the table says"])
        self.assertEqual(also("`def other`", "`def another`"),
                         ["11-c.ipc has no another", "11-c.ipc: no E_LEN where the table says"])
        self.assertEqual(also("11 `def", "12 `def"), ["0 scripts have the number 12"])
        self.assertEqual(also("11 `def", "10 `def"), ["2 scripts have the number 10"])
        self.assertEqual(also(", “the second”", ""),
                         ["11-c.ipc: no fault(r, notpresent) where the table says"])


if __name__ == "__main__":
    unittest.main()
