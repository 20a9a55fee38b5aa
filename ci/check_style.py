#!/usr/bin/python3
"""The measurable part of the style: sizes, form, no conditional compilation, alone-standing headers."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE_LINES, FUNCTION_LINES, COLUMNS = 400, 60, 96
TEST_FILE_LINES, TEST_FUNCTION_LINES = 800, 200     # tests are tables of cases
CODE = ["include", "libc-min", "kernel", "servers", "clients", "tools", "tests", "ci"]
GUEST = ["include", "kernel", "servers", "clients"]     # no conditional compilation here
INCLUDES = [".", "include", "kernel", "kernel/arch/x86_64", "libc-min/include", "servers/mm",
            "servers/mm/core", "servers/mm/client", "servers/mm/guest"]
CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b")
LATER = re.compile(r"(/\*|\*|//|#)\s*(TODO|FIXME|XXX)\b")


def files(folders, *suffixes):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path.relative_to(ROOT)


def lines_of(path, lines):
    """Complaints about single lines, and about the number of them."""
    most = TEST_FILE_LINES if path.parts[0] == "tests" else FILE_LINES
    if len(lines) > most:
        yield len(lines), f"more than {most} lines"
    wide = COLUMNS if path.suffix != ".py" else 110
    for number, line in enumerate(lines, 1):
        if len(line) > wide:
            yield number, f"{len(line)} columns"
        if "\t" in line or line != line.rstrip():
            yield number, "a tab, or blanks at the end"
        if path.suffix != ".py" and LATER.search(line) and str(path.parts[0]) != "tests":
            yield number, "a note for later: write an issue instead"


def form_of(path, lines):
    """Complaints about C files as a whole."""
    if lines and not lines[0].startswith(("/*", "#include", "//")):
        yield 1, "the first line says what the file is, in a comment, or includes its header"
    if path.suffix == ".h" and path.name[0] != "." and "#pragma once" not in lines:
        yield 1, "no #pragma once"
    if path.parts[0] in GUEST:
        for number, line in enumerate(lines, 1):
            if CONDITIONAL.match(line):
                yield number, "conditional compilation: vary by linking or by path"


def functions_of(path, lines):
    """Functions by their braces in the first column."""
    most = TEST_FUNCTION_LINES if path.parts[0] == "tests" else FUNCTION_LINES
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            if number - start - 1 > most:
                yield start, f"a function of {number - start - 1} lines"
            start = None


def alone(path):
    """Compile a header by itself; answers a complaint or None."""
    words = ["gcc", "-std=gnu17", "-fsyntax-only", "-Wall", "-Wextra", "-x", "c"]
    folders = INCLUDES + [str(path.parent)]
    if path.parts[0] == "tests":
        folders = [str(path.parent), "tests/unit/kernel", "tests/unit/ipc", "tools/script"] + folders
    for folder in folders:
        if folder != "libc-min/include":
            words += ["-iquote", folder, "-I", folder]
    if path.parts[0] not in ("tests", "tools"):
        words += ["-ffreestanding", "-nostdinc", "-I", "libc-min/include", "-idirafter", FREESTANDING]
    result = subprocess.run(words + [str(path)], cwd=ROOT, capture_output=True, text=True)
    errors = [line for line in result.stderr.splitlines()
              if ": error:" in line or ": fatal error:" in line]
    return f"does not compile alone: {errors[0]}" if result.returncode else None


FREESTANDING = subprocess.run(["gcc", "-print-file-name=include"], capture_output=True,
                              text=True, check=True).stdout.strip()


def main():
    count = 0

    def complain(path, number, text):
        nonlocal count
        count += 1
        print(f"{path}:{number}: {text}")

    for path in files(CODE, ".c", ".h", ".S", ".py", ".def"):
        lines = (ROOT / path).read_text().splitlines()
        found = list(lines_of(path, lines))
        if path.suffix in (".c", ".h"):
            found += form_of(path, lines)
        if path.suffix == ".c":
            found += functions_of(path, lines)
        for number, text in found:
            complain(path, number, text)
    headers = list(files(CODE, ".h"))
    with ThreadPoolExecutor(2) as pool:
        for path, why in zip(headers, pool.map(alone, headers)):
            if why:
                complain(path, 1, why)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
