#!/usr/bin/python3
"""Keeps tests/scripts/README.md true: its tables name every script and only scripts, and where
they say which script and group provokes an error or a fault, that group does.
"""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "tests/scripts"
ROW = re.compile(r"^\|(.*?)\|(.*)\|$", re.M)
PLACE = re.compile(r"\b(\d+)((?:,? (?:“[^”]*”|`def \w+`))*)")
PART = re.compile(r"“([^”]*)”|`def (\w+)`")


def rows(text, head):
    """(line number, first cell, the rest) of the table whose first column has this head."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        match = ROW.match(line)
        if not match:
            inside = False
        elif match[1].strip() == head:
            inside = True
        elif inside and not set(match[1]) <= set("-"):
            yield number, match[1].strip(), match[2]


def names(cell):
    """`02-a, -b` stands for 02-a and 02-a-b."""
    first, *more = [part.strip() for part in cell.split(",")]
    return [first] + [first + part for part in more]


def named(text, folder):
    found = set()
    for line, cell, _ in rows(text, "script"):
        for name in names(cell):
            found.add(name)
            if not (folder / f"{name}.ipc").is_file():
                yield line, f"there is no {name}.ipc"
    for path in sorted(folder.glob("*.ipc")):
        if path.stem not in found:
            yield 1, f"no row for {path.name}"


def part_of(script, group, definition):
    """The text of a group or a definition, up to its closing brace; None if there is none."""
    head = f'group "{group}"' if group else f"def {definition}("
    start = script.find(head)
    if start < 0:
        return None
    depth, at = 0, script.index("{", start + len(head))
    for end in range(at, len(script)):
        depth += {"{": 1, "}": -1}.get(script[end], 0)
        if depth == 0:
            break
    return script[start:end + 1]


def provoked(text, folder):
    for line, what, cell in [*rows(text, "error"), *rows(text, "fault")]:
        wanted = re.findall(r"E_[A-Z]+|fault\(\w, \w+\)", what)
        for number, parts in PLACE.findall(re.sub(r"`\w+`", "", cell)):
            paths = sorted(folder.glob(f"{number}-*.ipc"))
            if len(paths) != 1:
                yield line, f"{len(paths)} scripts have the number {number}"
                continue
            script = paths[0].read_text()
            texts = [part_of(script, *part) for part in PART.findall(parts)] or [script]
            for part, said in zip(PART.findall(parts), texts):
                if said is None:
                    yield line, f"{paths[0].name} has no {part[0] or part[1]}"
            if not any(said and any(w in said for w in wanted) for said in texts):
                yield line, f"{paths[0].name}: no {' or '.join(wanted)} where the table says"


def main():
    text = (FOLDER / "README.md").read_text()
    count = 0
    for line, said in [*named(text, FOLDER), *provoked(text, FOLDER)]:
        count += 1
        print(f"tests/scripts/README.md:{line}: {said}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
