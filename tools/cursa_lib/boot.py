"""./cursa boot: the system without scripts, and its log as it comes."""

import sys
import time

from . import machine, symbols
from .paths import FAILED, MACHINE, PASS, time_scale
from .progress import say
from .run import BOOT_LIMIT
from .system import System, folder

QUIET = 5     # seconds


def show(args):
    system = System(checking=not args.plain)
    modules, _ = system.make([name for name in args.programs.split(",") if name])
    where = folder("boot", args.on)
    image = system.iso(where / "cursa.iso", modules, args.options)
    spec = machine.Spec(image, where, args.smp or 1, machine.parse_memory(args.mem))
    boot = machine.Boot(args.on, spec)
    try:
        with open(spec.file("com2"), "rb") as file:
            log = Log(file)
            while not boot.over:
                boot.step()
                log.copy()
                if log.quiet():
                    say(f"nothing more came for {QUIET} s: stopped")
                    return PASS
                if time.monotonic() - boot.start > BOOT_LIMIT * time_scale():
                    boot.kill(f"hang: it ran for more than {BOOT_LIMIT} s")
            log.copy()
    finally:
        boot.close()
    return _tell(boot.ending, system)


class Log:
    """What the machine writes on COM2, copied to stdout as it comes."""

    def __init__(self, file):
        self.file, self.text, self.last = file, "", time.monotonic()

    def copy(self):
        more = self.file.read().decode("utf-8", "replace")
        if more:
            sys.stdout.write(more)
            sys.stdout.flush()
            self.text, self.last = self.text + more, time.monotonic()

    def quiet(self):
        """Programs do not end a machine: once init has spoken, silence means that all is done."""
        return "init: " in self.text and time.monotonic() - self.last > QUIET * time_scale()


def _tell(ending, system):
    for line in symbols.resolve(ending.panic, system.kernel):
        print(f"  {line}", file=sys.stderr)
    say(f"after {ending.seconds:.1f} s: {ending.trouble or 'the machine ended: ' + ending.marker}")
    if ending.trouble or ending.panic or ending.marker == "panic":
        return MACHINE
    return FAILED if ending.marker == "fail" else PASS
