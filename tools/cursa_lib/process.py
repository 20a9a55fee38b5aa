"""Child processes that never outlive ./cursa, however it ends.

The kernel ends the children themselves with us (PDEATHSIG). What those have started (ninja its
compilers, Meson its tests) is found by who is whose parent, and stopped before it is killed.
"""

import ctypes
import os
import signal
import subprocess
import threading
from pathlib import Path

PR_SET_PDEATHSIG = 1
APT_SECONDS = 600              # for an interrupted apt-get to come to an end of its own
_libc = ctypes.CDLL(None, use_errno=True)
_live = set()
_lock = threading.Lock()
stopping = threading.Event()   # set once: every waiting loop gives up


class Interrupted(Exception):
    """SIGINT, SIGTERM or SIGHUP came."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _children():
    """{parent: [child]} of all processes."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = entry.read_text("utf-8", "replace")
        except OSError:
            continue
        parent = int(text.rpartition(")")[2].split()[1])
        found.setdefault(parent, []).append(int(entry.parent.name))
    return found


def descendants(pid):
    """The processes that a process has started, and those that they have, …"""
    children, found = _children(), []
    waiting = list(children.get(pid, []))
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def start(command, **options):
    """Popen in a process group of its own, which end() and end_all() kill as a whole."""
    with _lock:
        if stopping.is_set():
            raise Interrupted(signal.SIGTERM)
        child = subprocess.Popen([str(word) for word in command], start_new_session=True,
                                 preexec_fn=_die_with_parent, **options)
        _live.add(child)
    return child


def _send(number, pid, function=os.kill):
    try:
        function(pid, number)
    except ProcessLookupError:
        pass


def _stopped_family(pid):
    """The process and its descendants, all stopped: none starts another meanwhile."""
    family = []
    while new := [p for p in [pid, *descendants(pid)] if p not in family]:
        for each in new:
            _send(signal.SIGSTOP, each)
        family += new
    return family


def end(child):
    """Kill it with its group and all that they have started, and reap it; safe to call twice."""
    for pid in _stopped_family(child.pid) if child.poll() is None else []:
        _send(signal.SIGKILL, pid)
    _send(signal.SIGKILL, child.pid, os.killpg)
    child.wait()
    with _lock:
        _live.discard(child)


def end_all():
    stopping.set()
    with _lock:
        children = list(_live)
    for child in children:
        end(child)


def run_apt(command, **options):
    """Like run(); but an interruption is passed on, and apt-get leaves no half-installed package."""
    child = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                  stderr=subprocess.STDOUT, **options)
    try:
        output, _ = child.communicate()
        return child.returncode, output.decode("utf-8", "replace")
    except Interrupted:
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=APT_SECONDS)
        raise
    finally:
        end(child)


def run(command, limit=None, **options):
    """Run to the end; answers (exit code, output with errors). None: the limit was reached."""
    options.setdefault("stdin", subprocess.DEVNULL)
    child = start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    try:
        output, _ = child.communicate(timeout=limit)
        return child.returncode, output.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        end(child)
        output, _ = child.communicate()
        return None, output.decode("utf-8", "replace")
    finally:
        end(child)


def catch_signals():
    def raise_it(number, _frame):
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)   # one is enough: the cleaning must finish
        raise Interrupted(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_it)
