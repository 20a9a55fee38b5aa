"""Lines on stderr that say what takes so long."""

import sys
import threading
import time

QUIET_SECONDS = 2     # what is quicker than this is not worth a line
REPEAT_SECONDS = 15


def say(text):
    print(f"cursa: {text}", file=sys.stderr, flush=True)


class step:
    """with step("building"): … says "building…" if it takes long, and when it is done."""

    def __init__(self, what):
        self.what = what
        self.detail = ""   # changed from outside: how far it is
        self.shown = False
        self.done = threading.Event()

    def __enter__(self):
        self.start = time.monotonic()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self.done.set()
        self.thread.join()
        if self.shown:
            seconds = time.monotonic() - self.start
            say(f"{self.what}: {'done' if kind is None else 'stopped'} after {seconds:.0f} s")

    def _watch(self):
        wait = QUIET_SECONDS
        while not self.done.wait(wait):
            seconds = time.monotonic() - self.start
            more = f" ({self.detail})" if self.detail else ""
            say(f"{self.what}…{more}" if not self.shown
                else f"{self.what}… {seconds:.0f} s{more}")
            self.shown = True
            wait = REPEAT_SECONDS
