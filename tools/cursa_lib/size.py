"""Sizes: lines that are neither blank nor comment, and bytes of what is built."""

import re

from . import process
from .paths import ROOT

ROOMS = (("kernel", "kernel"), ("mm", "servers/mm"), ("libc", "libc-min"))
CODE = (".c", ".h", ".S", ".inc", ".def")
CHECKING = {"kcheck.c", "kcheck_call.c", "kcorrupt.c", "selftest.c", "check.c", "corrupt.c",
            "fail_checking.c"}
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
HASH = re.compile(r"(?m)(^|\s)#\s.*$")      # comments of assembly


def lines_of(path):
    text = COMMENT.sub("", path.read_text())
    if path.suffix in (".S", ".inc"):
        text = HASH.sub("", text)
    return sum(1 for line in text.splitlines() if line.strip())


def count_lines(folder, names=None):
    return sum(lines_of(p) for p in sorted((ROOT / folder).rglob("*"))
               if p.suffix in CODE and (names is None or p.name in names))


def count_bytes(*files):
    """Code and data, without what is zero at the start."""
    code, output = process.run(["size", *files])
    if code != 0:
        return 0
    rows = [line.split() for line in output.splitlines()[1:]]
    return sum(int(row[0]) + int(row[1]) for row in rows)


def report(files):
    """Lines of text; files: room name -> built files."""
    out = [f"{'size':<8}{'lines':>8}{'bytes':>9}   (lines: neither blank nor comment; bytes: plain image)"]
    for name, folder in ROOMS:
        size = count_bytes(*files[name]) if files.get(name) else 0
        extra = count_lines(folder, CHECKING)
        note = f"   {extra} of the lines only in the checking image" if extra else ""
        out.append(f"{name:<8}{count_lines(folder):>8}{size:>9}{note}")
    return out
