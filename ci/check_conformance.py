#!/usr/bin/python3
"""Every rule of the reference has code and a live test: docs/conformance.md says which.

The rules are those that docs/reference names: `**name**` at the head of a rule of contract.md,
the rows of checks.md and cases.md. conformance.md has a table row for each:

    | id | where | test | test of the refusal |

`where` is `path: function`, or a reason after "–" why the rule does not apply here; then tests may
be "–". A test is `suite.name` of a unit test, or `NN-script: group, def or statement`. A cell may
name several. Each section says in its head which mutant a test of it kills:
`Mutant: name of tests/mutants/mutants.json`.
"""

import json
import re
import sys
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/conformance.md"
REFERENCE = ROOT / "docs/reference"
RULE = re.compile(r"^- \*\*([a-z]+(?:\.[a-z-]+)?)\*\*", re.M)
ROW = re.compile(r"^\| ((?:I\d+|[a-z]+\.[a-z0-9-]+)) \|", re.M)
TEST = re.compile(r"^(?:Parameterized)?Test\((\w+), (\w+)", re.M)
MUTANT = re.compile(r"^Mutant: `(.+?)`", re.M)
NAMED = re.compile(r"`([^`]+)`")
NONE = "–"


def rules():
    """The ids that the reference defines, in its order."""
    ids = RULE.findall((REFERENCE / "contract.md").read_text())
    for page in ("checks.md", "cases.md"):
        ids += ROW.findall((REFERENCE / page).read_text())
    return ids


def rows(text):
    """(line number, cells) of the table rows that begin with an id."""
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and re.fullmatch(r"I\d+|[a-z]+(\.[a-z0-9-]+)?", cells[0]) and cells[0] != "id":
            yield number, cells


# --- what a row may name ---

@lru_cache(maxsize=None)
def unit_tests():
    """suite.name of every test in the sources, and the file it is in."""
    found = {}
    for path in (ROOT / "tests").rglob("*.c"):
        for suite, name in TEST.findall(path.read_text()):
            found[f"{suite}.{name}"] = path.relative_to(ROOT).with_suffix("")
    return found


@lru_cache(maxsize=None)
def script_points(name):
    """Groups, defs and statements of a script, blanks made one; None: there is no such script."""
    path = ROOT / f"tests/scripts/{name}.ipc"
    if not path.exists():
        return None
    text = path.read_text()
    lines = {" ".join(line.split("#")[0].split()) for line in text.splitlines()}
    return set(re.findall(r'^\s*group "([^"]*)"', text, re.M)) \
        | set(re.findall(r"^\s*(def \w+)", text, re.M)) | lines


@lru_cache(maxsize=None)
def text_of(path):
    return (ROOT / path).read_text() if (ROOT / path).is_file() else None


def test_trouble(name):
    if ": " not in name:
        return None if name in unit_tests() else f"there is no unit test {name}"
    script, point = name.split(": ", 1)
    points = script_points(script)
    if points is None:
        return f"there is no tests/scripts/{script}.ipc"
    return None if point in points else f"{script}.ipc has no '{point}'"


def place_trouble(place):
    path, _, function = place.partition(": ")
    text = text_of(path)
    if text is None:
        return f"there is no {path}"
    if function and not re.search(r"\b%s\b" % re.escape(function), text):
        return f"{path} does not name {function}"
    return None


def row_troubles(cells, refuses):
    """`refuses`: it is a rule of the contract, of which both sides are tested."""
    if len(cells) != 4:
        yield f"{len(cells)} cells instead of 4"
        return
    _, where, *tests = cells
    applies = not where.startswith(NONE)
    if not applies and len(where) < 10:
        yield "no reason why it does not apply"
    for place in NAMED.findall(where) if applies else []:
        yield place_trouble(place)
    if applies and not NAMED.search(where):
        yield "no place"
    for cell in tests:
        for name in NAMED.findall(cell):
            yield test_trouble(name)
    if applies and not NAMED.search(tests[0]):
        yield "no test"
    if applies and refuses and not NAMED.search(tests[1]):
        yield "no test of the refusal"


# --- mutants ---

def sections(text):
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        yield part.split("\n", 1)[0], part


def belongs(source, program):
    """Is this test file (without .c) part of this test program? A program holds all files of
    its folder, or the one that it is named after."""
    folder, _, name = program.rpartition("/")
    stem = source.rpartition("/")[2].removeprefix("test_")
    return source.startswith(folder + "/") and (name.endswith("_test") or name.endswith(stem))


def mutant_troubles(text):
    """Each section with tests names a mutant that exists, killed by a test file it lists."""
    mutants = {m["name"]: m for m in json.loads((ROOT / "tests/mutants/mutants.json").read_text())}
    for title, part in sections(text):
        files = {str(unit_tests()[name]) for name in NAMED.findall(part) if name in unit_tests()}
        named = MUTANT.search(part)
        if not files:
            continue
        if named is None:
            yield f"section '{title}' names no mutant"
        elif named[1] not in mutants:
            yield f"section '{title}': there is no mutant '{named[1]}'"
        elif not any(belongs(file, mutants[named[1]]["test"]) for file in files):
            yield f"section '{title}': no test of it is in {mutants[named[1]]['test']}"


def main():
    text = PAGE.read_text()
    known, told, troubles = rules(), {}, []
    contract = set(RULE.findall((REFERENCE / "contract.md").read_text()))
    for number, cells in rows(text):
        if cells[0] in told:
            troubles.append(f"{number}: {cells[0]} has a row already")
        if cells[0] not in known:
            troubles.append(f"{number}: the reference does not know {cells[0]}")
        told[cells[0]] = number
        troubles += [f"{number}: {cells[0]}: {each}"
                     for each in row_troubles(cells, cells[0] in contract) if each]
    troubles += [f"no row for {each}" for each in known if each not in told]
    troubles += mutant_troubles(text)
    for each in troubles:
        print(f"docs/conformance.md: {each}")
    print(f"{len(told)} of {len(known)} rules have a row")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
