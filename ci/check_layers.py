#!/usr/bin/python3
"""Who may include whom: a table and a loop. docs/rooms.md says the same in words.

A file belongs to the room with the longest matching folder. What it includes must belong to
its own room or to one that the table names for it. Tests may look into every room.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FREESTANDING = "assert limits stdalign stdarg stdatomic stdbool stddef stdint stdnoreturn".split()
BARE = ["string", "stdio"]           # the part of libc-min that the kernel links, too

# room: (rooms it may include, standard headers beside the freestanding ones)
ROOMS = {
    "include/abi": ([], []),
    "include/base": (["include/abi"], []),
    "libc-min": (["include/abi", "include/base"], BARE),
    "kernel": (["include/abi", "include/base"], BARE),
    "kernel/arch/x86_64": (["include/abi", "include/base", "kernel"], BARE),
    "servers/mm/core": (["include/abi", "include/base"], ["string"]),
    "servers/mm": (["include/abi", "include/base", "servers/mm/core", "libc-min"], BARE),
    "servers/mm/client": (["include/abi", "include/base", "libc-min"], BARE),
    "servers/init": (["include/abi", "include/base", "libc-min", "servers/mm/client"], BARE),
    "clients": (["include/abi", "include/base", "libc-min", "servers/mm/client"], BARE),
    "clients/conductor/core": (["include/abi", "include/base", "clients"], ["string"]),
    "tools": (["include/abi", "include/base"], None),
    "tests": (None, None),
}
# Single doors in a wall: (room, file of another room).
DOORS = {
    ("kernel", "kernel/arch/x86_64/*_arch.h"),    # the only names the portable kernel may use
    ("servers/mm/core", "servers/mm/guest/port_view.h"),   # the seam's inline half, by include path
    ("clients", "servers/init/spawn.h"),          # how a program starts another one
    ("clients", "clients/conductor/core/*.h"),    # the conductor's own core
}
# Where a name is looked for, after the folder of the file that includes it.
PLACES = [".", "include", "kernel", "kernel/arch/x86_64", "libc-min/include", "servers/mm",
          "servers/mm/core", "servers/mm/client", "servers/mm/guest"]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    folder = path.parent
    while folder != Path("."):
        if str(folder) in ROOMS:
            return str(folder)
        folder = folder.parent
    return None


def find(path, name):
    """The project's file that this include means, or None."""
    for place in [path.parent] + [Path(p) for p in PLACES]:
        if (ROOT / place / name).is_file():
            return Path(place) / name
    return None


def complaint(path, kind, name):
    """Why the file may not include this, or None."""
    room = room_of(path)
    rooms, standard = ROOMS[room]
    if rooms is None:
        return None
    target = find(path, name) if kind == '"' else None
    if target is None:
        stem = name.removesuffix(".h")
        known = standard is None or stem in FREESTANDING or stem in standard
        if kind == "<" and (known or _of_libc(name) and "libc-min" in rooms + [room]):
            return None
        return f"{room} may not include <{name}>" if kind == "<" else f"there is no {name}"
    other = room_of(target)
    if other == room or other in rooms:
        return None
    if any(room == door and target.match(file) for door, file in DOORS):
        return None
    return f"{room} may not include {target}"


def _of_libc(name):
    return (ROOT / "libc-min/include" / name).is_file()


def main():
    count = 0
    for path in sorted(ROOT.rglob("*.[chS]")):
        path = path.relative_to(ROOT)
        if room_of(path) is None:
            continue
        text = (ROOT / path).read_text()
        for match in INCLUDE.finditer(text):
            why = complaint(path, match[1], match[2])
            if why:
                count += 1
                print(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {why}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
