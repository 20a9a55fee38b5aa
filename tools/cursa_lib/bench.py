"""./cursa bench: guest instructions of the main operations, beside the anchors.

The bench program writes records: a greeting, one REC_NOTE per figure, a goodbye. The note's
text is `id total=N syscalls=N cr3=N`, id as in tools/anchors.json, totals of the whole
operation. The kernel's part is counted from outside: see kernel_part.py.
"""

import json
import time

from . import kernel_part, machine, size
from .paths import MACHINE, ROOT, Stop, time_scale
from .progress import say, step
from .records import Damaged, Decoder
from .symbols import resolve
from .system import BENCH_PROGRAMS, System, folder

LIMIT = 240
COLUMNS = ("seL4", "NOVA", "Linux")


def parse(text):
    """(id, figures) of a note."""
    words = text.split()
    try:
        return words[0], {key: int(value) for key, value in (w.split("=") for w in words[1:])}
    except (ValueError, IndexError):
        raise Damaged(f"'{text}' is no figure") from None


def follow(boot):
    """Figures by id; raises Stop if the machine does not end well."""
    decoder, figures, ended, why = Decoder(), {}, False, None
    try:
        while not boot.over:
            for record in decoder.feed(boot.step()):
                if record.type == "NOTE":
                    name, values = parse(record.text)
                    figures[name] = values
                ended = record.type == "BYE"
            if not boot.over and _late(boot):
                boot.kill(f"hang: no end after {LIMIT} s")
    except Damaged as error:
        why = f"damaged results: {error}"
    finally:
        boot.close()
    why = why or (boot.ending.panic and boot.ending.panic[0]) or boot.ending.trouble
    if not why and (not ended or boot.ending.marker != "pass"):
        why = "the machine ended without all results"
    return figures, why


def _late(boot):
    return time.monotonic() - boot.start > LIMIT * time_scale()


def _boot(system, modules, stem, extra=()):
    where = folder(stem, "qemu")
    image = system.iso(where / "cursa.iso", modules)
    spec = machine.Spec(image, where, memory_mib=256, shift=0, extra=extra)
    boot = machine.Boot("qemu", spec)
    figures, why = follow(boot)
    if why:
        lines = resolve(boot.ending.panic, system.kernel)
        log = spec.file("com2").read_text("utf-8", "replace").splitlines()[-8:]
        raise Stop(MACHINE, f"bench: {why}", "\n".join(lines + log))
    return figures


def _cell(value, width):
    return f"{value:>{width}}" if value is not None else f"{'–':>{width}}"


def table(anchors, figures, kernel):
    """Lines of the report."""
    head = f"{'operation':<34}{'total':>8}{'kernel':>8}{'calls':>6}{'CR3':>5}{'aim':>6}"
    out = [head + "".join(f"{name:>8}" for name in COLUMNS)]
    missed = []
    for row in anchors["rows"]:
        got = figures.get(row["id"])
        per = row.get("per", 1)
        name = row["name"] + (", per page" if per > 1 else "")
        if got is None:
            out.append(f"{name:<34}{'not measured':>14}")
            continue
        total = -(-got["total"] // per)
        part = kernel.get(row["id"])
        cells = _cell(total, 8) + _cell(None if part is None else -(-part // per), 8)
        cells += _cell(got.get("syscalls"), 6) + _cell(got.get("cr3"), 5) + _cell(row.get("aim"), 6)
        out.append(f"{name:<34}{cells}" + "".join(_cell(row.get(c), 8) for c in COLUMNS))
        if row.get("aim") is not None and total > row["aim"]:
            missed.append(f"{row['name']}: {total}, aim {row['aim']}")
    out += [f"  {row['name']}: {row['remark']}" for row in anchors["rows"] if "remark" in row]
    out += [f"  {name}: {text}" for name, text in anchors["sources"].items()]
    return out, missed


def run_bench():
    anchors = json.loads((ROOT / "tools/anchors.json").read_text())
    system = System(checking=False)
    system.build.setup()
    modules, _ = system.make(BENCH_PROGRAMS)
    with step("counting instructions"):
        figures = _boot(system, modules, "bench")
    with step("counting the kernel's part"):
        kernel = kernel_part.count(
            system, modules, lambda extra: _boot(system, modules, "bench-kernel", extra),
            folder("bench-kernel", "qemu") / "trace")
        if kernel is None or set(kernel) != set(figures):
            say("the kernel's part is not known: the bench program lacks its marks")
    lines, missed = table(anchors, figures, kernel)
    print("guest instructions, plain image, QEMU -icount shift=0,sleep=off, "
          f"kernel {system.digest}; per page where it says so")
    print("\n".join(lines))
    for text in missed:
        say(f"aim missed: {text}")
    files = {"kernel": [system.kernel], "mm": [dict(modules)["mm"]],
             "libc": libraries(system.build)}
    print("\n".join(size.report(files)))


def libraries(build):
    return [build.file(name) for name in ("bare", "min") if build.has(name)]
