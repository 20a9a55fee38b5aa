"""Mutants: the code broken in one place at a time, and the unit test that must notice.

tests/mutants/mutants.json lists for each mutant the file, the text that stands there exactly
once, what replaces it, and the test program that must fail. A mutant that survives, that no
longer applies or that does not compile is a failure. Copies of the sources are broken, one for
each worker, never the checkout. They begin with what the usual build has compiled, so that
little is compiled twice.
"""

import fcntl
import json
import queue
import re
import shutil
import time
from pathlib import Path

from . import parallel, process
from .build import Build
from .paths import BUILD, MISSING, ROOT, USAGE, Stop, time_scale
from .progress import step

LIST = "tests/mutants/mutants.json"
SOURCES = ("meson.build", "ci", "clients", "include", "iso", "kernel", "libc-min", "servers",
           "tests", "tools")
NOTES = (".ninja_log", ".ninja_deps")
MUTANT_LIMIT, MUTANT_MULTIPLE = 10, 5    # seconds for a test, plus so many times its usual time
FAILED_TEST = re.compile(r"\[FAIL\] ([\w:]+?):? ")
TAIL_LINES = 20


def known():
    mutants = json.loads((ROOT / LIST).read_text())
    names = [mutant["name"] for mutant in mutants]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Stop(MISSING, f"{LIST} has two mutants with the name '{twice[0]}'")
    return mutants


def tail(text):
    return "\n".join(text.splitlines()[-TAIL_LINES:])


class Tree:
    """A copy of the sources with a build directory of its own, to break and to mend."""

    def __init__(self, folder, source=ROOT):
        self.folder, self.source = Path(folder), Path(source)
        self.build = self.folder / "build"

    def prepare(self, compiled):
        """A new copy of the checkout, which begins with what its build directory has compiled:
        files with their times, and Ninja's own notes. Ninja compiles what does not fit."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._copy(self.source, self.folder)
        self._must(["meson", "setup", self.build, self.folder, "--cross-file",
                    self.folder / "ci/guest.ini"])
        self._copy(compiled, self.build)

    @staticmethod
    def _copy(source, target):
        for name in SOURCES + NOTES:
            if (source / name).is_dir():
                shutil.copytree(source / name, target / name, dirs_exist_ok=True)
            elif (source / name).is_file():
                shutil.copy2(source / name, target / name)

    def _must(self, words):
        code, output = process.run(words, cwd=self.folder)
        if code != 0:
            raise Stop(MISSING, "the mutants' build failed", tail(output))

    def make(self, targets):
        self._must(["ninja", "-C", self.build, *targets])

    def compile(self, target):
        """None, or what the compiler said."""
        code, output = process.run(["ninja", "-j1", "-C", self.build, target])
        return None if code == 0 else tail(output)

    def test(self, target, limit):
        """None if the test program passes, else who failed first."""
        code, output = process.run([self.build / target, "--jobs", "1", "--fail-fast"], limit=limit)
        if code == 0:
            return None
        failed = FAILED_TEST.search(output)
        if code is None:
            return f"{Path(target).name}, which did not end within {limit:.0f} s"
        return failed[1] if failed else f"{Path(target).name}, which ended with code {code}"


class Verdict:
    """What became of a mutant. good: a test noticed it."""

    def __init__(self, mutant, good, text, detail=""):
        self.mutant, self.good, self.text, self.detail = mutant, good, text, detail


def attempt(tree, mutant, limit):
    """Break, compile, test, mend."""
    path = tree.folder / mutant["file"]
    original = path.read_text("utf-8") if path.is_file() else ""
    count = original.count(mutant["text"])
    if count != 1:
        return Verdict(mutant, False, f"does not apply: its text stands {count} times in {mutant['file']}")
    try:
        path.write_text(original.replace(mutant["text"], mutant["instead"]), "utf-8")
        said = tree.compile(mutant["test"])
        if said is not None:
            return Verdict(mutant, False, "does not compile", said)
        killer = tree.test(mutant["test"], limit)
    finally:
        path.write_text(original, "utf-8")
    if killer is None:
        return Verdict(mutant, False, f"SURVIVED {Path(mutant['test']).name}")
    return Verdict(mutant, True, f"killed by {killer}")


def _prepare(trees, targets):
    """Every tree with every test, built and unbroken."""
    usual = Build()
    usual.make_files(targets)

    def prepare(tree):
        tree.prepare(usual.folder)
        tree.make(targets)

    for _ in parallel.each([lambda tree=tree: prepare(tree) for tree in trees]):
        pass


def _limits(trees, targets):
    """How long each test may take when it is broken; unbroken it must pass."""
    def usual(target):
        begin = time.monotonic()
        failed = trees[0].test(target, None)
        if failed:
            raise Stop(MISSING, f"without any mutant a test fails: {failed}")
        seconds = time.monotonic() - begin
        return (MUTANT_LIMIT + MUTANT_MULTIPLE * seconds) * time_scale()

    jobs = [lambda target=target: usual(target) for target in targets]
    return {targets[index]: limit for index, limit in parallel.each(jobs)}


def run_mutants(tell, names=(), folder=BUILD / "mutants"):
    """Try all, or those named; `tell` takes each Verdict as it comes."""
    chosen = [m for m in known() if not names or m["name"] in names]
    for name in names:
        if name not in [mutant["name"] for mutant in chosen]:
            raise Stop(USAGE, f"there is no mutant '{name}'; see {LIST}")
    chosen.sort(key=lambda m: (m["test"], m["file"]))    # neighbours share what is compiled
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        with step("waiting for another run of the mutants"):
            fcntl.flock(lock, fcntl.LOCK_EX)
        trees = [Tree(folder / str(n)) for n in range(min(parallel.WORKERS, len(chosen)))]
        with step("building the tests of the mutants", whole=True):
            targets = sorted({mutant["test"] for mutant in chosen})
            _prepare(trees, targets)
            limits = _limits(trees, targets)
        _try_all(trees, chosen, limits, tell)


def _try_all(trees, mutants, limits, tell):
    free = queue.SimpleQueue()
    for tree in trees:
        free.put(tree)

    def one(mutant):
        tree = free.get()
        try:
            return attempt(tree, mutant, limits[mutant["test"]])
        finally:
            free.put(tree)

    jobs = [lambda mutant=mutant: one(mutant) for mutant in mutants]
    for _, verdict in parallel.each(jobs, len(trees)):
        tell(verdict)
