"""What is missing is installed, or the one line to type is printed."""

import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from lies import ROOT
from cursa_lib import packages, process
from cursa_lib.paths import MISSING, Stop

THERE = packages.Package("run", "python3", "/usr/bin/python3", "")
LACKING = [packages.Package(group, name, f"/nowhere/{name}", "")
           for group, name in (("run", "one"), ("test", "two"))]
LINE = "apt-get install -y --no-install-recommends one"


class Packages(unittest.TestCase):
    def setUp(self):
        self.calls = []
        self.answers = {"update": 0, "install": 0}
        for target, name, value in (
                (packages, "known", lambda: [THERE, *LACKING]),
                (packages, "_as_root", lambda: ["sudo"]),
                (process, "run_apt", self.apt)):
            patch = mock.patch.object(target, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def apt(self, words, **_options):
        self.calls.append(" ".join(words))
        return self.answers[words[2]], "E: what apt-get says"

    def refused(self, pattern, groups=("run",), **how):
        with self.assertRaisesRegex(Stop, pattern) as caught:
            packages.need(list(groups), **how)
        self.assertEqual(caught.exception.code, MISSING)
        return caught.exception.detail

    def test_nothing_is_asked_for_where_nothing_is_missing(self):
        packages.need(["other"])
        self.assertEqual(self.calls, [])

    def test_no_install_prints_the_line_and_calls_nothing(self):
        detail = self.refused("^not installed: one$", may_install=False)
        self.assertEqual(detail, f"as root, type:\n  apt-get update && {LINE}")
        self.assertEqual(self.calls, [])

    def test_without_root_the_line_is_printed(self):
        with mock.patch.object(packages, "_as_root", lambda: None):
            self.assertIn(LINE, self.refused("^not installed: one$"))

    def test_only_the_missing_packages_of_the_group_are_installed(self):
        self.refused("installed, yet not found: one")      # our apt-get brings nothing
        self.assertEqual(self.calls, ["sudo apt-get update", f"sudo {LINE}"])

    def test_a_failed_update_alone_is_no_failure(self):
        self.answers["update"] = 100
        self.refused("installed, yet not found")

    def test_a_failed_installation_quotes_apt_get_and_the_line(self):
        self.answers["install"] = 100
        self.assertEqual(self.refused(f"apt-get failed; as root, type: {LINE}"), "E: what apt-get says")

    def test_an_interrupted_apt_get_ends_by_itself(self):
        shell = "trap 'sleep 0.2; echo finished; exit 3' INT; echo begun; while :; do sleep 0.05; done"
        code = (f"import sys; sys.path.insert(0, {str(ROOT / 'tools')!r})\n"
                "from cursa_lib import process\n"
                "process.catch_signals()\n"
                f"process.run_apt(['sh', '-c', 'exec >' + sys.argv[1] + '; ' + {shell!r}])\n")
        with tempfile.NamedTemporaryFile("r") as told:
            child = subprocess.Popen([sys.executable, "-B", "-c", code, told.name],
                                     stderr=subprocess.DEVNULL)
            self.addCleanup(child.kill)
            while not Path(told.name).read_text():
                time.sleep(0.02)
            child.send_signal(signal.SIGINT)
            child.wait(20)
            self.assertEqual(Path(told.name).read_text(), "begun\nfinished\n")


class WithoutPython(unittest.TestCase):
    """The shell part of ./cursa, on a machine that has no python3 yet."""

    def test_no_install_prints_the_line_with_every_package_that_a_run_needs(self):
        with tempfile.TemporaryDirectory(prefix="cursa-test-") as folder:
            cursa, listed = Path(folder, "cursa"), Path(folder, "tools/packages.txt")
            listed.parent.mkdir()
            cursa.write_text((ROOT / "cursa").read_text().replace("/usr/bin/python3", "/nowhere/p"))
            listed.write_text((ROOT / "tools/packages.txt").read_text())
            said = subprocess.run(["sh", cursa, "run", "x.ipc", "--no-install"], capture_output=True,
                                  text=True)
        names = " ".join(p.name for p in packages.known() if p.group == "run")
        self.assertEqual((said.returncode, said.stderr), (4, "cursa: python3 and more are missing; "
                         "as root, type:\n  apt-get update && apt-get install -y "
                         f"--no-install-recommends {names}\n"))


if __name__ == "__main__":
    unittest.main()
