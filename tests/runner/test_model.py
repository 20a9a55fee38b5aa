"""The model as a machine: sets of outcomes, points that it skips, where a comparison ends."""

import tempfile
import unittest
from pathlib import Path

import lies
from cursa_lib import fuzz_script, model, session


class Model(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="cursa-test-")
        self.script = lies.source(Path(self.temporary.name))

    def tearDown(self):
        self.temporary.cleanup()

    def told(self, parts):
        run = session.Session([self.script], True, 1)
        run.feed(lies.stream(parts))
        self.assertIsNone(run.damage)
        return run

    def story(self, outcome=None, also=()):
        parts = lies.story(self.script)
        at = next(i for i, part in enumerate(parts) if part[0] == "POINT")
        if outcome:
            parts[at] = (parts[at][0], parts[at][1][:-56] + outcome)
        parts[at:at] = [("ALSO", each) for each in also]
        self.set_counts(parts)
        return parts

    def set_counts(self, parts):
        """The goodbye tells the number of records."""
        for index, (kind, payload) in enumerate(parts):
            if kind == "BYE":
                parts[index] = (kind, payload[:8] + len(parts).to_bytes(4, "little") + payload[12:])

    def difference(self, mine, theirs):
        return model.difference(model.Result("model", self.told(mine), None, None),
                                model.Result("qemu", self.told(theirs), None, None))

    def test_one_outcome_must_be_the_same(self):
        seven = self.story(lies.outcome("NUMBER", value=7))
        self.assertIsNone(self.difference(seven, seven))
        index, point, line = self.difference(self.story(), seven)
        self.assertEqual((index, point), (0, 0))
        self.assertRegex(line, r"x.ipc:\d+:\d+ .*: model: ok, .*; qemu: ok, 7")

    def test_of_several_outcomes_one_must_be_the_same(self):
        several = self.story(lies.outcome("NUMBER", value=7), [lies.outcome("NUMBER", value=8)])
        for value in (7, 8):
            self.assertIsNone(self.difference(several, self.story(lies.outcome("NUMBER", value=value))))
        self.assertRegex(self.difference(several, self.story(lies.outcome("NUMBER", value=9)))[2],
                         "model: ok, 7 or 8; qemu: ok, 9")

    def test_anything_is_anything(self):
        anything = self.story(lies.outcome("NUMBER", value=7), [lies.outcome("ANY")])
        self.assertIsNone(self.difference(anything, self.story(lies.outcome("NUMBER", value=9))))

    def test_the_share_of_sets_is_told(self):
        told = self.told(self.story(None, [lies.outcome("NUMBER", value=8)]))
        points = len(told.scripts[0].points())
        self.assertIn(f"1 of {points} points", model.share(told))

    def test_a_random_script_is_its_seed(self):
        first, again, other = (fuzz_script.Script(seed, 3, 50, True).go() for seed in (5, 5, 6))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)


if __name__ == "__main__":
    unittest.main()
