"""The suite of scripts again and again on one machine: every run must say the same.

Compared is every record of COM1, not only the verdicts: what came at a point that allows
anything, notes, groups, how many orders were left out.
"""

from . import parallel
from .outcome import describe, number
from .progress import step
from .records import NONE, VERDICTS, Decoder, loops
from .run import Options, boot_scripts, compile_scripts, tell_trouble
from .script_suite import BATCH, failures, scripts
from .system import SCRIPT_PROGRAMS, System, folder
from .tap import turns


class Run:
    """One boot of some scripts: what it said, and why it must not be believed (or None)."""

    def __init__(self, sources, records, trouble=None, failed=""):
        self.sources, self.records = sources, records
        self.trouble, self.failed = trouble, failed


def _same(record):
    return record._replace(seq=0)


def _place(records, index, sources):
    """The script line that a record is about."""
    begun = [r.head.index for r in records[:index + 1] if r.type == "SCRIPT_BEGIN"]
    if not begun:
        return "before the first script"
    source, head = sources[begun[-1]], records[index].head
    if not hasattr(head, "site") or head.site == NONE:
        return source.file
    site = source.site(head.site)
    order = getattr(head, "order", NONE)
    went = turns(loops(head) if hasattr(head, "loop0") else [], None if order == NONE else order)
    return f"{site.place} {site.text}{went}"


def _words(record, source):
    """What a record says, in the words of the script where it has some."""
    if record is None:
        return "nothing more"
    if record.actual is None or source is None:
        return f"{record.type} {record.text}".strip()
    head, came = record.head, describe(record.actual, source)
    if record.actual.kind == "NONE":      # a check: what its two sides came to
        came = f"left {number(head.left)}, right {number(head.right)}"
    return f"{VERDICTS[head.verdict].lower()}, {came}"


def _source(records, index, sources):
    begun = [r.head.index for r in records[:index + 1] if r.type == "SCRIPT_BEGIN"]
    return sources[begun[-1]] if begun else None


def first_difference(one, other):
    """(place, what one run said, what the other said) of the first record that differs, or None."""
    left, right = one.records, other.records
    for index in range(max(len(left), len(right))):
        pair = [run[index] if index < len(run) else None for run in (left, right)]
        if None not in pair and _same(pair[0]) == _same(pair[1]):
            continue
        longer = left if pair[0] is not None else right
        source = _source(longer, index, one.sources)
        said = [_words(record, source) for record in pair]
        if said[0] == said[1]:       # it is in a number that the words leave out
            said = [repr(_same(record)) for record in pair]
        return (_place(longer, index, one.sources), *said)
    return None


def _boot(backend, batch, stem, system, modules):
    result = boot_scripts(backend, batch, Options(), system, modules, None, stem)
    where = folder(stem, backend)
    if result.trouble:
        tell_trouble(result, system, where)
        return Run(batch, [], result.trouble)
    records = list(Decoder().feed((where / "com1").read_bytes()))
    bad = [script for script in result.session.scripts if not script.root.ok()]
    return Run(batch, records, None, "\n".join(failures(script) for script in bad))


class Repetition:
    """Runs that are compared with the first one. `run()` carries out one: a list of Run."""

    def __init__(self, run, title):
        self.run, self.title = run, title
        self.first = None
        self.complaint = None      # (headline, detail): why the rest need not run

    def go(self, count):
        for number in range(1, count + 1):
            with step(f"{self.title}: run {number} of {count}", whole=True) as progress:
                runs = self.run()
                self.complaint = self._look(number, runs)
                records = sum(len(each.records) for each in runs)
                state = "stopped" if self.complaint else "the same" if number > 1 else "passed"
                progress.ended = f"{state}, {records} records,"
            if self.complaint:
                return

    def _look(self, number, runs):
        for each in runs:
            if each.trouble:
                return f"run {number} ended badly", each.trouble
        if self.first is None:
            self.first = runs
            failed = "\n".join(each.failed for each in runs if each.failed)
            return ("a script fails", failed) if failed else None
        for one, other in zip(self.first, runs):
            found = first_difference(one, other)
            if found:
                place, first, now = found
                return f"run {number} differs from run 1", (f"{place}\nrun 1: {first}\n"
                                                           f"run {number}: {now}")
        return None

    def points(self):
        return sum(record.type == "POINT" for each in self.first for record in each.records)


def run_repeated(results, count, backend):
    system = System()
    modules, (compiler,) = system.make(SCRIPT_PROGRAMS, ["scriptc"])
    sources = compile_scripts(scripts(), compiler)
    batches = [sources[at:at + BATCH] for at in range(0, len(sources), BATCH)]

    def run():
        jobs = [lambda batch=batch, stem=f"repeat{number}":
                _boot(backend, batch, stem, system, modules) for number, batch in enumerate(batches)]
        return [run for _, run in sorted(parallel.each(jobs), key=lambda pair: pair[0])]

    repetition = Repetition(run, backend)
    repetition.go(count)
    if repetition.complaint:
        headline, detail = repetition.complaint
        results.add("script", f"{backend}: {headline}", False, detail)
    else:
        results.add("script", f"{backend}: {count} runs of {len(sources)} scripts are the same "
                    f"in {repetition.points()} points", True)
