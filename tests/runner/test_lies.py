"""Whatever a machine may claim: ./cursa believes only a whole and consistent story.

The machines here are fake_machine.py; test_machines.py does the worst of it in real ones.
"""

import io
import os
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from unittest import mock

import lies
from lies import records
from cursa_lib import machine, run, session, tap

FAKE = str(Path(__file__).with_name("fake_machine.py"))


class Told(unittest.TestCase):
    backend = "qemu"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cursa-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.script = lies.source(self.folder)

    def tell(self, data, end="pass", program=FAKE, scale="1", backend=None):
        """Boot a fake machine; answers (why it is not believed, session, what was printed)."""
        (self.folder / "stream").write_bytes(data)
        environment = {"CURSA_QEMU": program, "CURSA_BOCHS": program, "FAKE_END": end,
                       "FAKE_STREAM": str(self.folder / "stream"), "CURSA_TIMEOUT_SCALE": scale}
        printed = []
        told = session.Session([self.script], True, 1)
        reporter = tap.Reporter(tap.Tap(printed.append), False, lambda script: "repro")
        with mock.patch.dict(os.environ, environment):
            boot = machine.Boot(backend or self.backend, machine.Spec("none.iso", self.folder / "out"))
            why = run.watch(boot, told, reporter.take)
        self.assertNotIn("\n", why or "")
        return why, told, printed

    def story(self, **options):
        return lies.story(self.script, **options)

    def refused(self, parts, pattern, **how):
        data = parts if isinstance(parts, bytes) else lies.stream(parts)
        why, _, _ = self.tell(data, **how)
        self.assertRegex(str(why), pattern)


class Stories(Told):
    def test_a_whole_story_is_believed(self):
        why, told, printed = self.tell(lies.stream(self.story()))
        self.assertIsNone(why)
        self.assertEqual(told.scripts[0].verdict, "PASS")
        self.assertEqual(printed[1], '# Subtest: "a group"')
        self.assertRegex(printed[2], r"^    ok 1 - map c f rw => ok +# line 4$")
        self.assertEqual(printed[3:5], ["    1..1", 'ok 1 - "a group"'])

    def test_a_whole_story_from_bochs_is_believed(self):
        self.assertIsNone(self.tell(lies.stream(self.story()), backend="bochs")[0])

    def test_a_failed_point_is_told_with_place_expectation_and_actual_outcome(self):
        why, told, printed = self.tell(lies.stream(self.story(fails=True)), end="fail")
        self.assertIsNone(why)
        self.assertEqual(told.scripts[0].verdict, "FAIL")
        text = "\n".join(printed)
        for part in ("not ok 2 - unmap c 1p", "x.ipc:5:1", "0x1000", "E_LEVEL", "repro"):
            self.assertIn(part, text)

    def test_a_failed_point_inside_todo_does_not_fail_the_script(self):
        parts = self.story()
        parts[5] = lies.point(2, ok=False, flags=records.POINT_TODO)
        why, told, printed = self.tell(lies.stream(parts))
        self.assertIsNone(why)
        self.assertTrue(told.scripts[0].root.ok())
        self.assertTrue(any("# TODO" in line for line in printed))

    def test_flat_tap_and_junit_tell_the_same_points(self):
        _, told, _ = self.tell(lies.stream(self.story(fails=True)), end="fail")
        out = io.StringIO()
        tap.write_flat(out, [("qemu", told)], [])
        self.assertIn("ok 1 - qemu: x.ipc / \"a group\" / line 4 map c f rw => ok", out.getvalue())
        self.assertIn("\n1..2\n", out.getvalue())
        file = self.folder / "j.xml"
        with open(file, "w", encoding="utf-8") as opened:
            tap.write_junit(opened, [("qemu", told)], [("qemu", "it hung")])
        root = ElementTree.parse(file).getroot()
        self.assertEqual([s.get("tests") for s in root], ["2", "1"])
        self.assertEqual(len(root.findall(".//failure")), 1)
        self.assertEqual(len(root.findall(".//error")), 1)


    def test_machines_are_compared_by_what_came_even_where_anything_is_allowed(self):
        one = self.tell(lies.stream(self.story()))[1]
        parts = self.story()
        parts[5] = (parts[5][0], parts[5][1][:-56] + lies.outcome("NUMBER", value=7))
        other = self.tell(lies.stream(parts))[1]
        results = [run.Result("qemu", one, None, None), run.Result("bochs", other, None, None)]
        self.assertRegex(run.differences(*results), r"x.ipc:5:1 .*qemu: ok, ok; bochs: ok, 7")
        self.assertIsNone(run.differences(results[0], results[0]))


class Lies(Told):
    def test_a_missing_plan_is_red(self):
        self.refused(lies.without(self.story(), "PLAN"), "without a plan")

    def test_a_missing_goodbye_is_red(self):
        self.refused(self.story()[:-1], "truncated")

    def test_every_truncation_of_the_stream_is_red(self):
        whole = lies.stream(self.story())
        for cut in range(0, len(whole)):
            told = session.Session([self.script], True, 1)
            told.feed(whole[:cut])
            ending = machine.Ending()
            ending.marker = "pass"
            self.assertIsNotNone(session.trouble(told, ending), f"cut at {cut}")

    def test_every_flipped_bit_is_red(self):
        whole = lies.stream(self.story())
        for at in range(len(whole)):
            told = session.Session([self.script], True, 1)
            told.feed(lies.damaged(whole, at))
            ending = machine.Ending()
            ending.marker = "pass"
            self.assertIsNotNone(session.trouble(told, ending), f"byte {at}")

    def test_any_cut_of_the_bytes_into_pieces_is_the_same_story(self):
        whole = lies.stream(self.story())
        for size in (1, 2, 7, 100):
            told = session.Session([self.script], True, 1)
            for at in range(0, len(whole), size):
                told.feed(whole[at:at + size])
            self.assertIsNone(told.damage)
            self.assertIsNotNone(told.bye)

    def test_a_wrong_checksum_is_red(self):
        data = lies.stream(self.story())
        self.refused(lies.damaged(data, len(data) - 10), "checksum")

    def test_a_repeated_or_missing_record_is_red(self):
        one = lies.stream(self.story())
        head = records.frame(*[self.story()[0][0], 0, self.story()[0][1]])
        self.refused(one[:len(head)] + one, "record 1 is missing")

    def test_text_among_the_records_is_red(self):
        self.refused(b"Booting...\n" + lies.stream(self.story()), "is no record")

    def test_bytes_after_the_goodbye_are_red(self):
        self.refused(lies.stream(self.story()) + b"x", "is no record")

    def test_another_program_than_the_compiled_one_is_red(self):
        self.refused(self.story(crc=1), "not the program that was compiled")

    def test_fewer_points_than_planned_are_red(self):
        parts = self.story()
        self.refused(lies.without(parts[:5] + parts[6:], "NONE"), "the plan says 2")

    def test_a_verdict_that_contradicts_the_points_is_red(self):
        parts = self.story(fails=True)
        parts[7] = self.story()[7]
        self.refused(parts, "contradicts")

    def test_an_exit_that_contradicts_the_results_is_red(self):
        self.refused(self.story(), "exit says otherwise", end="fail")
        self.refused(self.story(fails=True), "exit says otherwise", end="pass")

    def test_the_other_image_or_another_number_of_cpus_is_red(self):
        for greeting, pattern in ((lies.hello(checking=0), "plain image"),
                                  (lies.hello(cpus=2), "2 CPUs"),
                                  (lies.hello(scripts=2), "2 scripts")):
            self.refused([greeting] + self.story()[1:], pattern)


class Endings(Told):
    def test_an_emulator_that_does_not_exist_is_red(self):
        self.refused(self.story(), "does not start: No such file", program="/nowhere/qemu")

    def test_an_emulator_that_stops_with_a_message_is_red(self):
        for backend in machine.BACKENDS:
            self.refused(b"", "stopped with code 1: fake: cannot open the display", end="broken",
                         backend=backend)

    def test_an_emulator_that_stops_early_is_red(self):
        self.refused(self.story()[:4], "stopped with code 5", end="silent")

    def test_a_passing_exit_without_any_result_is_red(self):
        self.refused(b"", "without a result")

    def test_a_reset_is_red(self):
        for backend in machine.BACKENDS:
            self.refused(self.story(), "triple fault", end="reset", backend=backend)

    def test_a_panic_exit_is_red(self):
        self.refused(self.story(), "panic", end="panic")

    def test_a_hang_is_red_within_its_limit_and_leaves_no_process(self):
        begin = time.monotonic()
        for parts, what in (([], "the boot"), (self.story()[:4], "x.ipc"), (self.story()[:-1], "the way")):
            self.refused(parts, f"hang: {what}", end="hang", scale="0.02")
        self.assertLess(time.monotonic() - begin, 10)

    def test_a_damaged_stream_ends_the_machine_at_once(self):
        begin = time.monotonic()
        self.refused(b"garbage", "is no record", end="hang")
        self.assertLess(time.monotonic() - begin, 5)


if __name__ == "__main__":
    unittest.main()
