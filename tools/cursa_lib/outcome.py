"""Outcomes and reasons in the words of the script language."""

import re

from .paths import ROOT
from .records import ANY_FRAME, ANY_PROP, ANY_REASON, COUNTED, WHYS

PAGE, HUGE = 0x1000, 0x200000
RIGHTS = ("noaccess", "r", "w", "rw", "x", "rx", "wx", "rwx")
CACHES = ("wb", "wt", "wc", "uc")
ACCESSES = ("r", "w", "x")
REASONS = ("notpresent", "protection", "reserved", "other")
_statuses = {}


def status_name(number):
    if not _statuses:
        text = (ROOT / "include/abi/status.def").read_text()
        for name, value in re.findall(r"^STATUS\((\w+), (-?\d+),", text, re.M):
            _statuses[int(value)] = name
    return _statuses.get(number, f"status {number}")


def number(value):
    return str(value) if value < 10 else f"{value:#x}"


def length(value):
    if value and value % HUGE == 0:
        return f"{value // HUGE}hp"
    if value and value % PAGE == 0:
        return f"{value // PAGE}p"
    return number(value)


def prop(bits):
    cache = CACHES[bits >> 8 & 3]
    return RIGHTS[bits & 7] + ("" if cache == "wb" else f", {cache}")


def text_of(data):
    """A quoted string as the script language writes it."""
    out = ""
    for byte in data:
        char = chr(byte)
        if char in '"\\':
            out += "\\" + char
        elif 0x20 <= byte < 0x7F:
            out += char
        else:
            out += {"\n": "\\n", "\t": "\\t"}.get(char, f"\\x{byte:02x}")
    return f'"{out}"'


def _pick(names, index):
    return names[index] if index < len(names) else f"?{index}"


def _mapped(out, script):
    span = f"{number(out.value)} for {length(out.length)} -> "
    if out.flags & ANY_FRAME:
        return span + "_"
    name = script.name(out.name, out.index)
    return span + name + ("" if out.flags & ANY_PROP else f" {prop(out.prop)}")


def _waits(out, script):
    if out.value == 0:
        return "waits for nobody"
    held = f" ({script.name(out.name, out.index)})" if out.name < len(script.names) else ""
    more = f" and {out.value - 1} more" if out.value > 1 else ""
    return f"waits for {script.client(out.client)}{held}{more}"


def describe(out, script):
    kind = out.kind
    if kind == "NUMBER":
        return number(out.value)
    if kind == "RANGE":
        return f"{number(out.value)} for {length(out.length)}"
    if kind == "HOLE":
        return f"{number(out.value)} for {length(out.length)} -> none"
    if kind == "MAPPED":
        return _mapped(out, script)
    if kind == "BYTES":
        return text_of(out.data)
    if kind == "ERROR":
        return status_name(out.status) + (f"({out.value})" if out.flags & COUNTED else "")
    if kind == "FAULT":
        why = "" if out.flags & ANY_REASON else f", {_pick(REASONS, out.reason)}"
        return f"fault({_pick(ACCESSES, out.access)}{why})"
    if kind == "WAITS":
        return _waits(out, script)
    if kind == "ROW":
        return f"invariant I{out.value} broken (detail {number(out.length)})"
    return {"NONE": "no outcome", "OK": "ok", "NOTHING": "none", "ANY": "_"}[kind]


WHY_TEXT = {
    "MISMATCH": "the outcome is none of those expected",
    "FAILED": "a request without => must succeed",
    "STUCK": "everything is quiet and the request still waits",
    "SELF": "only a later statement of the same client could free it",
    "TIMEOUT": "the script's time is over (see `timeout`)",
    "DONE": "the request has completed, so it is not blocked",
    "OTHER": "the request waits, but not directly for that",
    "FALSE": "the condition is false",
    "INVARIANT": "an invariant of the system does not hold",
    "LEAK": "something was left behind",
    "DEAD": "the client has ended; its request has no outcome",
    "CLOSE": "closing what the group made failed",
    "LIMIT": "the script needs more than the conductor has room for",
    "PROGRAM": "the compiled program is damaged; report it",
    "DIVIDE": "division by zero",
    "MACHINE": "mm or the kernel refused what the conductor itself needs; see the log",
}


def expected(written, evaluated):
    """As the script has it, and what that came to where it computes."""
    written = written.removeprefix("=>").strip()
    same = written.replace("_", "").replace(" ", "") == evaluated.replace("_", "").replace(" ", "")
    return written if same or not evaluated else f"{written} ({evaluated})" if written else evaluated


def explain(record, script):
    """Lines of the diagnosis of a failed point: (key, text) pairs."""
    head, why = record.head, WHYS[record.head.why]
    site = script.site(head.site)
    lines = [("at", site.place)] + [("called", place) for place in site.via]
    wanted = " or ".join(describe(out, script) for out in record.expected)
    if site.expect or wanted:
        lines.append(("expected", expected(site.expect, wanted)))
    if why in ("FALSE", "LEAK"):
        lines.append(("left", f"{head.left} ({head.left:#x})"))
        lines.append(("right", f"{head.right} ({head.right:#x})"))
    if record.actual.kind != "NONE":
        lines.append(("actual", describe(record.actual, script)))
    if why in WHY_TEXT:
        lines.append(("why", WHY_TEXT[why]))
    return lines
