"""./cursa as people call it: exit codes, the real kernel's failures, nothing left running."""

import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from lies import ROOT

CURSA = str(ROOT / "cursa")


def cursa(*words, **environment):
    return subprocess.run([CURSA, *words], capture_output=True, text=True, cwd=ROOT,
                          stdin=subprocess.DEVNULL, env={**os.environ, **environment})


class Words(unittest.TestCase):
    def test_help_names_every_command_and_exit_code(self):
        text = cursa("help").stdout
        for word in ("run", "test", "bench", "iso", "doctor", "lint", "3    the machine panicked"):
            self.assertIn(word, text)
        for command in ("run", "test", "bench", "iso", "doctor", "lint", "boot"):
            self.assertIn(f"./cursa {command}", cursa("help", command).stdout)

    def test_nonsense_is_refused_with_64(self):
        for words in (["nonsense"], ["run"], ["run", "x.ipc", "--smp", "two"], ["help", "nonsense"],
                      ["run", "x.ipc", "--smp", "0"], ["run", "x.ipc", "--seed", "-1"],
                      ["run", "x.ipc", "--seed", "0x1_0000_0000_0000_0000"],
                      ["run", "x.ipc", "--on", "vax"], ["run", "x.ipc", "--mem", "1X"],
                      ["run", "x.ipc", "--jitter", "7"], ["test", "nonsense"], [],
                      ["test", "--repeat", "3"], ["test", "script", "--repeat", "1"],
                      ["test", "script", "--on", "qemu"]):
            with self.subTest(words):
                self.assertEqual(cursa(*words).returncode, 64)

    def test_jitter_says_that_it_does_not_exist_yet(self):
        self.assertIn("--jitter does not exist yet", cursa("run", "x.ipc", "--jitter", "7").stderr)

    def test_the_suites_are_listed(self):
        self.assertIn("unit", cursa("test", "--list").stdout)

    def test_doctor_finds_what_this_machine_has(self):
        result = cursa("doctor")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("qemu-system-x86", result.stdout)


class Kernel(unittest.TestCase):
    """Deliberate failures of the real kernel, by its command line."""

    def boot(self, backend, option, **environment):
        result = cursa("boot", "--on", backend, "--with", "", option, **environment)
        self.assertEqual(result.returncode, 3, result.stderr)
        return result.stderr

    def test_a_panic_is_told_with_file_and_line(self):
        for backend in ("qemu", "bochs"):
            said = self.boot(backend, "test=panic")
            self.assertRegex(said, r"PANIC asked to")
            self.assertRegex(said, r"kernel_main at kernel/main\.c:\d+")

    def test_a_triple_fault_is_told(self):
        for backend in ("qemu", "bochs"):
            self.assertIn("triple fault", self.boot(backend, "test=triple"))

    def test_a_hang_is_told(self):
        for backend in ("qemu", "bochs"):
            self.assertIn("hang: ", self.boot(backend, "test=hang", CURSA_TIMEOUT_SCALE="0.08"))


class Interrupted(unittest.TestCase):
    def emulators(self, mark):
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes()
            except (OSError, NotADirectoryError):
                continue
            if mark.encode() in words and b"qemu" in words:
                found.append(entry.name)
        return found

    def test_control_c_ends_the_emulator_and_says_130(self):
        cursa("boot", "--with", "", "test=panic")      # so that everything is built
        with tempfile.TemporaryDirectory(prefix="cursa-test-") as folder:
            link = Path(folder) / "qemu-system-x86_64"
            link.symlink_to("/usr/bin/qemu-system-x86_64")
            child = subprocess.Popen([CURSA, "boot", "--with", "", "test=hang"], cwd=ROOT,
                                     env={**os.environ, "CURSA_QEMU": str(link)},
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            deadline = time.monotonic() + 60
            while not self.emulators(folder) and time.monotonic() < deadline:
                time.sleep(0.1)
            self.assertTrue(self.emulators(folder), "it did not boot")
            child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=20)
            self.assertEqual(child.returncode, 130, said)
            self.assertIn("interrupted", said)
            self.assertEqual(self.emulators(folder), [])


if __name__ == "__main__":
    unittest.main()
