"""The bench: traces are read exactly, tables say what was counted, two boots count the same."""

import unittest
from types import SimpleNamespace

from lies import ROOT
from cursa_lib import bench, bench_trace, process

LINE = "Trace 0: 0x7f00 [0000000000000000/{:016x}/0880c4b0/ff020201] \n"
CLOCK, STUBS, ENTRY, CR3 = 0x10003000, 0xFFFFFFFF80001000, 0xFFFFFFFF80002000, 0xFFFFFFFF80002050


def operation(name, median, divisor=1):
    return SimpleNamespace(name=name, median=median, least=median, most=median, divisor=divisor,
                           traced=median)


class FakeProgram:
    def __init__(self, name):
        self.name = name

    def function(self, pc):
        return f"f{pc & 0xf0:x}"


class FakePrograms:
    entry, cr3, invlpg = ENTRY, {CR3}, set()

    def owner(self, pc):
        return FakeProgram("kernel" if pc >= bench_trace.KERNEL_HALF else "bench")


class Traces(unittest.TestCase):
    def test_a_block_that_was_stopped_before_it_ran_is_not_counted(self):
        lines = [LINE.format(1), LINE.format(2), "Stopped execution of TB chain before 0x7f [2]\n",
                 LINE.format(2), "something else\n", LINE.format(3)]
        self.assertEqual(bench_trace.addresses(lines), [1, 2, 3])

    def test_the_operation_lies_between_the_first_two_readings_of_the_clock(self):
        self.assertEqual(bench_trace.between_clocks([1, CLOCK, 2, 3, CLOCK, 4, CLOCK], CLOCK),
                         [CLOCK, 2, 3])
        self.assertIsNone(bench_trace.between_clocks([1, CLOCK, 2], CLOCK))

    def test_an_instruction_that_faulted_is_not_counted_but_an_interrupted_one_is(self):
        fault, interrupt = STUBS + 14 * 16, STUBS + 32 * 16
        self.assertEqual(bench_trace.completed([1, fault, 2, interrupt, 3], STUBS),
                         [fault, 2, interrupt, 3])

    def test_an_account_tells_rings_and_privileged_operations_apart(self):
        executed = [CLOCK, CLOCK + 4, 5, ENTRY, CR3, CR3 + 3, 6]
        account = bench_trace.Account(executed, FakePrograms(), 2)
        self.assertEqual((account.total, account.kernel, account.system_calls, account.cr3,
                          account.invlpg), (5, 3, 1, 1, 0))
        self.assertEqual(sum(account.functions.values()), 5)


class Tables(unittest.TestCase):
    anchors = {"columns": [{"id": "A", "counts": "total", "source": "s"},
                           {"id": "B", "counts": "kernel", "source": "t"}],
               "rows": [{"id": "x", "name": "one thing", "aim": 10, "A": 200, "B": 20},
                        {"id": "y", "name": "many things", "aim": 4, "A": 8}]}

    def test_a_row_has_figures_aim_anchors_and_ratios(self):
        account = SimpleNamespace(total=100, kernel=50, system_calls=2, cr3=3, invlpg=0)
        many = SimpleNamespace(total=1024, kernel=512, system_calls=1, cr3=0, invlpg=0)
        lines, missed = bench.table(self.anchors, [operation("x", 100), operation("y", 1024, 512)],
                                    {"x": account, "y": many})
        self.assertEqual(lines[1].split(), ["one", "thing", "100", "50", "2", "3", "0", "10", "!",
                                            "200", "(×0.50)", "20", "(×2.50)"])
        self.assertEqual(lines[2].split(), ["many", "things,", "each", "2.0", "1.0", "1", "0", "0",
                                            "4", "8", "(×0.25)", "–"])
        self.assertEqual(missed, ["one thing"])

    def test_a_figure_that_changes_or_is_missing_is_a_difference(self):
        one, other = [operation("x", 1), operation("y", 2)], [operation("x", 1), operation("y", 3)]
        self.assertEqual(bench.differences(one, one), [])
        self.assertEqual(bench.differences(one, other), [("y", (2, 2, 2), (3, 3, 3))])
        self.assertEqual(bench.differences(one, one[:1]), [("y", (2, 2, 2), None)])

    def test_every_row_of_the_anchors_is_measured_by_the_guest(self):
        import json
        text = (ROOT / "clients/bench/ops.c").read_text()
        for row in json.loads((ROOT / "tools/anchors.json").read_text())["rows"]:
            self.assertIn(f'{{ "{row["id"]}",', text)


class Machine(unittest.TestCase):
    def test_two_boots_count_the_same_and_log_clock_and_median_agree(self):
        subject = bench.Bench()
        first = subject.boot("bench-test")
        accounts = subject.accounts(first)       # stops if log, clock and median differ
        self.assertEqual(len(accounts), len(first) - 1)
        self.assertEqual(bench.differences(first, subject.boot("bench-test-again", trace=False)), [])
        for one in first:
            self.assertEqual(one.least, one.median, one.name)
            self.assertEqual(one.most, one.median, one.name)


def tearDownModule():
    process.end_all()


if __name__ == "__main__":
    unittest.main()
