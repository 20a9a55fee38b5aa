"""./cursa boot: the system without scripts, and its log as it comes."""

import sys
import time

from . import machine, symbols
from .paths import FAILED, MACHINE, PASS, time_scale
from .progress import say
from .run import BOOT_LIMIT
from .system import System, folder


def show(args):
    system = System(checking=not args.plain)
    modules, _ = system.make([name for name in args.programs.split(",") if name])
    where = folder("boot", args.on)
    image = system.iso(where / "cursa.iso", modules, args.options)
    spec = machine.Spec(image, where, args.smp or 1, machine.parse_memory(args.mem))
    boot = machine.Boot(args.on, spec)
    try:
        with open(spec.file("com2"), "rb") as log:
            while not boot.over:
                boot.step()
                _copy(log)
                if time.monotonic() - boot.start > BOOT_LIMIT * time_scale():
                    boot.kill(f"hang: it ran for more than {BOOT_LIMIT} s")
            _copy(log)
    finally:
        boot.close()
    return _tell(boot.ending, system)


def _copy(log):
    sys.stdout.write(log.read().decode("utf-8", "replace"))
    sys.stdout.flush()


def _tell(ending, system):
    for line in symbols.resolve(ending.panic, system.kernel):
        print(f"  {line}", file=sys.stderr)
    say(f"after {ending.seconds:.1f} s: {ending.trouble or 'the machine ended: ' + ending.marker}")
    if ending.trouble or ending.panic or ending.marker == "panic":
        return MACHINE
    return FAILED if ending.marker == "fail" else PASS
