#!/usr/bin/python3
"""Keeps docs/reference in step with the definitions it is about.

Between `<!-- made: WHAT -->` and `<!-- end -->` stands text that is made, never typed. WHAT is

    requests              every request of include/abi/mm.def, as a table
    request NAME          one of them, in a line
    status, counters      include/abi/status.def, counters.def as tables
    operations            include/abi/script_ops.def as a table
    enum FILE NAME        an enum of a header as a table, values computed
    struct FILE NAME      a structure of a header, as it stands there
    define FILE NAME...   macros of a header with their comments
    script FILE GROUP     a group of tests/scripts/FILE.ipc, as the tests run it

Usage: make_reference.py           brings the pages up to date
       make_reference.py --check   says which are not, and fails
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs/reference"
ABI = ROOT / "include/abi"
MADE = re.compile(r"(<!-- made: (.+?) -->\n)(.*?)(<!-- end -->)", re.S)
ENUMERATOR = re.compile(
    r"(?P<alone>(?<=\n)[ \t]*)?/\*(?P<comment>.*?)\*/"
    r"|(?P<name>\b[A-Z]\w*)\s*(?:=\s*(?P<value>[^,/\n]+|\n?\s*[^,/]+?))?\s*(?:,|$|(?=/))", re.S)
LAST = re.compile(r"_(COUNT|OPS|KINDS|RANGES|FLAGS)$")   # ends of lists: no value of their own
SUFFIX = re.compile(r"(?<=[0-9a-fA-F])(?:[uU][lL]*|[lL]+[uU]?)\b")


class Wrong(Exception):
    """A page asks for what is not there."""


# --- reading the definitions ---

def entries(file, macro):
    """The invocations MACRO(a, "b c", …) of a .def file, as lists of words and texts."""
    text = re.sub(r"/\*.*?\*/", "", (ABI / file).read_text(), flags=re.S)
    for match in re.finditer(macro + r"\(((?:[^()\"]|\"[^\"]*\")*)\)", text):
        yield [quoted if bare == "" else bare.strip() for quoted, bare
               in re.findall(r"\"([^\"]*)\"|([^,\"]+)", re.sub(r"\"\s+\"", "", match[1]))
               if quoted or bare.strip() or f'"{quoted}"' in match[1] and bare == ""]


def body(file, kind, name):
    """The text between the braces of `kind name { … }`."""
    match = re.search(r"\b%s %s \{(.*?)\n?\};?" % (kind, name), (ROOT / "include" / file).read_text(),
                      re.S)
    if match is None:
        raise Wrong(f"include/{file} has no {kind} {name}")
    return match


def value_of(expression, known):
    """An enumerator's value; names are those before it or of the other headers."""
    words = SUFFIX.sub("", expression)
    words = re.sub(r"\b[A-Z]\w+\b", lambda m: str(known[m[0]]), words)
    return eval(words, {"__builtins__": {}})   # numbers and operators only: names are gone


def enumerators(file, name):
    """(name, value, remark) of each enumerator; name None: a remark of its own."""
    pieces = ENUMERATOR.finditer(body(file, "enum", name)[1])
    known, rows, value = {}, [], -1
    for piece in pieces:
        if piece["comment"] is not None:
            remark = " ".join(re.sub(r"\n\s*\*? ?", "\n", piece["comment"]).split())
            if piece["alone"] is not None or not rows:
                rows.append([None, None, remark])
            else:
                rows[-1][2] = f"{rows[-1][2]} {remark}".strip()
        else:
            value = value_of(piece["value"], known) if piece["value"] else value + 1
            known[piece["name"]] = value
            rows.append([piece["name"], value, ""])
    return rows


# --- making the text ---

def cell(text):
    return text.replace("|", "\\|")


def table(heads, rows):
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(cell(str(each)) for each in row) + " |"


def words(least, most):
    return str(least) if least == most else f"{least} to {most}"


def requests():
    return table(["request", "label", "words", "arguments", "answer"],
                 [[f"[{name}](mm.md#{name.lower()})", f"`{label}`", words(least, most), args or "–",
                   results or "–"]
                  for name, label, least, most, args, results in mm_requests()])


def mm_requests():
    for each in entries("mm.def", "MM_OP"):
        if len(each) != 6:
            raise Wrong(f"include/abi/mm.def: {each}")
        yield each


def request(name):
    for each in mm_requests():
        if each[0] == name:
            _, label, least, most, args, results = each
            takes = f"Arguments ({words(least, most)}): {args}." if args else "No arguments."
            gives = f"Answer: {results}." if results else "Answer: the status alone."
            yield f"`{label}` · {takes} {gives}"
            return
    raise Wrong(f"include/abi/mm.def has no {name}")


def status():
    return table(["status", "number", "meaning"],
                 [[f"`{a}`", b, c] for a, b, c in entries("status.def", "STATUS")])


def counters():
    return table(["counter", "what it counts"],
                 [[f"`{a}`", b] for a, b in entries("counters.def", "COUNTER")])


OPERANDS = {
    "s": "SPACE", "f": "FRAME", "F": "FRAMES", "u": "HUGE", "c": "CURSOR", "m": "CURSOR_MUT",
    "r": "READER", "w": "WRITER", "b": "WINDOW", "g": "HANDLE", "h": "HANDLES",
    "o": "SPACE\\|none", "n": "NUMBER", "p": "PROP", "t": "TYPE", "R": "RANGE", "W": "RANGE",
    "A": "all\\|RANGE", "k": "CLIENT", "K": "CLIENT\\|none", "i": "RIGHTS", "S": "STRING", "L": "LIST",
    "x": "[x NUMBER]", "l": "[fill NUMBER]", "y": "[from CLIENT]", ">": "to", "@": "at",
    "!": "[with LIST]", "d": "DEVICE",
}
ANSWERS = {
    "RESULT_OK": "ok", "RESULT_NUMBER": "a number", "RESULT_ADDRESS": "an address or none",
    "RESULT_RANGE": "a range or none", "RESULT_QUERY": "a range and what is there",
    "RESULT_BYTES": "the bytes", "RESULT_RAW": "ok, or what the status says",
}


def syntax(spelling, letters):
    head, *rest = spelling.split(" ")
    shown = []
    for letter in letters:
        if letter == "M":                  # flags of the open: not written as an operand
            continue
        if letter not in OPERANDS:
            raise Wrong(f"script_ops.def: no word for the operand letter '{letter}'")
        shown.append("LIST" if letter == "L" and letters.endswith("!L") else OPERANDS[letter])
    if letters.endswith("!L"):
        shown[-2:] = [OPERANDS["!"]]
    if rest and rest[0] in ("w", "x"):     # touch w, touch x: the access stands behind the address
        shown[1:1] = [rest[0]]
    elif head == "touch":
        shown[1:1] = ["r"]
    return f"`{' '.join([head] + shown)}`".replace("\\|", "|")


def operations():
    rows = []
    for _, spelling, letters, result, label, meaning in script_operations():
        answer = ANSWERS.get(result, "ok; makes a " + result.removeprefix("RESULT_").lower())
        rows.append([syntax(spelling, letters), meaning, answer,
                     "" if label == "NONE" else f"[{label}](mm.md#{label.lower()})"])
    return table(["statement", "what it does", "outcome", "request"], rows)


def script_operations():
    text = (ABI / "script_ops.def").read_text()
    pattern = r"^SCRIPT_OP\((\w+),\s*\"([^\"]*)\",\s*\"([^\"]*)\",\s*(\w+),\s*(\w+),\s*\"([^\"]*)\"\)"
    return re.findall(pattern, text, re.M)


def enum(file, name):
    rows = enumerators(file, name)
    if name == "sys":
        yield from system_calls(rows)
        return
    rows = [row for row in rows if row[0] and not LAST.search(row[0])]
    remarks = any(row[2] for row in rows)
    heads = ["name", "value"] + (["meaning"] if remarks else [])
    yield from table(heads, [[f"`{n}`", v if v < 10 else hex(v)] + ([r] if remarks else [])
                             for n, v, r in rows])


def system_calls(rows):
    section = []
    for name, value, remark in rows:
        if name is None:
            yield from table(["call", "number", "what it does, and its registers"], section)
            yield from ["", remark, ""]
            section = []
        elif not LAST.search(name):
            section.append([f"`{name}`", value, remark])
    yield from table(["call", "number", "what it does, and its registers"], section)


def struct(file, name):
    yield "```c"
    yield from body(file, "struct", name)[0].splitlines()
    yield "```"


def define(file, *names):
    text = (ROOT / "include" / file).read_text()
    yield "```c"
    for name in names:
        match = re.search(r"^#define %s\b.*$" % name, text, re.M)
        if match is None:
            raise Wrong(f"include/{file} does not define {name}")
        yield match[0]
    yield "```"


def script(file, *group):
    path = ROOT / "tests/scripts" / f"{file}.ipc"
    if not path.exists():
        raise Wrong(f"there is no {path.relative_to(ROOT)}")
    name = " ".join(group)
    lines = path.read_text().splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith(f'group "{name}"')), None)
    if first is None:
        raise Wrong(f'{path.relative_to(ROOT)} has no group "{name}"')
    last = next(i for i in range(first, len(lines)) if lines[i].startswith("}"))
    yield "```ipc"
    yield from lines[first:last + 1]
    yield "```"


MAKERS = {each.__name__: each for each in
          (requests, request, status, counters, operations, enum, struct, define, script)}


def made(what):
    maker, *arguments = what.split(" ")
    if maker not in MAKERS:
        raise Wrong(f"nothing makes '{maker}'")
    return "\n".join(MAKERS[maker](*arguments)) + "\n"


# --- the pages ---

def refreshed(text):
    return MADE.sub(lambda match: match[1] + made(match[2]) + match[4], text)


def complaints(path, text):
    """What no refreshing repairs."""
    outside = MADE.sub("", text)
    if "```ipc" in outside:
        yield f"{path.name}: an ipc example that no test runs; take it from a script"
    if outside.count("<!-- made:") or outside.count("<!-- end -->"):
        yield f"{path.name}: a made part without its end"


def undescribed():
    """Requests that the page of the requests has no section for."""
    text = (PAGES / "mm.md").read_text()
    for each in mm_requests():
        if not re.search(r"^### %s$" % each[0], text, re.M) or \
                f"<!-- made: request {each[0]} -->" not in text:
            yield f"mm.md: no section '### {each[0]}' with '<!-- made: request {each[0]} -->'"


def main(check):
    wrong = list(undescribed())
    for path in sorted(PAGES.glob("*.md")):
        text = path.read_text()
        wrong += complaints(path, text)
        try:
            fresh = refreshed(text)
        except Wrong as why:
            wrong.append(f"{path.name}: {why}")
            continue
        if fresh != text and check:
            wrong.append(f"{path.name}: stale; refresh it with ci/make_reference.py")
        elif fresh != text:
            path.write_text(fresh)
            print(f"{path.relative_to(ROOT)}: brought up to date")
    for line in wrong:
        print(f"docs/reference/{line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
