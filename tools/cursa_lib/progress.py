"""Lines on stderr that say what takes so long."""

import sys
import threading
import time

QUIET_SECONDS = 2     # what is quicker than this is not worth a line
REPEAT_SECONDS = 15


def say(text):
    print(f"cursa: {text}", file=sys.stderr, flush=True)


class step:
    """with step("building"): … says "building…" if it takes long, and when it is done.

    whole: it stands for all the steps that are taken inside it; those say nothing.
    """

    inside_whole = 0

    def __init__(self, what, whole=False):
        self.what, self.whole = what, whole
        self.detail = ""   # changed from outside: how far it is
        self.ended = ""    # set from outside: what came of it, told even if it was quick
        self.shown = False
        self.done = threading.Event()

    def __enter__(self):
        self.start = time.monotonic()
        self.silent = step.inside_whole > 0
        step.inside_whole += self.whole
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self.done.set()
        self.thread.join()
        step.inside_whole -= self.whole
        if self.shown or self.ended:
            seconds = time.monotonic() - self.start
            ended = self.ended or ("done" if kind is None else "stopped")
            say(f"{self.what}: {ended} after {seconds:.0f} s")

    def _watch(self):
        wait = QUIET_SECONDS
        while not self.done.wait(wait):
            if self.silent:
                continue
            seconds = time.monotonic() - self.start
            more = f" ({self.detail})" if self.detail else ""
            say(f"{self.what}…{more}" if not self.shown
                else f"{self.what}… {seconds:.0f} s{more}")
            self.shown = True
            wait = REPEAT_SECONDS
