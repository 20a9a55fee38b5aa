"""The build: Meson once, Ninja each time, and where each target ended up."""

import contextlib
import fcntl
import json
import shutil
from pathlib import Path

from . import process
from .paths import BUILD, MISSING, ROOT, Stop
from .progress import step

TAIL_LINES = 40
TARGETS = "meson-info/intro-targets.json"     # the last that Meson writes


class Build:
    """One build directory; guest code by the compiler that the cross file names."""

    def __init__(self, folder=BUILD, cross="ci/guest.ini", environment=None):
        self.folder = Path(folder)
        self.cross = cross
        self.environment = environment
        self._targets = None

    @contextlib.contextmanager
    def _alone(self):
        """Two ./cursa at once build one after the other."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".cursa.lock", "w") as lock:
            with step("waiting for another build"):
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def setup(self):
        with self._alone():
            self._setup()

    def _setup(self):
        if (self.folder / TARGETS).exists():            # configured; perhaps for older files
            self._targets = None
            with step("preparing the build"):
                self._do(["ninja", "-C", self.folder, "build.ninja"], "meson setup failed")
            return
        shutil.rmtree(self.folder / "meson-private", ignore_errors=True)   # of one interrupted
        words = ["meson", "setup", self.folder, "--cross-file", ROOT / self.cross]
        with step("preparing the build"):
            self._do(words, "meson setup failed")

    def make(self, *names):
        """Build these targets (all, if none is named) and say where they are."""
        with self._alone():
            self._setup()
            files = [self.file(name) for name in names]
            self._build([file.relative_to(self.folder.resolve()) for file in files])
        return [self.file(name) for name in names]

    def make_files(self, files):
        """Build these files of the build directory."""
        with self._alone():
            self._setup()
            self._build(files)

    def _build(self, files):
        with step("building"):
            self._do(["ninja", "-C", self.folder, *files], "the build failed")
        self._targets = None

    def has(self, name):
        return name in self._known()

    def _do(self, words, complaint):
        code, output = process.run(words, cwd=ROOT, env=self.environment)
        if code != 0:
            lines = [line for line in output.splitlines() if not line.startswith("[")] or [output]
            raise Stop(MISSING, complaint, "\n".join(lines[-TAIL_LINES:]))

    def _known(self):
        if self._targets is None:
            info = json.loads((self.folder / TARGETS).read_text())
            self._targets = {t["name"]: Path(t["filename"][0]) for t in info}
        return self._targets

    def file(self, name):
        try:
            return self._known()[name]
        except KeyError:
            raise Stop(MISSING, f"the build has no target '{name}'") from None
