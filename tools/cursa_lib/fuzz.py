"""./cursa fuzz: random scripts on the model and beside it on mm's core, in QEMU or in Bochs.

A difference is made small by leaving lines out as long as it stays, and is printed as a script.
"""

import collections
import time

from . import machine, model, parallel, process
from .fuzz_script import Script
from .outcome import describe
from .paths import FAILED, MACHINE, MISSING, OUT, PASS, Stop
from .progress import say, step
from .run import Options, boot_scripts
from .scriptmap import ScriptMap
from .system import SCRIPT_PROGRAMS, System

HOST = "model-host"          # the model beside mm's core, both on the host
BACKENDS = (HOST,) + machine.BACKENDS
CORE_PROGRAM = "cursa-core"
OPS_OF_A_SCRIPT = 400
SCRIPTS_OF_A_RUN = 20
MEMORY = {HOST: "8M"}
NO_OPERATION = ("check", "blocked")
ROUNDS = 20                  # of leaving out single lines: names go when their users have gone


def operation(statement):
    """The operation's name: `A: c = try cursor s …` is a cursor."""
    words = statement.split()
    words = words[1:] if words[0].endswith(":") else words
    words = words[2:] if len(words) > 2 and words[1] == "=" else words
    return words[1] if words[0] == "try" else words[0]


class Fuzz:
    """One run of the command."""

    def __init__(self, backend, ops, seed, clients):
        self.backend, self.ops, self.seed, self.clients = backend, ops, seed, clients
        self.options = Options(memory=MEMORY.get(backend, "64M"))
        self.system = System()
        self.folder = OUT.parent / "fuzz" / backend
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hits = collections.Counter()    # (operation, outcome): how often
        self.asked = self.good = 0

    def go(self):
        tools = ["scriptc", model.PROGRAM] + ([CORE_PROGRAM] if self.backend == HOST else [])
        self.modules, programs = self.system.make(SCRIPT_PROGRAMS, tools)
        self.compiler, self.model = programs[:2]
        self.core = programs[-1]
        begin = time.monotonic()
        with step(f"fuzzing on {self.backend}") as progress:
            for rounds in self._rounds():
                for _, (told, found) in parallel.each(rounds):
                    self._count(told)
                    progress.detail = f"{self.asked} operations"
                    if found:
                        return self._tell(*found)
        self._report(time.monotonic() - begin)
        return PASS

    def _scripts(self):
        return max(1, -(-self.ops // OPS_OF_A_SCRIPT))

    def _rounds(self):
        """Lists of rounds that run at the same time: machines one after the other."""
        together = parallel.WORKERS if self.backend == HOST else 1
        seeds = range(self.seed, self.seed + self._scripts())
        some = [seeds[at:at + SCRIPTS_OF_A_RUN] for at in range(0, len(seeds), SCRIPTS_OF_A_RUN)]
        for at in range(0, len(some), together):
            yield [lambda mine=mine, place=place: self._round(mine, place)
                   for place, mine in enumerate(some[at:at + together])]

    def _lines(self, seed):
        ops = min(self.ops, OPS_OF_A_SCRIPT)
        return Script(seed, self.clients, ops, self.backend != HOST).go()

    def _round(self, seeds, place):
        """Runs one script for each seed; answers what the model told, and (seed, lines, why) of
        the first difference."""
        lines = [self._lines(seed) for seed in seeds]
        sources = [self._compile(text, f"run{place}-{i}") for i, text in enumerate(lines)]
        mine, theirs = self._both(sources)
        found = self._differs(mine, theirs)
        return mine.session, (seeds[found[0]], lines[found[0]], found[1]) if found else None

    def _compile(self, lines, stem, must=True):
        script = self.folder / f"{stem}.ipc"
        script.write_text("\n".join(lines) + "\n")
        program, source_map = script.with_suffix(".prog"), script.with_suffix(".json")
        code, output = process.run([self.compiler, script, "-o", program, "--map", source_map],
                                   limit=60)
        if code == 0:
            return ScriptMap(str(script), program, source_map)
        if must:
            raise Stop(MISSING, f"{script} does not compile", output)
        return None

    def _both(self, sources):
        mine = model.run(self.model, sources, self.options)
        if self.backend == HOST:
            theirs = model.run(self.core, sources, self.options, name="core", like=mine)
        else:
            theirs = boot_scripts(self.backend, sources, self.options, self.system, self.modules,
                                  None, "fuzz")
        return mine, theirs

    def _differs(self, mine, theirs):
        """(index of a script, why) if the two do not agree."""
        if theirs is mine:
            return None
        for each in (mine, theirs):
            if each.trouble:
                ran = max(0, each.session.begun - 1)
                return ran, f"{each.backend}: {each.trouble}"
        found = model.difference(mine, theirs)
        return (found[0], found[2]) if found else None

    # --- making it small ---

    def _still(self, lines):
        source = self._compile(lines, "smaller", must=False)
        found = source and self._differs(*self._both([source]))
        return found[1] if found else None

    def _shrink(self, lines, why):
        size = len(lines) // 2
        rounds = ROUNDS if self.backend == HOST else 1
        while size:
            at, changed = 0, False
            while at < len(lines):
                fewer = lines[:at] + lines[at + size:]
                still = self._still(fewer)
                if still:
                    lines, why, changed = fewer, still, True
                else:
                    at += size
            rounds -= size == 1
            size = 1 if changed and size == 1 and rounds > 0 else size // 2
        return lines, why

    def _tell(self, seed, lines, why):
        with step("making it small"):
            lines, why = self._shrink(lines, why)
        file = self.folder / f"found-{seed:#x}.ipc"
        file.write_text("\n".join(lines) + "\n")
        print(why)
        print("\n".join(f"    {line}" for line in lines))
        print(f"script: {file}")
        print(f"repro: ./cursa fuzz --on {self.backend} --seed {seed:#x} --ops "
              f"{min(self.ops, OPS_OF_A_SCRIPT)} --clients {self.clients}")
        return MACHINE if "hang" in why else FAILED

    # --- the report ---

    def _count(self, told):
        for script in told.scripts:
            names = {}
            for point in script.points():
                site = point.record.head.site
                if site not in names:
                    names[site] = operation(script.source.site(site).text)
                name = names[site]
                if name in NO_OPERATION:
                    continue
                came = point.record.actual
                self.asked += 1
                self.good += came.kind not in ("ERROR", "FAULT", "NONE")
                if came.kind == "ERROR":
                    self.hits[name, describe(came, script.source).split("(")[0]] += 1

    def _report(self, seconds):
        share = 100 * self.good / max(1, self.asked)
        print(f"{self.asked} operations on the model and on {self.backend} agree; {share:.0f} % "
              f"succeeded; {seconds:.0f} s; seeds {self.seed:#x} and following")
        by_name = collections.defaultdict(list)
        for (name, error), count in sorted(self.hits.items()):
            by_name[name].append(f"{error} {count}")
        for name, errors in by_name.items():
            print(f"  {name}: {', '.join(errors)}")


def run_fuzz(args):
    fuzz = Fuzz(args.on, args.ops, args.seed, args.clients)
    code = fuzz.go()
    say("fuzz: " + ("nothing found" if code == PASS else "a difference"))
    return code
