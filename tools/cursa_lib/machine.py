"""The emulators: how each is started, watched, ended, and what its ending means."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from . import process
from .paths import MACHINE, Stop

POLL_SECONDS = 0.02
PANIC_GRACE = 3         # seconds for the rest of a panic record
ICOUNT_SHIFT = 7        # guest instructions take 128 ns of guest time; boots quickest
BACKENDS = ("qemu", "bochs")
# What a script may ask for by `needs NAME`, in the names of Linux's /proc/cpuinfo: all that
# these processors have of a list that matters to memory. Tests read it from CPUID.
FEATURES = {"qemu": ("smep", "smap", "umip", "pku", "la57", "pdpe1gb"),
            "bochs": ("smep", "smap", "pcid", "invpcid", "x2apic", "tsc_deadline_timer", "pdpe1gb")}
PANIC = re.compile(rb"(?:^|\n|> )(PANIC [^\r\n]*)")


class Spec:
    """What to boot, and how."""

    def __init__(self, iso, folder, smp=1, memory_mib=64, shift=ICOUNT_SHIFT, extra=()):
        self.iso, self.folder = Path(iso), Path(folder)
        self.smp, self.memory_mib, self.shift = smp, memory_mib, shift
        self.extra = list(extra)    # more options of QEMU

    def file(self, name):
        return self.folder / name


class Ending:
    """How a boot ended, as seen from outside the guest."""

    def __init__(self):
        self.marker = None    # "pass", "fail", "panic", "clean" (Bochs tells no more) or None
        self.trouble = None   # one line, if it did not end by the guest's own wish
        self.seconds = 0.0
        self.panic = []       # lines of the panic record


def parse_memory(text):
    match = re.fullmatch(r"(\d+)([MG]?)(iB|B)?", text)
    if not match or not 0 < int(match[1]) * (1024 if match[2] == "G" else 1) <= 8192:
        raise ValueError(f"'{text}' is no amount of memory; write 64M or 4G")
    return int(match[1]) * (1024 if match[2] == "G" else 1)


def facts(backend):
    """What the kernel's command line tells the guest of its machine, for `needs`."""
    return [f"backend={backend}"] + [f"feature={name}" for name in FEATURES[backend]]


def qemu_command(spec):
    accel = ["-accel", "tcg,thread=multi"]
    if spec.smp == 1:
        accel = ["-accel", "tcg,thread=single", "-icount", f"shift={spec.shift},sleep=off"]
    return [os.environ.get("CURSA_QEMU", "qemu-system-x86_64"), "-nodefaults",
            "-machine", "q35", "-cpu", "max", "-smp", spec.smp, "-m", spec.memory_mib, *accel,
            "-rtc", "base=2026-01-01,clock=vm", "-cdrom", spec.iso, "-display", "none", "-vga", "std",
            "-no-reboot", "-serial", f"file:{spec.file('com1')}",
            "-serial", f"file:{spec.file('com2')}", "-debugcon", f"file:{spec.file('e9')}",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4", *spec.extra]


# It runs in the boot's folder: a path may hold what would end a string or an option here.
BOCHSRC = """\
config_interface: textconfig
display_library: rfb, options="timeout=0"
memory: guest={memory}, host={host}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
cpu: model=corei7_skylake_x, count={smp}, ips=5000000, reset_on_triple_fault=0
ata0-master: type=cdrom, path="{iso}", status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev="com1"
com2: enabled=1, mode=file, dev="com2"
port_e9_hack: enabled=1
clock: sync=none
sound: driver=dummy
log: "bochs.log"
panic: action=fatal
error: action=report
info: action=ignore
"""


def bochs_command(spec):
    spec.file("bochsrc").write_text(BOCHSRC.format(
        memory=spec.memory_mib, host=min(spec.memory_mib, 2044), smp=spec.smp,
        iso=os.path.relpath(spec.iso, spec.folder)))
    spec.file("go").write_text("c\n")   # Debian's Bochs has the debugger in: "continue"
    return [os.environ.get("CURSA_BOCHS", "bochs"), "-q", "-f", spec.file("bochsrc"),
            "-rc", spec.file("go")]


def version(backend):
    """Its version in a word, or None if it does not start."""
    words = {"qemu": [os.environ.get("CURSA_QEMU", "qemu-system-x86_64"), "--version"],
             "bochs": [os.environ.get("CURSA_BOCHS", "bochs"), "--help"]}[backend]
    try:
        _, output = process.run(words, limit=20)
    except OSError:
        return None
    match = re.search(r"(?:version|Emulator) (\d[\w.]*)", output)
    return match[1] if match else None


class Boot:
    """One emulator process. step() returns the new bytes of COM1; over tells when it ended."""

    def __init__(self, backend, spec):
        self.backend, self.spec = backend, spec
        self.ending = Ending()
        self.over = False
        spec.folder.mkdir(parents=True, exist_ok=True)
        for name in ("com1", "com2", "e9", "bochs.log"):
            spec.file(name).write_bytes(b"")
        self.start = time.monotonic()
        self.panicked_at = None
        self.child = None
        command = {"qemu": qemu_command, "bochs": bochs_command}[backend](spec)
        stdout = spec.file("e9" if backend == "bochs" else "stdout")
        try:
            with open(stdout, "wb") as out, open(spec.file("stderr"), "wb") as err:
                self.child = process.start(command, stdin=subprocess.DEVNULL, stdout=out,
                                           stderr=err, cwd=spec.folder)
            self.com1 = open(spec.file("com1"), "rb")
        except OSError as error:
            self.ending.trouble = f"{backend} does not start: {error.strerror}: {command[0]}"
            self.over = True

    def step(self):
        if self.over:
            return b""
        ended = self._wait()
        if process.stopping.is_set():      # whoever ended it, it was not the guest
            self.kill("interrupted")
            raise process.Interrupted(signal.SIGTERM)
        data = self.com1.read()
        if ended:
            self._ended()
        else:
            self._look_for_panic()
        return data

    def _wait(self):
        try:
            self.child.wait(POLL_SECONDS)
            return True
        except subprocess.TimeoutExpired:
            return False

    def kill(self, trouble):
        """End it from outside; what had been said stays readable."""
        if not self.over:
            process.end(self.child)
            self._close(trouble)

    def close(self):
        if self.child is not None:
            process.end(self.child)
            self.com1.close()

    def _look_for_panic(self):
        if self.panicked_at is None and PANIC.search(self.spec.file("e9").read_bytes()):
            self.panicked_at = time.monotonic()
        if self.panicked_at and time.monotonic() - self.panicked_at > PANIC_GRACE:
            self.kill("the kernel panicked and did not end the machine")

    def _close(self, trouble):
        self.over = True
        self.ending.seconds = time.monotonic() - self.start
        self.ending.trouble = trouble
        said = self.spec.file("e9").read_bytes() or b""
        lines = PANIC.findall(said) or PANIC.findall(self.spec.file("com2").read_bytes())
        self.ending.panic = [line.decode("utf-8", "replace") for line in lines]

    def _ended(self):
        code = self.child.returncode
        process.end(self.child)
        ending = _qemu_ending if self.backend == "qemu" else _bochs_ending
        self.ending.marker, trouble = ending(code, self.spec)
        self._close(trouble)


def _first_error(spec):
    """What the emulator said, without the information (`i[`) that Bochs begins with."""
    lines = spec.file("stderr").read_text("utf-8", "replace").splitlines()
    said = [line.strip() for line in lines if line.strip() and not re.match(r"\d+i\[", line)]
    worst = [line for line in said if ">>PANIC<<" in line]
    return (worst + said + ["it said nothing"])[0]


def _qemu_ending(code, spec):
    marker = {33: "pass", 35: "fail", 37: "panic"}.get(code)
    if marker:
        return marker, None
    if code == 0:
        return None, "the machine reset itself (triple fault)"
    if code < 0:
        return None, f"QEMU was ended by signal {-code}"
    return None, f"QEMU stopped with code {code}: {_first_error(spec)}"


def _bochs_ending(code, spec):
    log = spec.file("bochs.log").read_text("utf-8", "replace")
    if "Shutdown port: shutdown requested" in log:
        return "clean", None
    if "3rd (" in log and "exception with no resolution" in log:
        return None, "the machine reset itself (triple fault)"
    panic = re.search(r">>PANIC<< (.*)", log)
    if panic:
        return None, f"Bochs stopped: {panic[1]}"
    if code < 0:
        return None, f"Bochs was ended by signal {-code}"
    return None, f"Bochs stopped with code {code}: {_first_error(spec)}"


def check_backend(name):
    if name not in BACKENDS + ("all",):
        raise Stop(MACHINE, f"there is no machine '{name}'")
