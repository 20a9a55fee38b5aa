"""./cursa test script --repeat: whatever differs between two runs is found and told."""

import contextlib
import io
import tempfile
import unittest

import lies
from lies import records
from cursa_lib import parallel, repeat


def outcome_of_point(parts, index, outcome):
    """The same story, but something else came at a point that allows anything."""
    kind, payload = parts[index]
    changed = list(parts)
    changed[index] = (kind, payload[:-records.size("outcome")] + outcome)
    return changed


class Comparison(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cursa-test-")
        self.addCleanup(folder.cleanup)
        self.script = lies.source(folder.name)

    def run_of(self, parts):
        return repeat.Run([self.script], list(records.Decoder().feed(lies.stream(parts))))

    def difference(self, parts):
        return repeat.first_difference(self.run_of(lies.story(self.script)), self.run_of(parts))

    def story(self):
        return lies.story(self.script)

    def test_equal_runs_do_not_differ(self):
        self.assertIsNone(self.difference(self.story()))

    def test_another_outcome_of_a_point_that_passes_is_found(self):
        changed = outcome_of_point(self.story(), 5, lies.outcome("NUMBER", value=7))
        self.assertEqual(self.difference(changed),
                         ("x.ipc:5:1 unmap c 1p => 1", "pass, ok", "pass, 7"))

    def test_the_first_of_two_differences_is_told(self):
        changed = outcome_of_point(self.story(), 3, lies.outcome("NUMBER", value=3))
        changed = outcome_of_point(changed, 5, lies.outcome("NUMBER", value=7))
        self.assertEqual(self.difference(changed)[0], "x.ipc:4:1 map c f rw => ok")

    def test_another_frame_behind_the_same_words_is_found(self):
        changed = outcome_of_point(self.story(), 5, lies.outcome("OK", identity=9))
        place, one, other = self.difference(changed)
        self.assertEqual(place, "x.ipc:5:1 unmap c 1p => 1")
        self.assertIn("identity=0", one)
        self.assertIn("identity=9", other)

    def test_a_check_that_holds_with_other_numbers_is_found(self):
        def check(left):
            loops = {f"loop{i}": lies.NOTHING for i in range(records.LOOPS)}
            head = records.pack("point", site=2, order=lies.NOTHING, left=left, right=20, **loops)
            return self.story()[:5] + [("POINT", head + lies.outcome("NONE"))] + self.story()[6:]

        found = repeat.first_difference(self.run_of(check(3)), self.run_of(check(4)))
        self.assertEqual(found[1:], ("pass, left 3, right 0x14", "pass, left 4, right 0x14"))

    def test_a_record_more_or_less_is_found(self):
        shorter = self.story()[:6]
        self.assertEqual(self.difference(shorter)[2], "nothing more")
        note = ("NOTE", records.pack("text", site=2) + b"look")
        place, one, other = self.difference(self.story()[:5] + [note] + self.story()[5:])
        self.assertEqual((one, other), ("pass, ok", "NOTE look"))

    def test_another_seed_is_found(self):
        changed = self.story()
        changed[1] = ("SCRIPT_BEGIN", records.pack("script", crc=self.script.crc, seed=5) + b"script0")
        place, one, other = self.difference(changed)
        self.assertEqual(place, "x.ipc")
        self.assertIn("seed=5", other)


class Verdict(Comparison):
    """What becomes of a whole repetition."""

    def go(self, *stories, trouble=None):
        """Repeat with these stories, one after the other; answers (complaint, runs carried out)."""
        runs = [[self.run_of(parts)] for parts in stories]
        if trouble:
            runs[-1] = [repeat.Run([self.script], [], trouble)]
        left = iter(runs)
        repetition = repeat.Repetition(lambda: next(left), "qemu")
        with contextlib.redirect_stderr(io.StringIO()) as said:
            repetition.go(len(runs))
        return repetition.complaint, said.getvalue()

    def test_runs_that_are_the_same_give_no_complaint(self):
        complaint, said = self.go(self.story(), self.story(), self.story())
        self.assertIsNone(complaint)
        self.assertIn("run 3 of 3: the same, 9 records", said)

    def test_a_difference_ends_the_repetition_and_names_both_runs(self):
        changed = outcome_of_point(self.story(), 5, lies.outcome("NUMBER", value=7))
        (headline, detail), said = self.go(self.story(), self.story(), changed, self.story())
        self.assertEqual(headline, "run 3 differs from run 1")
        self.assertEqual(detail, "x.ipc:5:1 unmap c 1p => 1\nrun 1: pass, ok\nrun 3: pass, 7")
        self.assertNotIn("run 4", said)

    def test_a_machine_that_ends_badly_is_no_equal_run(self):
        (headline, detail), _ = self.go(self.story(), self.story(), trouble="hang: x.ipc")
        self.assertEqual((headline, detail), ("run 2 ended badly", "hang: x.ipc"))

    def test_scripts_that_fail_equally_are_red_too(self):
        runs = [self.run_of(self.story())]
        runs[0].failed = "not ok 1"
        repetition = repeat.Repetition(lambda: runs, "qemu")
        with contextlib.redirect_stderr(io.StringIO()):
            repetition.go(2)
        self.assertEqual(repetition.complaint, ("a script fails", "not ok 1"))


class Parallel(unittest.TestCase):
    def test_every_job_runs_once_and_an_error_is_raised(self):
        jobs = [lambda n=n: n * n for n in range(20)]
        self.assertEqual(sorted(parallel.each(jobs, 3)), [(n, n * n) for n in range(20)])
        with self.assertRaises(ZeroDivisionError):
            list(parallel.each([lambda: 1, lambda: 1 // 0], 1))


if __name__ == "__main__":
    unittest.main()
