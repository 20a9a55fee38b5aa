"""The bench's boot: results over COM1, and QEMU told by QMP when to write down what it does.

Under `-icount shift=0` one tick of the time-stamp counter is one guest instruction. For the
share of the kernel QEMU has no counter, so that each operation is done once more while QEMU
logs every instruction's address: one translated block of one instruction each.
"""

import json
import os
import re
import select
import socket
import subprocess
import time

from . import machine, process
from .paths import MACHINE, Stop, time_scale
from .records import Damaged, Decoder

LIMIT = 240            # seconds of host time for the whole boot
ANSWER_LIMIT = 20      # … for one answer of QEMU's monitor
POLL_SECONDS = 0.05
RESULT, READY, DONE = range(3)     # enum bench_phase
GO, NEXT = b"g", b"n"


class Monitor:
    """QMP: one command, one answer."""

    def __init__(self, line):
        self.line, self.rest = line, b""
        self.line.settimeout(ANSWER_LIMIT * time_scale())
        self._read()
        self.do("qmp_capabilities")

    def _read(self):
        while b"\n" not in self.rest:
            data = self.line.recv(65536)
            if not data:
                raise OSError("QEMU closed its monitor")
            self.rest += data
        first, self.rest = self.rest.split(b"\n", 1)
        return json.loads(first)

    def do(self, command, **arguments):
        self.line.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            answer = self._read()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise OSError(f"QEMU's monitor refused {command}: {answer['error']['desc']}")

    def human(self, line):
        said = self.do("human-monitor-command", **{"command-line": line}).strip()
        if said:
            raise OSError(f"QEMU's monitor answered '{line}': {said}")


class Operation:
    """What one boot tells of one operation."""

    def __init__(self, record):
        self.index, self.name = record.head.op, record.text
        self.divisor = record.head.divisor
        self.median, self.least, self.most = (record.head.median, record.head.least,
                                              record.head.most)
        self.traced = None     # what it took when it was watched
        self.log = None        # where QEMU wrote its addresses


def command(spec, com1, monitor):
    """QEMU's command line with COM1 and the monitor on sockets that are open already."""
    words = [str(word) for word in machine.qemu_command(spec)]
    words[words.index(f"file:{spec.file('com1')}")] = "chardev:com1"
    return words + ["-chardev", f"socket,id=com1,fd={com1.fileno()}",
                    "-chardev", f"socket,id=qmp,fd={monitor.fileno()}",
                    "-mon", "chardev=qmp,mode=control"]


class BenchBoot:
    """One boot, followed to its end; operations holds what came, in order."""

    def __init__(self, spec, trace=True):
        self.spec, self.trace = spec, trace
        self.operations = []
        self.decoder, self.ended = Decoder(), False
        self.child = None

    def run(self):
        self.spec.folder.mkdir(parents=True, exist_ok=True)
        for name in ("com2", "e9"):
            self.spec.file(name).write_bytes(b"")
        self.com1, far_com1 = socket.socketpair()
        mine, far_monitor = socket.socketpair()
        try:
            with far_com1, far_monitor, open(self.spec.file("stderr"), "wb") as errors:
                self.child = process.start(
                    command(self.spec, far_com1, far_monitor), stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL, stderr=errors, cwd=self.spec.folder,
                    pass_fds=[far_com1.fileno(), far_monitor.fileno()])
            self.monitor = Monitor(mine)
            self._follow()
        except (OSError, Damaged) as error:
            raise Stop(MACHINE, f"the bench: {error}", self._log()) from None
        finally:
            if self.child is not None:
                process.end(self.child)
            self.com1.close()
            mine.close()
        return self.operations

    def _log(self):
        said = self.spec.file("e9").read_text("utf-8", "replace")
        said += self.spec.file("com2").read_text("utf-8", "replace")
        said += self.spec.file("stderr").read_text("utf-8", "replace")
        return "\n".join(said.splitlines()[-12:])

    def _follow(self):
        end = time.monotonic() + LIMIT * time_scale()
        while not self.ended:
            if process.stopping.is_set() or time.monotonic() > end:
                raise OSError(f"it did not end within {LIMIT * time_scale():.0f} s")
            ready, _, _ = select.select([self.com1], [], [], POLL_SECONDS)
            if ready:
                data = self.com1.recv(65536)
                if not data:
                    raise OSError("the machine ended in the middle of it")
                for record in self.decoder.feed(data):
                    self._take(record)

    def _take(self, record):
        if record.type == "BYE":
            self.ended = True
        elif record.type == "BENCH":
            phase = (self._result, self._ready, self._done)[record.head.phase]
            phase(record)

    def _result(self, record):
        if record.head.op != len(self.operations):
            raise Damaged("results of the operations came out of order")
        self.operations.append(Operation(record))

    def _ready(self, record):
        operation = self.operations[record.head.op]
        if not self.trace or operation.log is not None:
            self.com1.sendall(NEXT)
            return
        operation.log = self.spec.file(f"{re.sub(r'[^a-z0-9]+', '-', operation.name.lower())}.log")
        operation.log.unlink(missing_ok=True)
        self.monitor.do("stop")
        self.com1.sendall(GO)       # it lies in the line's queue until the machine goes on
        self.monitor.human(f"logfile {operation.log}")
        self.monitor.human("singlestep on")
        self.monitor.human("log exec")
        self.monitor.do("cont")

    def _done(self, record):
        self.monitor.do("stop")
        self.monitor.human("log none")
        self.monitor.human("singlestep off")
        self.monitor.do("cont")
        self.operations[record.head.op].traced = record.head.median
