"""Kernel addresses as function, file and line."""

import os
import re

from . import process
from .paths import ROOT

ADDRESS = re.compile(r"0xffffffff[89a-f][0-9a-f]{7}")


def resolve(lines, kernel):
    """The lines of a panic record, each with what its kernel addresses stand for."""
    found = sorted({a for line in lines for a in ADDRESS.findall(line)})
    if not found or kernel is None:
        return list(lines)
    code, output = process.run(["addr2line", "-e", kernel, "-f", "-i", "-a"] + found, limit=30)
    places = _parse(output) if code == 0 else {}
    out = []
    for line in lines:
        out.append(line)
        for address in ADDRESS.findall(line):
            out += [f"    {address} {place}" for place in places.get(int(address, 16), [])]
    return out


def _parse(output):
    places, current, function = {}, None, None
    for line in output.splitlines():
        if line.startswith("0x"):
            current = places.setdefault(int(line, 16), [])
            function = None
        elif function is None:
            function = line
        else:
            if function != "??" or not line.startswith("??"):
                current.append(f"{function} at {_short(line)}")
            function = None
    return places


def _short(place):
    """The place without the checkout's folder and without addr2line's remarks."""
    path, _, line = place.split(" (")[0].rpartition(":")
    path = os.path.normpath(path)
    return f"{path.removeprefix(str(ROOT) + os.sep)}:{line}"
