"""The model as a machine: it runs compiled scripts at once and tells what a boot would tell.

Where the contract allows several outcomes, the model tells all of them, and a machine agrees if
its own is among them. What the model does not know (a counter) it skips.
"""

import os
import re
import subprocess

from . import machine, process, session, tap
from .outcome import describe
from .paths import FAILED, MACHINE, PASS

BACKEND = "model"
PROGRAM = "cursa-model"
CPUS = 2              # of the model alone: scripts that need two have them
LIMIT = 120           # seconds of host time for all scripts of a run
TOUCH = re.compile(r"(^|: )touch\b")


class Result:
    """One run of some scripts on one machine."""

    def __init__(self, backend, told, ending, trouble, output=None):
        self.backend, self.session, self.ending, self.trouble = backend, told, ending, trouble
        self.output = output     # a program's: all that it told

    @property
    def failed(self):
        return any(s.verdict == "FAIL" or not s.root.ok() for s in self.session.scripts)

    @property
    def code(self):
        return MACHINE if self.trouble else FAILED if self.failed else PASS


def words():
    """What scripts are told of it: it has whatever one of the machines has."""
    features = sorted(set().union(*machine.FEATURES.values()))
    return [f"backend={BACKEND}"] + [f"feature={name}" for name in features]


def _command(program, sources, options, dump=None):
    memory = machine.parse_memory(options.memory) << 20
    line = [program, "--cpus", options.smp, "--memory", memory]
    line += [] if options.checking else ["--plain"]
    line += ["--dump", f"{dump[0]}:{dump[1]}"] if dump else []
    return [str(word) for word in line + words() + [s.program for s in sources]]


def _start(command):
    # A sanitizer's complaint must not look like a failed script, whose code is 1.
    environment = dict(os.environ, ASAN_OPTIONS="exitcode=70", UBSAN_OPTIONS="exitcode=70")
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT,
                          env=environment, check=False)


def run(program, sources, options, on_event=None, name=BACKEND, like=None):
    """Runs these scripts on the model; answers a Result.
    like: one of another program, which is the answer if this one tells the same to the byte."""
    told = session.Session(sources, options.checking, options.smp)
    ending = machine.Ending()
    try:
        child = _start(_command(program, sources, options))
    except subprocess.TimeoutExpired:
        ending.trouble = f"hang: the {name} took more than {LIMIT} s"
        return Result(name, told, ending, ending.trouble)
    if like and like.trouble is None and child.returncode < 2 and child.stdout == like.output:
        return like
    for event in told.feed(child.stdout):
        if on_event:
            on_event(event)
    ending.marker = {0: "pass", 1: "fail"}.get(child.returncode)
    if ending.marker is None:
        said = child.stderr.decode("utf-8", "replace").strip().splitlines()
        first = next((line for line in said if "ERROR" in line or "error" in line), "")
        ending.trouble = f"the {name} ended with code {child.returncode}: {first}"
    return Result(name, told, ending, session.trouble(told, ending), child.stdout)


def state(program, sources, options, script, point):
    """The model's state before the request of that point (from 0), as text."""
    command = _command(program, sources, options, (script, point + 1))
    child = _start(command)
    return child.stderr.decode("utf-8", "replace").strip()


def _verdict(point):
    return "not ok" if point.verdict == "FAIL" else "ok"


def _allows(mine, theirs, source):
    """Whether the model's point allows what the machine's point shows."""
    if mine.verdict == "SKIP":
        return True
    came = describe(theirs.record.actual, source)
    if mine.also:
        may = [describe(out, source) for out in [mine.record.actual, *mine.also]]
        return came in may or any(out.kind == "ANY" for out in mine.also)
    return (_verdict(mine), describe(mine.record.actual, source)) == (_verdict(theirs), came)


def _said(point, source):
    outcomes = [point.record.actual, *point.also]
    return f"{_verdict(point)}, {' or '.join(describe(out, source) for out in outcomes)}"


def difference(mine, theirs):
    """(script, point, line) of the first point that the model does not allow, or None."""
    for index, (left, right) in enumerate(zip(mine.session.scripts, theirs.session.scripts)):
        found = _difference(left, right, theirs.backend)
        if found:
            return index, *found
    return None


def _difference(left, right, backend):
    source, mine, theirs = left.source, left.points(), right.points()
    for number, (one, other) in enumerate(zip(mine, theirs)):
        where = f"{source.site(one.record.head.site).place} {tap.point_text(left, one)}"
        if one.record.head.site != other.record.head.site:
            return number, f"{where}: {backend} came to {tap.point_text(right, other)} instead"
        if not _allows(one, other, source):
            return number, (f"{where}: {BACKEND}: {_said(one, source)}; "
                            f"{backend}: {_said(other, source)}")
    skipped = "SKIP" in (left.verdict, right.verdict)
    if len(mine) != len(theirs) and not skipped:
        return min(len(mine), len(theirs)), (f"{source.file}: {BACKEND} came to {len(mine)} "
                                             f"points, {backend} to {len(theirs)}")
    return None


def share(told):
    """How often the model could not say what must come, in one line."""
    points = [(script, point) for script in told.scripts for point in script.points()]
    several = [(script, point) for script, point in points if point.also]
    others = [1 for script, point in several
              if not TOUCH.search(script.source.site(point.record.head.site).text)]
    return (f"more than one outcome: {len(several)} of {len(points)} points, "
            f"{len(others)} of them outside touch "
            f"({100 * len(others) / max(1, len(points)):.1f} %)")


def _marks(group):
    found = list(group.marks)
    for child in group.children:
        found += _marks(child) if hasattr(child, "marks") else []
    return found


def ends_early(told):
    """Where the comparison of a script ends before the script does: one line for each."""
    lines = []
    for script in told.scripts:
        skips = [mark for mark in _marks(script.root) if mark.type == "SKIP" and mark.text]
        if script.verdict == "SKIP" and skips:
            place = script.source.site(skips[-1].head.site).place
            lines.append(f"{place}: {skips[-1].text}")
    return lines
