"""./cursa run: compile scripts, boot them, tell the results and believe none too easily."""

import re
import shlex
import shutil
import sys
import threading
import time
from pathlib import Path

from . import machine, model, process, session, symbols, tap
from .model import Result
from .outcome import describe
from .paths import FAILED, MACHINE, MISSING, PASS, REFUSED, ROOT, USAGE, Stop, shown, time_scale
from .progress import say, step
from .scriptmap import ScriptMap
from .system import SCRIPT_PROGRAMS, System, claim, folder

# Limits of host time in seconds, times CURSA_TIMEOUT_SCALE.
BOOT_LIMIT = 60          # from power-on to the conductor's greeting, plus …
MEMORY_LIMIT = 30        # … this for each GiB: mm takes every frame
SCRIPT_LIMIT = 20        # for a script, plus …
SCRIPT_MULTIPLE = 3      # … this many seconds for each second of its guest timeout
END_LIMIT = 20           # between scripts, and from the last result to the machine's end
LOG_LINES = 12           # of the log, shown with a machine's failure
SCRIPTS_MAX = 26         # scripts of one boot, beside the system's own modules


class Options:
    """How to run: what the command line says."""

    def __init__(self, smp=1, memory="64M", seed=None, checking=True, extra=()):
        self.smp, self.memory, self.seed = smp, memory, seed
        self.checking, self.extra = checking, tuple(extra)

    def kernel_options(self, backend):
        return [*self.extra, *machine.facts(backend)]


def compile_scripts(files, compiler, where=None, seed=None):
    """[ScriptMap]; a script that does not compile ends the command with the diagnostics.
    seed: instead of the scripts' own."""
    where = where or claim("scripts")
    where.mkdir(parents=True, exist_ok=True)
    sources, refused = [], False
    for index, file in enumerate(files):
        stem = where / f"{index:02d}-{Path(file).stem}"
        program, source_map = stem.with_suffix(".prog"), stem.with_suffix(".json")
        words = [compiler, file, "-o", program, "--map", source_map]
        words += [] if seed is None else ["--seed", seed]
        code, output = process.run(words, limit=60)
        sys.stderr.write(output)
        if code == REFUSED:
            refused = True
        elif code != 0:
            raise Stop(MISSING, f"the script compiler failed on {file} (code {code})")
        else:
            sources.append(ScriptMap(shown(file), program, source_map))
    if refused:
        raise Stop(REFUSED, "nothing was run")
    return sources


class Limits:
    """Which limit holds now; it starts anew with each thing that the guest gets done."""

    def __init__(self, run, memory_mib):
        self.run = run
        self.boot_limit = BOOT_LIMIT + MEMORY_LIMIT * memory_mib / 1024
        self.state = None
        self.begin = time.monotonic()

    def _now(self):
        run = self.run
        if run.hello is None:
            return "boot", self.boot_limit, "the boot"
        if run.current is not None:
            source = run.current.source
            seconds = SCRIPT_LIMIT + SCRIPT_MULTIPLE * source.timeout_seconds
            return f"script {run.begun}", seconds, source.file
        return f"after {run.begun}", END_LIMIT, "the way to the next script or the end"

    def exceeded(self):
        """One line if the limit is over, else None."""
        state, seconds, what = self._now()
        if state != self.state:
            self.state, self.begin = state, time.monotonic()
        seconds *= time_scale()
        if time.monotonic() - self.begin <= seconds:
            return None
        return f"hang: {what} took more than {seconds:.0f} s of host time"


def watch(boot, run, on_event=None, detail=None):
    """Follow a boot to its end; answers why it must not be believed, or None."""
    limits = Limits(run, boot.spec.memory_mib)
    try:
        while not boot.over:
            for event in run.feed(boot.step()):
                if on_event:
                    on_event(event)
            if detail is not None and run.current is not None:
                detail.detail = run.current.source.file
            late = limits.exceeded()
            if run.damage and not boot.over:
                boot.kill("stopped: its results are damaged")
            elif late:
                for event in run.feed(boot.step()):
                    if on_event:
                        on_event(event)
                boot.kill(late)
    finally:
        boot.close()
    return session.trouble(run, boot.ending)


def boot_scripts(backend, sources, options, system, modules, on_event=None, stem=None):
    """Boot these scripts on one machine and follow them; answers a Result."""
    where = folder(stem or Path(sources[0].file).stem, backend)
    scripts = [(f"script{i}", source.program) for i, source in enumerate(sources)]
    image = system.iso(where / "cursa.iso", list(modules) + scripts, options.kernel_options(backend))
    spec = machine.Spec(image, where, options.smp, machine.parse_memory(options.memory))
    run = session.Session(sources, options.checking, options.smp)
    with step(f"booting {backend}") as progress:
        boot = machine.Boot(backend, spec)
        trouble = watch(boot, run, on_event, progress)
    return Result(backend, run, boot.ending, trouble)


def header(backend, options, system, files):
    names = " ".join(shown(f) for f in files)
    seed = "script's own" if options.seed is None else f"{options.seed:#x}"
    what = f"backend {backend}"
    if backend != model.BACKEND:
        what += f" {machine.version(backend) or '(unknown version)'}"
    return (f"{what} cpus={options.smp} mem={options.memory} seed={seed} image={system.image} "
            f"kernel={system.digest} script={names}")


def log_text(result_folder):
    return (result_folder / "com2").read_text("utf-8", "replace")


def tell_trouble(result, system, where):
    """The machine's failure on stderr: one line why, the panic record, the end of the log."""
    say(f"{result.backend}: {result.trouble}")
    for line in symbols.resolve(result.ending.panic, system.kernel):
        print(f"  {line}", file=sys.stderr)
    log = [line for line in log_text(where).splitlines() if line.strip()
           and not line.startswith("PANIC")]
    if log:
        print(f"  the log ends with ({shown(where / 'com2')}):", file=sys.stderr)
        for line in log[-LOG_LINES:]:
            print(f"    {line}", file=sys.stderr)


def _outcomes(result):
    """(where, what came) of every point, also of those that allow anything."""
    rows = []
    for script in result.session.scripts:
        for point in script.points():
            source, record = script.source, point.record
            text = f"{source.site(record.head.site).place} {tap.point_text(script, point)}"
            came = f"{'ok' if point.verdict != 'FAIL' else 'not ok'}, "
            rows.append((text, came + describe(record.actual, source)))
    return rows


def differences(left, right):
    """The first point at which two machines disagree, in one line, or None."""
    rows = _outcomes(left), _outcomes(right)
    for first, second in zip(*rows):
        if first != second:
            place = first[0] if first[0] == second[0] else f"{first[0]} or {second[0]}"
            return f"{place}: {left.backend}: {first[1]}; {right.backend}: {second[1]}"
    if len(rows[0]) != len(rows[1]):
        return (f"{left.backend} came to {len(rows[0])} points, "
                f"{right.backend} to {len(rows[1])}")
    return None


class _Later:
    """A machine that runs beside another one; its events are told when that one is done."""

    def __init__(self, boot):
        self.events, self.result, self.error = [], None, None
        self.worker = threading.Thread(target=self._go, args=(boot,))
        self.worker.start()

    def _go(self, boot):
        try:
            self.result = boot(self.events.append)
        except BaseException as error:   # carried over to the main thread
            self.error = error

    def join(self):
        while self.worker.is_alive():
            self.worker.join(0.1)

    def replay(self, take):
        if self.error:
            raise self.error
        for event in self.events:
            take(event)
        return self.result


class Runner:
    """The whole command, from file names to an exit code."""

    def __init__(self, files, backends, options, write, system=None):
        self.files, self.options = files, options
        self.backends = [name for name in backends if name != model.BACKEND]
        self.with_model = model.BACKEND in backends
        self.system = system or System(checking=options.checking)
        self.tap = tap.Tap(write)
        self.results = []
        self.stem = Path(files[0]).stem if len(files) == 1 else "scripts"

    def _repro(self, script):
        flags = f" --smp {self.options.smp}" if self.options.smp != 1 else ""
        flags += f" --mem {self.options.memory}" if self.options.memory != "64M" else ""
        flags += f" --seed {self.options.seed:#x}" if self.options.seed is not None else ""
        flags += "" if self.options.checking else " --plain"
        cursa = "./cursa" if Path.cwd() == ROOT else shlex.quote(str(ROOT / "cursa"))
        return f"{cursa} run {shlex.quote(script.source.file)} --on {self.backend}{flags}"

    def go(self):
        if len(self.files) > SCRIPTS_MAX:
            raise Stop(USAGE, f"one boot takes at most {SCRIPTS_MAX} scripts; "
                       "`./cursa test script` runs all of tests/scripts")
        tools = ["scriptc"] + ([model.PROGRAM] if self.with_model else [])
        modules, programs = self.system.make(SCRIPT_PROGRAMS, tools)
        self.model = programs[-1]
        sources = compile_scripts(self.files, programs[0], seed=self.options.seed)
        self.tap.line("TAP version 14")
        if not self.backends:
            self._model_alone(sources)
        elif len(self.backends) == 1 and not self.with_model:
            self._one(self.backends[0], sources, modules)
        else:
            self._all(sources, modules)
        return self._finish()

    def _model_alone(self, sources):
        self.tap.comment(header(model.BACKEND, self.options, self.system, self.files))
        take = self._reporter(model.BACKEND).take
        self.results = [model.run(self.model, sources, self.options, take)]
        self._about_model()

    def _about_model(self):
        told = self.results[0].session
        for line in [model.share(told), *model.ends_early(told)]:
            self.tap.comment(line)

    def _reporter(self, backend):
        self.backend = backend
        return tap.Reporter(self.tap, len(self.files) > 1, self._repro)

    def _one(self, backend, sources, modules):
        self.tap.comment(header(backend, self.options, self.system, self.files))
        reporter = self._reporter(backend)
        self.results = [boot_scripts(backend, sources, self.options, self.system, modules,
                                     reporter.take, self.stem)]

    def _all(self, sources, modules):
        """The model first; then all machines at once: the first is told as it goes, the others
        afterwards."""
        if self.with_model:
            self._subtest(model.BACKEND, lambda take: model.run(
                self.model, sources, self.options, take))
        others = [_Later(lambda take, name=name: boot_scripts(
            name, sources, self.options, self.system, modules, take, self.stem))
                  for name in self.backends[1:]]
        try:
            self._subtest(self.backends[0], lambda take: boot_scripts(
                self.backends[0], sources, self.options, self.system, modules, take, self.stem))
        finally:
            for other in others:
                other.join()
        for name, other in zip(self.backends[1:], others):
            self._subtest(name, other.replay)
        self._compare(sources)

    def _subtest(self, backend, body):
        self.tap.open(f"on {backend}")
        self.tap.comment(header(backend, self.options, self.system, self.files))
        result = body(self._reporter(backend).take)
        self.results.append(result)
        while len(self.tap.counts) > 2:      # a machine stopped in the middle
            self.tap.close(False, "stopped here")
        self.tap.close(result.code == PASS, f"on {backend}")

    def _compare(self, sources):
        if any(result.trouble for result in self.results):
            return
        machines = self.results[self.with_model:]
        for other in machines[1:]:
            self._agree(machines[0], other, differences(machines[0], other))
        if self.with_model:
            for each in machines:
                self._agree_with_model(each, sources)
            self._about_model()

    def _agree(self, one, other, first):
        self.disagree = self.disagree or first
        points = len(tap.flat([("", one.session)]))
        self.tap.point(first is None, f"{one.backend} and {other.backend} agree in {points} points",
                       diagnosis=[("first", first)] if first else ())

    def _agree_with_model(self, each, sources):
        found = model.difference(self.results[0], each)
        self._agree(self.results[0], each, found[2] if found else None)
        if found:
            self.tap.comment("the model's state before it:")
            self.tap.comment(model.state(self.model, sources, self.options, *found[:2]))

    disagree = None

    def _finish(self):
        troubles = [r for r in self.results if r.trouble]
        if troubles:
            self.tap.counts = self.tap.counts[:1]
            self.tap.line(f"Bail out! {troubles[0].backend}: {troubles[0].trouble}")
            for result in troubles:
                if result.backend == model.BACKEND:
                    say(result.trouble)
                else:
                    tell_trouble(result, self.system, folder(self.stem, result.backend))
        else:
            self.tap.plan("SKIP" if self.tap.counts[0] == 0 else "")
        codes = [result.code for result in self.results]
        return MACHINE if MACHINE in codes else FAILED if FAILED in codes or self.disagree else PASS

    def sessions(self):
        return [(r.backend, r.session) for r in self.results]

    def troubles(self):
        return [(r.backend, r.trouble) for r in self.results if r.trouble]

    def write_files(self, tap_file=None, junit_file=None, log_file=None):
        if tap_file:
            with open(tap_file, "w", encoding="utf-8") as file:
                tap.write_flat(file, self.sessions(), self.troubles())
        if junit_file:
            with open(junit_file, "w", encoding="utf-8") as file:
                tap.write_junit(file, self.sessions(), self.troubles())
        if log_file:
            self._write_log(log_file)

    def _write_log(self, log_file):
        logs = [(r.backend, folder(self.stem, r.backend) / "com2") for r in self.results
                if r.backend != model.BACKEND]
        if log_file == "-":
            for backend, path in logs:
                for line in path.read_text("utf-8", "replace").splitlines():
                    print(f"{backend}: {line}", file=sys.stderr)
        elif len(logs) == 1:
            shutil.copyfile(logs[0][1], log_file)
        else:
            Path(log_file).write_text("".join(
                re.sub(r"(?m)^", f"{backend}: ", path.read_text("utf-8", "replace"))
                for backend, path in logs))
