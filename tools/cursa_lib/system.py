"""The system as built: which files make an ISO, plain or checking."""

import fcntl
import hashlib
import threading

from . import iso
from .build import Build
from .paths import MISSING, OUT, Stop

PROGRAMS = ("mm", "init")                                 # every boot
SCRIPT_PROGRAMS = PROGRAMS + ("conductor", "agent")       # nothing else runs beside scripts
BENCH_PROGRAMS = PROGRAMS + ("bench",)


class System:
    """A build, and one of its two images."""

    def __init__(self, build=None, checking=True):
        self.build = build or Build()
        self.checking = checking
        self.kernel = None

    def target(self, name):
        """The build's name of a program: `name.elf` or `name`, the checking one first."""
        kinds = ("-checking", "") if self.checking else ("",)
        for kind in kinds:
            for suffix in (".elf", ""):
                if self.build.has(name + kind + suffix):
                    return name + kind + suffix
        raise Stop(MISSING, f"the build has no program '{name}'")

    def make(self, programs, tools=()):
        """Build; answers the modules [(name, file)] and the files of the host tools."""
        self.build.setup()
        names = [self.target(name) for name in ("kernel",) + tuple(programs)]
        files = self.build.make(*names, *tools)
        self.kernel = files[0]
        modules = list(zip(programs, files[1:len(names)]))
        return modules, files[len(names):]

    def iso(self, target, modules, options=()):
        image = "image=checking" if self.checking else "image=plain"
        return iso.make(target, self.kernel, modules, [image, *options])

    @property
    def digest(self):
        return hashlib.sha256(self.kernel.read_bytes()).hexdigest()[:8]

    @property
    def image(self):
        return "checking" if self.checking else "plain"


_claimed = {}                  # name: (folder, the open lock that makes it ours)
_claiming = threading.Lock()


def claim(name):
    """A folder for results; the newest of each name stay for reading. It is ours until we end:
    another ./cursa that runs now gets NAME.2."""
    with _claiming:
        number = 1
        while name not in _claimed:
            path = OUT / (name if number == 1 else f"{name}.{number}")
            path.mkdir(parents=True, exist_ok=True)
            lock = open(path / ".lock", "w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _claimed[name] = path, lock
            except BlockingIOError:
                lock.close()
                number += 1
        return _claimed[name][0]


def folder(stem, backend):
    """Where a boot leaves its files."""
    return claim(f"{stem}-{backend}")
