"""Where things are, and the exit codes of ./cursa."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("CURSA_BUILD") or ROOT / "build").resolve()
OUT = BUILD / "out"

PASS = 0      # every point passed
FAILED = 1    # a point (or a test) failed
REFUSED = 2   # the script does not compile
MACHINE = 3   # the machine panicked, hung, stopped early or lied
MISSING = 4   # something is not installed, or the build failed
USAGE = 64    # the command line makes no sense


class Stop(Exception):
    """Ends the command with one line on stderr and an exit code."""

    def __init__(self, code, message, detail=""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


def shown(path):
    """The path as people type it: relative to here if it is below here."""
    path = Path(path)
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def time_scale():
    """CURSA_TIMEOUT_SCALE stretches every limit of host time on a slow machine."""
    try:
        return max(0.01, float(os.environ.get("CURSA_TIMEOUT_SCALE", "1")))
    except ValueError:
        return 1.0
