#!/usr/bin/python3
"""Keeps the documents' links alive: each target exists, and holds the name said before it.

`name` ([file](../file)) or `name` in [file](../file): the name must occur in that file.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(r"`(\w+)(?:\(\))?`(?: in|,)? \(?\[[^\]]*\]\(([^)\s#]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)


def anchors(text):
    """What GitHub makes of the headings."""
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in HEADING.findall(text)}


def complaints(path):
    text = re.sub(r"```.*?```", lambda m: "\n" * m[0].count("\n"), path.read_text(), flags=re.S)
    for match in LINK.finditer(text):
        target, _, anchor = match[1].partition("#")
        line = text.count("\n", 0, match.start()) + 1
        if "://" in target:
            continue
        file = (path.parent / target) if target else path
        if not file.exists():
            yield line, f"{target} does not exist"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
            yield line, f"{target} has no heading #{anchor}"
    for match in NAMED.finditer(text):
        file = path.parent / match[2]
        line = text.count("\n", 0, match.start()) + 1
        if file.is_file() and not re.search(r"\b%s\b" % match[1], file.read_text()):
            yield line, f"{match[2]} does not name {match[1]}"


def main():
    count = 0
    for path in [ROOT / "README.md"] + sorted((ROOT / "docs").rglob("*.md")):
        for line, text in complaints(path):
            count += 1
            print(f"{path.relative_to(ROOT)}:{line}: {text}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
