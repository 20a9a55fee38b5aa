"""Whatever the machine test may claim: the suite believes only a whole story."""

import unittest

import lies
from lies import records
from cursa_lib import machine
from cursa_lib.machine_suite import ROWS, Story


def check(index, text, expected=0, actual=0):
    return "CHECK", records.pack("check", index=index, expected=expected, actual=actual) + text.encode()


def whole(failed=0, rows=sorted(ROWS)):
    """A boot in which the first point fails or does not."""
    points = [check(0, "first", 1, 1 + failed)]
    points += [check(1 + i, f"I{row} is named: so", row, row) for i, row in enumerate(rows)]
    bye = records.pack("bye", failed=failed, records=len(points) + 2)
    return [lies.hello(scripts=0), *points, ("BYE", bye)]


class Stories(unittest.TestCase):
    def tell(self, parts, marker="pass", cut=None):
        story, ending = Story(), machine.Ending()
        ending.marker = marker
        story.feed(lies.stream(parts)[:cut])
        return story.trouble(ending), story

    def refused(self, pattern, parts, **how):
        self.assertRegex(str(self.tell(parts, **how)[0]), pattern)

    def test_a_whole_story_is_believed(self):
        trouble, story = self.tell(whole())
        self.assertIsNone(trouble)
        self.assertEqual((len(story.points), story.failed), (1 + len(ROWS), []))

    def test_a_failed_point_is_kept_with_both_numbers(self):
        trouble, story = self.tell(whole(failed=1), marker="fail")
        self.assertIsNone(trouble)
        self.assertEqual(story.failed, [("first", 1, 2)])

    def test_every_truncation_is_red(self):
        for cut in range(len(lies.stream(whole()))):
            self.refused("it ended after", whole(), cut=cut)

    def test_a_point_left_out_is_red(self):
        self.refused("point 1 is missing", whole()[:2] + whole()[3:])

    def test_a_row_left_out_is_red(self):
        self.refused(r"nothing was told of: \[8\]", whole(rows=sorted(ROWS - {8})))

    def test_a_goodbye_that_counts_otherwise_is_red(self):
        bye = records.pack("bye", failed=1, records=len(whole()))
        self.refused("goodbye contradicts", whole()[:-1] + [("BYE", bye)])

    def test_an_exit_that_says_otherwise_is_red(self):
        self.refused("exit another", whole(), marker="fail")
        self.refused("exit another", whole(failed=1))

    def test_records_of_others_and_the_plain_image_are_red(self):
        self.refused("type PLAN", whole()[:1] + [("PLAN", records.pack("plan"))])
        self.refused("plain image", [lies.hello(checking=0)])
        self.refused("wrong place", whole()[1:])


if __name__ == "__main__":
    unittest.main()
