"""Child processes that never outlive ./cursa, however it ends."""

import ctypes
import os
import signal
import subprocess
import threading

PR_SET_PDEATHSIG = 1
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


def start(command, **options):
    """Popen in a process group of its own, which end() and end_all() kill as a whole."""
    with _lock:
        if stopping.is_set():
            raise Interrupted(signal.SIGTERM)
        child = subprocess.Popen([str(word) for word in command], start_new_session=True,
                                 preexec_fn=_die_with_parent, **options)
        _live.add(child)
    return child


def end(child):
    """Kill the whole group and reap it; safe to call twice."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()
    with _lock:
        _live.discard(child)


def end_all():
    stopping.set()
    with _lock:
        children = list(_live)
    for child in children:
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
