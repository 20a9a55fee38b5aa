"""Results for people and for tools: nested TAP 14, flat TAP, JUnit."""

import xml.etree.ElementTree as ElementTree

from .outcome import explain
from .records import NONE, loops
from .session import Group

COMMENT_COLUMN = 64


def escape(text):
    return text.replace("\\", "\\\\").replace("#", "\\#").replace("\n", " ")


def quoted(text):
    """A YAML value: plain where that is safe, else in double quotes."""
    plain = text and not set(text) & set(":#{}[]&*!|>'\"%@`\\\n,") and text == text.strip()
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Tap:
    """Writes nested TAP; each level counts its own points."""

    def __init__(self, write):
        self.write = write
        self.counts = [0]

    def line(self, text):
        self.write("    " * (len(self.counts) - 1) + text)

    def comment(self, text):
        for each in text.splitlines():
            self.line(f"# {each}")

    def open(self, name):
        self.line(f"# Subtest: {name}")
        self.counts.append(0)

    def point(self, ok, text, comment="", directive="", diagnosis=()):
        self.counts[-1] += 1
        line = f"{'ok' if ok else 'not ok'} {self.counts[-1]} - {escape(text)}"
        if directive:
            line += f" # {directive}"
        elif comment:
            line = f"{line:<{COMMENT_COLUMN}}  # {comment}"
        self.line(line)
        if diagnosis:
            width = max(len(key) for key, _ in diagnosis) + 1
            self.line("  ---")
            for key, text in diagnosis:
                self.line(f"  {key + ':':<{width}} {quoted(text)}")
            self.line("  ...")

    def plan(self, why=""):
        self.line(f"1..{self.counts[-1]}" + (f" # {why}" if why else ""))

    def close(self, ok, name, directive=""):
        self.plan(directive if self.counts[-1] == 0 else "")
        self.counts.pop()
        self.point(ok, name, directive=directive)


class Reporter:
    """Turns the events of a session into nested TAP, as they come."""

    def __init__(self, tap, many, repro):
        self.tap, self.many, self.repro = tap, many, repro

    def take(self, event):
        kind, script, what = event
        getattr(self, "_" + kind.replace(" ", "_"))(script, what)

    def _script(self, script, _record):
        if self.many:
            self.tap.open(script.source.file)
        self.tap.comment(script.source.title)

    def _script_end(self, script, _record):
        skip = f"SKIP {script.skip_text}" if script.verdict == "SKIP" else ""
        if self.many:
            self.tap.close(script.verdict != "FAIL", script.source.file, skip)
        elif skip:
            self.tap.comment(skip)

    def _group(self, script, group):
        self.tap.open(title(script, group))

    def _group_end(self, script, group):
        self.tap.close(group.ok(), title(script, group))

    def _point(self, script, point):
        site = script.source.site(point.record.head.site)
        directive = "TODO" if point.todo else "SKIP" if point.verdict == "SKIP" else ""
        diagnosis = ()
        if point.verdict == "FAIL":
            diagnosis = explain(point.record, script.source) + [("repro", self.repro(script))]
        self.tap.point(point.verdict != "FAIL", point_text(script, point),
                       f"line {site.line}", directive, diagnosis)

    def _mark(self, script, record):
        site = script.source.site(record.head.site)
        if record.type == "LEFT_OUT":
            self.tap.comment(f"line {site.line}: {record.head.done} orders ran, "
                             f"{record.head.left} were left out")
        else:
            text = record.text or site.text
            self.tap.comment(f"line {site.line}: {record.type.lower()}: {text}")


def turns(head_loops, order):
    parts = [f"turn {n}" for n in head_loops]
    if order is not None:
        parts.append(f"order {order}")
    return f" [{', '.join(parts)}]" if parts else ""


def title(script, group):
    text = script.source.site(group.site).text
    return (text or "group") + turns(group.iteration, None)


def point_text(script, point):
    head = point.record.head
    site = script.source.site(head.site)
    order = None if head.order == NONE else head.order
    stop = " (the script ends here)" if point.stopped else ""
    return site.text + turns(loops(head), order) + stop


def flat(sessions):
    """[(machine, script, path, ok, directive, diagnosis)], one for each point."""
    rows = []
    for machine, session in sessions:
        for script in session.scripts:
            _flatten(rows, machine, script, script.root, script.source.file)
            if script.verdict == "SKIP":
                rows.append((machine, script, script.source.file, True,
                             f"SKIP {script.skip_text}", ()))
    return rows


def _flatten(rows, machine, script, group, path):
    for child in group.children:
        if isinstance(child, Group):
            _flatten(rows, machine, script, child, f"{path} / {title(script, child)}")
            continue
        site = script.source.site(child.record.head.site)
        directive = "TODO" if child.todo else "SKIP" if child.verdict == "SKIP" else ""
        diagnosis = explain(child.record, script.source) if child.verdict == "FAIL" else ()
        rows.append((machine, script, f"{path} / line {site.line} {point_text(script, child)}",
                     child.verdict != "FAIL", directive, diagnosis))


def write_flat(file, sessions, troubles):
    tap = Tap(lambda line: file.write(line + "\n"))
    tap.line("TAP version 13")
    for machine, _, path, ok, directive, diagnosis in flat(sessions):
        tap.point(ok, f"{machine}: {path}", "", directive, diagnosis)
    for machine, why in troubles:
        tap.point(False, f"{machine}: the machine", diagnosis=[("why", why)])
    tap.plan()


def write_junit(file, sessions, troubles):
    root = ElementTree.Element("testsuites")
    suites = {}
    for machine, script, path, ok, directive, diagnosis in flat(sessions):
        name = f"{machine}: {script.source.file}"
        if name not in suites:
            suites[name] = ElementTree.SubElement(root, "testsuite", name=name)
        suite = suites[name]
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=printable(path))
        if not ok and directive != "TODO":
            text = "\n".join(f"{key}: {value}" for key, value in diagnosis)
            node = ElementTree.SubElement(case, "failure", message=printable(path))
            node.text = printable(text)
        elif directive:
            ElementTree.SubElement(case, "skipped", message=printable(directive))
    for machine, why in troubles:
        suite = ElementTree.SubElement(root, "testsuite", name=machine)
        case = ElementTree.SubElement(suite, "testcase", classname=machine, name="the machine")
        ElementTree.SubElement(case, "error", message=printable(why))
    for suite in root:
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("errors", str(len(suite.findall("testcase/error"))))
        suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    ElementTree.ElementTree(root).write(file, encoding="unicode", xml_declaration=True)


def printable(text):
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
