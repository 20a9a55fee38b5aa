"""./cursa bench: guest instructions of the main operations, beside the anchors."""

import json
import re

from . import bench_trace, machine, size
from .bench_boot import BenchBoot
from .paths import FAILED, MACHINE, PASS, ROOT, USAGE, Stop
from .progress import say, step
from .system import BENCH_PROGRAMS, System, folder

NAME, NUMBER, BESIDE = 33, 8, 15       # widths of the table's columns


def per(value, divisor):
    """A figure as it is shown: whole, or for one page of many with one decimal."""
    return str(value) if divisor == 1 else f"{value / divisor:.1f}"


def beside(row, column, account, divisor):
    """An anchor's figure and how many times it ours is."""
    figure = row.get(column["id"])
    if figure is None:
        return "–"
    ours = (account.kernel if column["counts"] == "kernel" else account.total) / divisor
    return f"{figure} (×{ours / figure:.2f})"


def line(row, columns, operation, account):
    divisor = operation.divisor
    aim = row.get("aim")
    missed = aim is not None and operation.median > aim * divisor
    cells = [per(operation.median, divisor), per(account.kernel, divisor),
             str(account.system_calls), str(account.cr3), str(account.invlpg),
             "" if aim is None else f"{aim}{' !' if missed else '  '}"]
    widths = [NUMBER, NUMBER, 6, 5, 7, 8]
    name = row["name"] + (", each" if divisor > 1 else "")
    return (f"{name:<{NAME}}" + "".join(f"{c:>{w}}" for c, w in zip(cells, widths))
            + "".join(f"{beside(row, c, account, divisor):>{BESIDE}}" for c in columns)), missed


def table(anchors, operations, accounts):
    """(lines of the report, names of the rows that miss their aim)."""
    columns = anchors["columns"]
    heads = ["total", "kernel", "calls", "CR3", "INVLPG", "aim  "]
    widths = [NUMBER, NUMBER, 6, 5, 7, 8]
    out = [f"{'operation':<{NAME}}" + "".join(f"{h:>{w}}" for h, w in zip(heads, widths))
           + "".join(f"{c['id']:>{BESIDE}}" for c in columns)]
    missed = []
    found = {operation.name: operation for operation in operations}
    for row in anchors["rows"]:
        if row["id"] not in found:
            raise Stop(MACHINE, f"the bench program does not measure '{row['id']}'")
        text, late = line(row, columns, found[row["id"]], accounts[row["id"]])
        out.append(text.rstrip())
        if late:
            missed.append(row["name"])
    out.append("")
    out += [f"  {row['name']}: {row['remark']}" for row in anchors["rows"] if "remark" in row]
    out += [f"  {c['id']}: {c['source']}" for c in columns]
    return out, missed


def differences(first, second):
    """Operations that two boots count differently: (name, one, other)."""
    def figures(operations):
        return {o.name: (o.median, o.least, o.most) for o in operations}
    one, other = figures(first), figures(second)
    return [(name, one.get(name), other.get(name)) for name in sorted(set(one) | set(other))
            if one.get(name) != other.get(name)]


class Bench:
    """The built system, its boots, and what they tell."""

    def __init__(self, system=None):
        self.system = system or System(checking=False)
        self.modules, _ = self.system.make(BENCH_PROGRAMS)
        files = dict(self.modules)
        self.programs = bench_trace.Programs(self.system.kernel, files["mm"], files["bench"])

    def boot(self, stem="bench", trace=True):
        where = folder(stem, "qemu")
        image = self.system.iso(where / "cursa.iso", self.modules)
        with step("counting instructions"):
            return BenchBoot(machine.Spec(image, where, shift=0), trace).run()

    def accounts(self, operations):
        """What the traces say, by name; the first operation is the empty one."""
        overhead = operations[0].median
        with step("reading the traces"):
            return {o.name: bench_trace.account(o, self.programs, overhead)
                    for o in operations[1:]}

    def sizes(self):
        files = {"kernel": [self.system.kernel], "mm": [dict(self.modules)["mm"]],
                 "libc": [self.system.build.file(name) for name in ("bare", "min")]}
        return size.report(files)


def names(anchors):
    return ", ".join(row["id"] for row in anchors["rows"])


def run_bench(where=None, twice=False):
    """where: id of an operation, or a pattern of several, whose instructions are told function
    by function instead of the table. twice: boot again and fail if a figure differs."""
    anchors = json.loads((ROOT / "tools/anchors.json").read_text())
    if where and not any(re.fullmatch(where, row["id"]) for row in anchors["rows"]):
        raise Stop(USAGE, f"there is no operation '{where}'; there are: {names(anchors)}")
    bench = Bench()
    operations = bench.boot()
    accounts = bench.accounts(operations)
    if where:
        for operation in operations[1:]:
            if re.fullmatch(where, operation.name):
                print("\n".join(bench_trace.where(operation, accounts[operation.name])))
        return PASS
    lines, missed = table(anchors, operations, accounts)
    print("guest instructions, plain image, QEMU -icount shift=0,sleep=off, "
          f"kernel {bench.system.digest}; '!': the aim is missed")
    print("\n".join(lines + [""] + bench.sizes()), flush=True)
    if missed:
        say(f"{len(missed)} aims missed: {', '.join(missed)}")
    return again(bench, operations) if twice else PASS


def again(bench, operations):
    changed = differences(operations, bench.boot("bench-again", trace=False))
    for name, one, other in changed:
        say(f"{name}: first {one}, then {other} (median, least, most)")
    print(f"a second boot counted {'something else' if changed else 'the same to the instruction'}")
    return FAILED if changed else PASS
