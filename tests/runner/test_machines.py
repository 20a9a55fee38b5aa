"""The same lies from real machines: replay.S boots from a GRUB ISO in QEMU and in Bochs."""

import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

import lies
from lies import ROOT
from cursa_lib import iso, machine, process, run, session

HERE = Path(__file__).parent
# Word of replay.S and bit. Source: Intel SDM volume 2, CPUID.
CPUID_BITS = {"pcid": (0, 17), "x2apic": (0, 21), "tsc_deadline_timer": (0, 24), "smep": (1, 7),
              "invpcid": (1, 10), "smap": (1, 20), "umip": (2, 2), "pku": (2, 3), "la57": (2, 16),
              "pdpe1gb": (3, 26)}
INTERRUPTED = """
import sys; sys.path.insert(0, {tools!r})
from cursa_lib import machine, process
process.catch_signals()
boot = machine.Boot("qemu", machine.Spec({iso!r}, machine.Path({folder!r})))
print(boot.child.pid, flush=True)
try:
    while True:
        boot.step()
finally:
    process.end_all()
"""


class Machines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="cursa-test-")
        cls.folder = Path(cls.temporary.name)
        cls.guest = cls.folder / "replay.elf"
        subprocess.run(["gcc", "-m32", "-nostdlib", "-static", "-no-pie", "-Wl,-Ttext=0x200000",
                        "-Wl,--build-id=none", "-Wl,-z,noexecstack", "-o", cls.guest,
                        HERE / "replay.S"], check=True)
        cls.script = lies.source(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def image(self, data, end):
        (self.folder / "stream").write_bytes(data)
        return iso.make(self.folder / f"{end}.iso", self.guest,
                        [("stream", self.folder / "stream")], [end])

    def tell(self, backend, data, end, scale="1"):
        told = session.Session([self.script], True, 1)
        spec = machine.Spec(self.image(data, end), self.folder / f"it's a, \"b\" {backend}")
        with mock.patch.dict(os.environ, {"CURSA_TIMEOUT_SCALE": scale}):
            return run.watch(machine.Boot(backend, spec), told)

    def both(self, data, end, pattern, scale="1"):
        for backend in machine.BACKENDS:
            with self.subTest(backend):
                why = self.tell(backend, data, end, scale)
                self.assertRegex(str(why), pattern)

    def test_a_whole_story_is_believed(self):
        self.both(lies.stream(lies.story(self.script)), "p", "^None$")

    def test_a_truncated_stream_is_red(self):
        self.both(lies.stream(lies.story(self.script))[:-3], "p", "truncated")

    def test_a_panic_is_red_and_its_record_is_quoted(self):
        self.both(lies.stream(lies.story(self.script)), "k", "panicked: at the test's wish")

    def test_a_triple_fault_is_red(self):
        self.both(lies.stream(lies.story(self.script)[:4]), "t", "triple fault")

    def test_a_hang_is_red(self):
        self.both(lies.stream(lies.story(self.script)[:4]), "h", "hang: x.ipc", scale="0.15")

    def test_an_endless_loop_is_red(self):
        self.both(lies.stream(lies.story(self.script)), "s", "hang: the way", scale="0.15")

    def test_each_machine_has_the_features_that_scripts_are_told_of(self):
        for backend in machine.BACKENDS:
            spec = machine.Spec(self.image(b"", "c"), self.folder / backend)
            boot = machine.Boot(backend, spec)
            while not boot.over:
                boot.step()
            boot.close()
            words = struct.unpack("<4I", spec.file("com1").read_bytes())
            has = {name for name, (word, bit) in CPUID_BITS.items() if words[word] >> bit & 1}
            self.assertEqual(has, set(machine.FEATURES[backend]), backend)

    def test_the_iso_is_small(self):
        image = self.image(b"", "p")
        self.assertLess(image.stat().st_size, iso.BYTES_MAX)

    def interrupted_by(self, number):
        code = INTERRUPTED.format(tools=str(ROOT / "tools"), iso=str(self.image(b"", "s")),
                                  folder=str(self.folder / "i"))
        parent = subprocess.Popen([sys.executable, "-B", "-c", code], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        emulator = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.send_signal(number)
        parent.wait(10)
        parent.stdout.close()
        for _ in range(50):
            if not Path(f"/proc/{emulator}").exists():
                return
            time.sleep(0.1)
        self.fail("the emulator outlived its parent")

    def test_no_way_to_end_the_driver_leaves_an_emulator(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(number):
                self.interrupted_by(number)

    def test_a_command_that_never_ends_is_ended(self):
        code, _ = process.run(["sleep", "60"], limit=0.2)
        self.assertIsNone(code)


if __name__ == "__main__":
    unittest.main()
