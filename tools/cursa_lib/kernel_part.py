"""How many of a figure's instructions ran in the kernel, counted from outside the guest.

QEMU runs the bench once more, one instruction at a time, and logs the address of each one that
lies in the kernel or is one of three labels of the bench program:
  bench_mark_begin, bench_mark_end   around the measured stretch, as close as can be
  bench_mark_note                    passed once for each note, just before it is written
The last stretch before a note is the one that counts.
"""

import os
import re
import threading

from . import process

TEXT = ("text_start", "text_end")
MARKS = ("bench_mark_begin", "bench_mark_end", "bench_mark_note")


def symbols(file, names):
    code, output = process.run(["nm", file])
    found = dict((m[2], int(m[1], 16)) for m in re.finditer(r"(?m)^([0-9a-f]+) \w (\w+)$", output))
    return [found[n] for n in names] if code == 0 and all(n in found for n in names) else None


class Counter(threading.Thread):
    """Reads the log from a pipe and keeps one number per note."""

    def __init__(self, pipe, text, marks):
        super().__init__(daemon=True)
        self.pipe, self.text, self.marks = pipe, text, marks
        self.parts = []

    def run(self):
        low, high = self.text
        begin, end, note = self.marks
        counting, count, last = False, 0, None
        with open(self.pipe, "rb") as log:
            for line in log:
                at = line.find(b"/") + 1
                if not line.startswith(b"Trace") or at == 0:
                    continue
                pc = int(line[at:at + 16], 16)
                if low <= pc < high:
                    count += counting
                elif pc == begin:
                    counting, count = True, 0
                elif pc == end:
                    counting, last = False, count
                elif pc == note:
                    self.parts.append(last)


def options(pipe, text, marks):
    ranges = [f"{text[0]:#x}+{text[1] - text[0]:#x}"] + [f"{mark:#x}+1" for mark in marks]
    return ["-singlestep", "-d", "exec,nochain", "-dfilter", ",".join(ranges), "-D", str(pipe)]


def count(system, modules, boot, pipe):
    """{id: instructions in the kernel}; empty if the bench program has no marks.

    boot(extra) boots the bench with more options of QEMU and answers the figures in order.
    """
    text = symbols(system.kernel, TEXT)
    marks = symbols(dict(modules)["bench"], MARKS)
    if text is None or marks is None:
        return {}
    if os.path.exists(pipe):
        os.unlink(pipe)
    os.mkfifo(pipe)
    counter = Counter(pipe, text, marks)
    counter.start()
    try:
        figures = boot(options(pipe, text, marks))
    finally:
        _release(pipe)
        counter.join(30)
        os.unlink(pipe)
    return dict(zip(figures, counter.parts)) if len(counter.parts) == len(figures) else {}


def _release(pipe):
    """Wake the reader if the emulator never opened its end."""
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        pass
