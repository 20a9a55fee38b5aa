"""The suite of the machine test: tests/guest boots in QEMU and in Bochs and tells its points.

The program compares and counts; here every number is compared again, and the story must be
whole: numbered points, a goodbye that counts them, an end that agrees, every row in it.
"""

import re
import time

from . import machine, symbols
from .paths import time_scale
from .progress import step
from .records import VERSION, Damaged, Decoder
from .system import PROGRAMS, System, folder

LIMIT = 300                         # seconds of host time for a boot
EMPTY_MODULE = "hello"              # is in the ISO, with no bytes
ROWS = {1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17}     # of the contract's 3.4
HIGH = ("qemu with memory above 4 GiB", "qemu", 256, 128)   # name, backend, MiB, MiB below
ROW = re.compile(r"^I(\d+) is named: ")


class Story:
    """The records of one boot of the machine test."""

    def __init__(self):
        self.decoder = Decoder()
        self.records, self.points = 0, []      # points: (text, expected, actual)
        self.damage, self.bye = None, None

    def feed(self, data):
        try:
            for record in self.decoder.feed(data):
                self._take(record)
        except Damaged as error:
            self.damage = f"damaged results: {error}"

    def _take(self, record):
        first = self.records == 0
        self.records += 1
        if first != (record.type == "HELLO") or self.bye:
            raise Damaged("a greeting or a goodbye in the wrong place")
        if first and (record.head.version, record.head.checking) != (VERSION, 1):
            raise Damaged("another program or the plain image answered")
        if record.type == "BYE":
            self.bye = record.head
        elif record.type == "CHECK":
            if record.head.index != len(self.points):
                raise Damaged(f"point {len(self.points)} is missing")
            self.points.append((record.text, record.head.expected, record.head.actual))
        elif not first:
            raise Damaged(f"a record of type {record.type}")

    @property
    def failed(self):
        return [point for point in self.points if point[1] != point[2]]

    def trouble(self, ending):
        """Why this boot must not be believed, in one line, or None."""
        if ending.panic:
            return f"the kernel panicked: {ending.panic[0][len('PANIC '):]}"
        if self.damage or ending.trouble:
            return self.damage or ending.trouble
        if self.bye is None:
            return f"it ended after {len(self.points)} points"
        if (self.bye.records, self.bye.failed) != (self.records, len(self.failed)):
            return "the goodbye contradicts the points"
        if ending.marker != "clean" and (ending.marker == "pass") == bool(self.failed):
            return "the results say one thing, the machine's exit another"
        missing = ROWS - {int(m[1]) for m in (ROW.match(text) for text, _, _ in self.points) if m}
        return f"rows that nothing was told of: {sorted(missing)}" if missing else None


def follow(boot, story):
    """To the end of the boot, whatever end that is."""
    try:
        while not boot.over:
            story.feed(boot.step())
            if story.damage:
                boot.kill("stopped: its results are damaged")
            elif time.monotonic() - boot.start > LIMIT * time_scale():
                boot.kill(f"hang: it took more than {LIMIT * time_scale():.0f} s after "
                          f"{len(story.points)} points")
    finally:
        boot.close()
    return story.trouble(boot.ending)


def _boot(results, name, spec, backend, system):
    story = Story()
    with step(f"running the machine test in {name}"):
        boot = machine.Boot(backend, spec)
        trouble = follow(boot, story)
    log = spec.file("com2").read_text("utf-8", "replace").splitlines()
    for text, expected, actual in story.points:
        results.add("machine", f"{name}: {text}", expected == actual,
                    f"expected {expected:#x}, came {actual:#x}")
    results.add("machine", f"{name}: an empty module is named in the log",
                f"init: the module {EMPTY_MODULE} is empty" in log, "\n".join(log[-8:]))
    lines = [trouble or ""] + symbols.resolve(boot.ending.panic, system.kernel) + log[-8:]
    results.add("machine", f"{name}: the whole story", trouble is None, "\n".join(lines),
                f"({len(story.points)} points)")


def _spec(stem, backend, system, modules, options=(), **how):
    where = folder(stem, backend)
    (where / "empty").write_bytes(b"")
    image = system.iso(where / "cursa.iso", modules + [(EMPTY_MODULE, where / "empty")], options)
    return machine.Spec(image, where, **how)


def run_all(results):
    system = System()
    modules, _ = system.make(PROGRAMS + ("machine", "child"))
    names = {"child": "agent"}      # init hands the image named agent to those it lets drive
    modules = [(names.get(name, name), file) for name, file in modules]
    for backend in machine.BACKENDS:
        _boot(results, backend, _spec("machine", backend, system, modules), backend, system)
    name, backend, memory, below = HIGH
    spec = _spec("machine-high", backend, system, modules, [f"below={below}"], memory_mib=memory,
                 extra=["-machine", f"max-ram-below-4g={below}M"])
    _boot(results, name, spec, backend, system)
