"""What a traced operation did: whose instructions, in which function, which privileged ones."""

import re
from bisect import bisect_right
from collections import Counter

from . import process
from .paths import MACHINE, Stop

KERNEL_HALF = 1 << 63
CLOCK = "bench_clock"
ENTRY = "syscall_entry"
STUBS, STUB_BYTES = "trap_stubs", 16      # kernel/arch/x86_64/trap.S
FAULTS = set(range(32)) - {1, 2, 3, 4, 8, 9, 18}    # vectors whose instruction did not complete
EXECUTED = re.compile(r"Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/")
STOPPED = "Stopped execution"
LOADS_CR3 = re.compile(r"^\s*([0-9a-f]+):.*\tmov\s+%\w+,%cr3", re.M)
FLUSHES = re.compile(r"^\s*([0-9a-f]+):.*\tinvlpg\b", re.M)


def addresses(lines):
    """Addresses of the instructions executed, in order. A block that was announced and then
    stopped did not run; it comes again."""
    found = []
    for line in lines:
        match = EXECUTED.match(line)
        if match:
            found.append(int(match[1], 16))
        elif line.startswith(STOPPED) and found:
            found.pop()
    return found


def between_clocks(executed, clock):
    """From the first reading of the clock to the second, that one excluded; None: not there."""
    at = [i for i, pc in enumerate(executed) if pc == clock]
    return executed[at[0]:at[1]] if len(at) >= 2 else None


def completed(executed, stubs):
    """Without the instructions that faulted: their first try was announced, not carried out."""
    entries = {stubs + vector * STUB_BYTES for vector in FAULTS}
    return [pc for pc, after in zip(executed, executed[1:] + [None]) if after not in entries]


class Program:
    """An ELF file: which function an address belongs to."""

    def __init__(self, name, file):
        self.name, self.file = name, file
        code, output = process.run(["nm", "--defined-only", file], limit=60)
        if code != 0:
            raise Stop(MACHINE, f"nm cannot read {file}", output)
        rows = [line.split() for line in output.splitlines()]
        symbols = sorted((int(r[0], 16), r[2]) for r in rows if len(r) == 3 and r[1] in "tT")
        self.starts = [address for address, _ in symbols]
        self.names = [symbol for _, symbol in symbols]
        self.address = {symbol: address for address, symbol in symbols}

    def function(self, pc):
        at = bisect_right(self.starts, pc) - 1
        return re.sub(r"\.(part|constprop|isra|cold)(\.\d+)?", "", self.names[at]) if at >= 0 else "?"


class Programs:
    """All that runs; no two have an address in common."""

    def __init__(self, kernel, mm, bench):
        self.kernel = Program("kernel", kernel)
        self.others = sorted([Program("mm", mm), Program("bench", bench)],
                             key=lambda p: p.starts[0])
        self.clock = next(p for p in self.others if p.name == "bench").address[CLOCK]
        self.entry = self.kernel.address[ENTRY]
        self.stubs = self.kernel.address[STUBS]
        code, text = process.run(["objdump", "-d", "--no-show-raw-insn", kernel], limit=120)
        if code != 0:
            raise Stop(MACHINE, f"objdump cannot read {kernel}", text)
        self.cr3 = {int(a, 16) for a in LOADS_CR3.findall(text)}
        self.invlpg = {int(a, 16) for a in FLUSHES.findall(text)}

    def owner(self, pc):
        if pc >= KERNEL_HALF:
            return self.kernel
        return [p for p in self.others if p.starts[0] <= pc or p is self.others[0]][-1]


class Account:
    """One traced operation, taken apart."""

    def __init__(self, executed, programs, overhead):
        self.total = len(executed) - overhead
        self.kernel = sum(pc >= KERNEL_HALF for pc in executed)
        self.system_calls = sum(pc == programs.entry for pc in executed)
        self.cr3 = sum(pc in programs.cr3 for pc in executed)
        self.invlpg = sum(pc in programs.invlpg for pc in executed)
        self.functions = Counter()
        self.owners = Counter()
        for pc, count in Counter(executed).items():
            owner = programs.owner(pc)
            self.functions[owner.name, owner.function(pc)] += count
            self.owners[owner.name] += count
        self.functions["bench", CLOCK] -= overhead     # calls and returns included
        self.owners["bench"] -= overhead


def account(operation, programs, overhead):
    """The account of one operation; Stop if log, clock and median do not agree."""
    with open(operation.log, encoding="ascii", errors="replace") as lines:
        executed = between_clocks(addresses(lines), programs.clock)
    if executed is None:
        raise Stop(MACHINE, f"the log of '{operation.name}' does not hold the operation")
    result = Account(completed(executed, programs.stubs), programs, overhead)
    if not result.total == operation.traced == operation.median:
        raise Stop(MACHINE, f"'{operation.name}': the log has {result.total} instructions, the "
                   f"clock said {operation.traced}, the median is {operation.median}")
    return result


def where(operation, result):
    """Lines that say in which function the instructions are."""
    yield (f"{operation.name}: {result.total} instructions, {result.kernel} in the kernel, "
           f"{result.system_calls} system calls, {result.cr3} CR3 writes, {result.invlpg} INVLPG")
    shares = ", ".join(f"{name} {count}" for name, count in result.owners.most_common())
    yield f"  by program: {shares}"
    for (program, function), count in result.functions.most_common():
        if count > 0:
            yield f"  {count:7}  {100 * count / max(1, result.total):5.1f} %  {program:6}  {function}"
