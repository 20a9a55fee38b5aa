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
HELLO = "tests/scripts/hello.ipc"


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

    def told(self, code, text, *words, **environment):
        result = cursa(*words, **environment)
        self.assertEqual((result.returncode, result.stderr), (code, f"cursa: {text}\n"))
        self.assertEqual(result.stdout, "")

    def test_scripts_that_cannot_be_read_are_told_before_anything_is_built(self):
        with tempfile.TemporaryDirectory(prefix="cursa-test-") as folder:
            nowhere = {"CURSA_BUILD": f"{folder}/build"}
            for command in ("run", "lint", "iso"):
                self.told(2, "there is no script none.ipc", command, "none.ipc", **nowhere)
                self.told(2, "tests is no file", command, HELLO, "tests", **nowhere)
            self.assertFalse(Path(folder, "build").exists())

    def test_results_that_cannot_be_written_are_told_before_anything_is_built(self):
        with tempfile.TemporaryDirectory(prefix="cursa-test-") as folder:
            nowhere = {"CURSA_BUILD": f"{folder}/build"}
            for option in ("--tap", "--junit", "--log"):
                self.told(64, f"{option} {folder}: is a folder", "run", HELLO, option, folder, **nowhere)
                self.told(64, f"{option} {folder}/a/b: there is no folder {folder}/a",
                          "run", HELLO, option, f"{folder}/a/b", **nowhere)
            self.told(64, f"-o {folder}/a/b.iso: there is no folder {folder}/a",
                      "iso", "-o", f"{folder}/a/b.iso", **nowhere)
            self.told(64, "--tap needs a file; nested TAP goes to the screen anyway",
                      "run", HELLO, "--tap", "-", **nowhere)
            self.assertFalse(Path(folder, "build").exists())

    def test_a_build_folder_that_cannot_be_made_is_told_in_one_line(self):
        self.told(4, "/proc/nowhere: No such file or directory", "run", HELLO,
                  CURSA_BUILD="/proc/nowhere/build")

    def test_too_many_scripts_for_one_boot_are_refused(self):
        result = cursa("run", *[HELLO] * 27)
        self.assertEqual(result.returncode, 64, result.stderr)
        self.assertIn("at most 26 scripts", result.stderr)

    def test_jitter_says_that_it_does_not_exist_yet(self):
        self.assertIn("--jitter does not exist yet", cursa("run", "x.ipc", "--jitter", "7").stderr)

    def test_the_suites_are_listed(self):
        self.assertIn("unit", cursa("test", "--list").stdout)

    def test_a_link_to_cursa_is_cursa(self):
        with tempfile.TemporaryDirectory(prefix="cursa-test-") as folder:
            link = Path(folder) / "its link"
            link.symlink_to(CURSA)
            listed = subprocess.run([link, "test", "--list"], capture_output=True, text=True, cwd=folder)
            self.assertEqual(listed.stdout, cursa("test", "--list").stdout, listed.stderr)

    def test_a_reader_that_ends_early_ends_it_without_a_trace(self):
        with subprocess.Popen([CURSA, "run", HELLO], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            child.stdout.readline()
            child.stdout.close()
            self.assertNotIn("Traceback", child.stderr.read())
            self.assertEqual(child.wait(), 128 + signal.SIGPIPE)

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

    def test_a_boot_that_has_done_everything_is_no_hang(self):
        result = cursa("boot")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("hello: done\n", result.stdout)
        self.assertIn("nothing more came", result.stderr)

    def test_a_deliberate_failure_that_the_kernel_does_not_know_is_refused(self):
        result = cursa("boot", "test=pnaic")
        self.assertEqual(result.returncode, 64)
        self.assertIn("test=panic", result.stderr)


def running(mark):
    """{pid: command} of all processes with the mark in a word or in their folder."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
            if words and (mark in words or mark in os.readlink(entry / "cwd")):
                found[entry.name] = words.replace("\0", " ")
        except OSError:
            continue
    return found


class Interrupted(unittest.TestCase):
    """Control-C in every phase, in a build folder of its own: what runs for it stands in it."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="cursa-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        compiler = Path(self.folder) / "bin/gcc"       # never ends while bin/slow is there
        compiler.parent.mkdir()
        compiler.write_text(f"#!/bin/sh\n[ ! -e {self.folder}/bin/slow ] || sleep 1000\n"
                            "exec /usr/bin/gcc \"$@\"\n")
        compiler.chmod(0o755)
        self.environment = {**os.environ, "CURSA_BUILD": self.folder,
                            "PATH": f"{compiler.parent}:{os.environ['PATH']}"}

    def interrupt(self, program, *words):
        """Start ./cursa, wait until this program runs, send SIGINT; nothing is left."""
        child = subprocess.Popen([CURSA, *words], cwd=ROOT, env=self.environment, text=True,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 300
        while not self.runs(program):
            self.assertIsNone(child.poll(), f"it ended before {program} ran")
            self.assertLess(time.monotonic(), deadline, f"{program} did not start")
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=20)
        self.assertEqual(child.returncode, 130, said)
        self.assertIn("cursa: interrupted (SIGINT)\n", said)
        self.assertNotIn("Traceback", said)
        self.assertEqual(running(self.folder), {})
        return said

    def runs(self, program):
        return any(program in map(os.path.basename, words.split()[:2])
                   for words in running(self.folder).values())

    def test_control_c_leaves_nothing_running_and_a_build_that_goes_on(self):
        image = ["iso", "-o", f"{self.folder}/x.iso"]
        self.interrupt("meson", *image)
        cursa("boot", "--with", "nonsense", **self.environment)     # Meson, and no more
        slow = Path(self.folder) / "bin/slow"
        slow.touch()
        self.interrupt("sleep", *image)
        slow.unlink()
        done = cursa(*image, **self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        for backend, program in (("qemu", "qemu-system-x86_64"), ("bochs", "bochs-bin")):
            self.interrupt(program, "boot", "--on", backend, "--with", "", "test=hang")
            said = self.interrupt(program, "test", "script", "--repeat", "2", "--on", backend)
            self.assertTrue(said.endswith("cursa: interrupted (SIGINT)\n"), said)


class Together(unittest.TestCase):
    def test_two_runs_at_once_in_one_checkout_do_not_meet(self):
        words = [CURSA, "run", HELLO, "--on"]
        children = [subprocess.Popen(words + [machine], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    for machine in ("qemu", "qemu", "bochs")]
        for child in children:
            out, said = child.communicate(timeout=300)
            self.assertEqual(child.returncode, 0, out + said)
            self.assertIn("\n1..8\n", out)


if __name__ == "__main__":
    unittest.main()
