"""The suite of scripts: every tests/scripts/*.ipc on the model, in QEMU and in Bochs.

A boot takes several. A script counts as passed only if it passed in a boot that ended cleanly. When
a machine fails,
the script that ran then is red, and the others of that boot run again without it.
"""

import threading
from pathlib import Path

from . import machine, model, symbols
from .paths import ROOT, Stop
from .progress import step
from .run import Options, boot_scripts, compile_scripts, differences, tell_trouble
from .session import Session
from .system import SCRIPT_PROGRAMS, System, folder
from .tap import Reporter, Tap

BATCH = 13
SKIPS = "ci/skips.txt"
FOREIGN_MEMORY = ("1G", "4G")     # hello.ipc also runs with so much memory


def scripts():
    return sorted((ROOT / "tests/scripts").glob("*.ipc"))


class Machine:
    """All scripts on one backend; results by script."""

    def __init__(self, backend, sources, system, modules):
        self.backend, self.sources = backend, sources
        self.system, self.modules = system, modules
        self.verdicts = {}     # file: (verdict, detail)
        self.results = {}      # file: Result of the boot in which it ended
        self.boots = 0

    def go(self):
        pending = list(self.sources)
        while pending:
            batch, pending = pending[:BATCH], pending[BATCH:]
            pending = self._boot(batch) + pending

    def _boot(self, batch):
        """Boot once; answers those that must run again."""
        stem = f"suite{self.boots}"
        self.boots += 1
        result = boot_scripts(self.backend, batch, Options(), self.system, self.modules, None, stem)
        if result.trouble is None:
            for script in result.session.scripts:
                self._keep(script, result)
            return []
        return self._blame(batch, result, stem)

    def _keep(self, script, result):
        name = script.source.file
        verdict = script.verdict if script.verdict == "SKIP" or script.root.ok() else "FAIL"
        detail = script.skip_text if verdict == "SKIP" else failures(script)
        self.verdicts[name] = (verdict, detail, len(script.points()))
        self.results[name] = script

    def _blame(self, batch, result, stem):
        run = result.session
        culprit = max(run.begun - 1, 0)
        log = (folder(stem, self.backend) / "com2").read_text("utf-8", "replace").splitlines()
        lines = [result.trouble] + symbols.resolve(result.ending.panic, self.system.kernel)
        self.verdicts[batch[culprit].file] = ("FAIL", "\n".join(lines + log[-8:]), 0)
        if run.begun == 0 and len(batch) > 1:      # nothing ran: it is not about this script
            for source in batch:
                self.verdicts[source.file] = ("FAIL", "\n".join(lines + log[-8:]), 0)
            return []
        return batch[:culprit] + batch[culprit + 1:]


def failures(script):
    """The failed part of a script's report."""
    printed = []
    reporter = Reporter(Tap(printed.append), False, lambda s: f"./cursa run {s.source.file}")
    for point in script.points():
        if not point.ok():
            reporter.take(("point", script, point))
    return "\n".join(printed)


def _both(sources, system, modules):
    machines = [Machine(backend, sources, system, modules) for backend in machine.BACKENDS]
    errors = []

    def go(each):
        try:
            each.go()
        except BaseException as error:   # told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=go, args=(each,)) for each in machines]
    with step("running all scripts in QEMU and Bochs", whole=True) as progress:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            threads[0].join(0.2)
            threads[1].join(0.2)
            progress.detail = ", ".join(f"{m.backend} {len(m.verdicts)}" for m in machines)
    if errors:
        raise errors[0]
    return machines


def _compare(results, sources, machines):
    """The machines agree point by point."""
    for source in sources:
        pair = [m.results.get(source.file) for m in machines]
        if None in pair:
            continue
        wrapped = [_as_result(m.backend, script) for m, script in zip(machines, pair)]
        first = differences(*wrapped)
        if first:
            results.add("script", f"{source.file}: machines agree", False, first)


class _as_result:
    def __init__(self, backend, script):
        self.backend = backend
        self.session = Session([], True, 1)
        self.session.scripts = [script]


class Model:
    """All scripts on the model: with one CPU, as the machines have; those that need more, too."""

    def __init__(self, program, sources):
        self.program, self.sources = program, sources
        self.results = {}      # file: (Script of one CPU, verdict, detail)
        self.trouble = None

    def go(self):
        alone = self._run(self.sources, 1)
        skipped = [s.source for s in alone if s.verdict == "SKIP" and not s.points()]
        again = self._run(skipped, model.CPUS) if skipped else []
        judged = {s.source.file: s for s in alone + again}
        for script in alone:
            self.results[script.source.file] = (script, judged[script.source.file])

    def _run(self, sources, cpus):
        result = model.run(self.program, sources, Options(smp=cpus))
        self.trouble = self.trouble or result.trouble
        return [] if result.trouble else result.session.scripts

    def tell(self, results):
        results.add("script", "model: it runs", self.trouble is None, self.trouble or "")
        for name, (_, script) in self.results.items():
            results.add("script", f"model: {Path(name).name}", script.root.ok(), failures(script),
                        f"({len(script.points())} points)")


def _compare_with_model(results, one, machines):
    """What each machine shows, the model allows."""
    for each in machines:
        for name, (mine, _) in one.results.items():
            theirs = each.results.get(name)
            found = theirs and model.difference(_as_result(model.BACKEND, mine),
                                                _as_result(each.backend, theirs))
            if found:
                results.add("script", f"{name}: {each.backend} and the model agree", False, found[2])


def _check_skips(results, machines):
    """Which scripts skip themselves is written down; a change must be looked at."""
    found = {f"{m.backend} {Path(name).name}" for m in machines
             for name, (verdict, _, _) in m.verdicts.items() if verdict == "SKIP"}
    file = ROOT / SKIPS
    lines = file.read_text().splitlines() if file.exists() else []
    fixed = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    detail = "\n".join([f"now skipped: {n}" for n in sorted(found - fixed)]
                       + [f"no longer skipped: {n}" for n in sorted(fixed - found)])
    results.add("script", f"{len(found)} skips, as {SKIPS} says", found == fixed, detail)


def _other_machines(results, compiler):
    """The first script in the plain image, and with other amounts of memory."""
    file = ROOT / "tests/scripts/hello.ipc"
    if not file.exists():
        return
    sources = compile_scripts([file], compiler)
    cases = [("plain image", Options(checking=False))]
    cases += [(f"{memory} of memory", Options(memory=memory)) for memory in FOREIGN_MEMORY]
    for name, options in cases:
        system = System(checking=options.checking)
        modules, _ = system.make(SCRIPT_PROGRAMS)
        for backend in machine.BACKENDS:
            result = boot_scripts(backend, sources, options, system, modules, None, "hello-other")
            if result.trouble:
                tell_trouble(result, system, folder("hello-other", backend))
            results.add("script", f"{backend}: hello.ipc, {name}", result.code == 0,
                        result.trouble or failures(result.session.scripts[0]))


def run_all(results):
    system = System()
    modules, (compiler, model_program) = system.make(SCRIPT_PROGRAMS, ["scriptc", model.PROGRAM])
    files = scripts()
    if not files:
        raise Stop(1, "there are no scripts in tests/scripts")
    sources = compile_scripts(files, compiler)
    one = Model(model_program, sources)
    one.go()
    one.tell(results)
    machines = _both(sources, system, modules)
    for each in machines:
        for source in sources:
            verdict, detail, points = each.verdicts[source.file]
            name = f"{each.backend}: {Path(source.file).name}"
            if verdict == "SKIP":
                results.skip("script", name, detail or "needs what is not there")
            else:
                results.add("script", name, verdict == "PASS", detail, f"({points} points)")
    _compare(results, sources, machines)
    _compare_with_model(results, one, machines)
    _check_skips(results, machines)
    _other_machines(results, compiler)
