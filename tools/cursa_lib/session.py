"""One boot as the records tell it: a tree of results, checked for every contradiction.

The conductor says things twice (points and their number, groups and their ends, a plan, a
goodbye); whatever does not agree makes the whole boot untrusted.
"""

from .records import NONE, POINT_TODO, VERDICTS, VERSION, Damaged, Decoder, loops


class Group:
    """A group of points; the script itself is the outermost one."""

    def __init__(self, site, iteration=()):
        self.site, self.iteration = site, list(iteration)
        self.children = []     # Group and Point
        self.marks = []        # (position, record): skip, note, dump, left out, todo

    def count(self):
        return len([c for c in self.children if isinstance(c, Group) or not c.stopped])

    def ok(self):
        return all(child.ok() for child in self.children)

    def points(self):
        """Every point in it, in the order in which they came."""
        found = []
        for child in self.children:
            found += child.points() if isinstance(child, Group) else [child]
        return found


class Point:
    def __init__(self, record, stopped=False, also=()):
        self.record = record
        self.also = list(also)   # outcomes that would have been right as well: the model's
        self.stopped = stopped   # a REC_FAIL: the script ended here
        self.verdict = "FAIL" if stopped else VERDICTS[record.head.verdict]

    @property
    def todo(self):
        return bool(self.record.head.flags & POINT_TODO)

    def ok(self):
        return self.verdict != "FAIL" or self.todo


class Script:
    """The results of one script in one boot."""

    def __init__(self, source):
        self.source = source     # ScriptMap
        self.begin = None
        self.root = Group(NONE)
        self.plan = None
        self.verdict = None      # "PASS", "FAIL", "SKIP" when it has ended
        self.skip_text = ""

    def points(self):
        return self.root.points()


class Session:
    """Takes the bytes of COM1; answers events (kind, script, object) for a reporter."""

    def __init__(self, sources, checking, cpus):
        self.scripts = [Script(source) for source in sources]
        self.checking, self.cpus = checking, cpus
        self.decoder = Decoder()
        self.hello = None
        self.bye = None
        self.current = None
        self.begun = 0
        self.stack = []
        self.also = []           # outcomes told before the point that they belong to
        self.damage = None       # one line: why the stream cannot be believed
        self.records = 0

    def feed(self, data):
        events = []
        if self.damage or not data:
            return events
        try:
            for record in self.decoder.feed(data):
                self._take(record, events)
        except Damaged as error:
            self.damage = f"damaged results: {error}"
        return events

    def _take(self, record, events):
        self.records += 1
        if self.bye:
            raise Damaged("a record after the last one")
        if (self.hello is None) != (record.type == "HELLO"):
            raise Damaged("the first record, and only it, must be the greeting")
        getattr(self, "_" + record.type.lower())(record, events)

    def _need(self, condition, text):
        if not condition:
            raise Damaged(text)

    def _hello(self, record, _events):
        head = record.head
        self._need(head.version == VERSION, f"the guest speaks version {head.version} of records")
        image = {0: "plain", 1: "checking"}.get(head.checking, "unknown")
        self._need(head.checking == int(self.checking), f"the {image} image answered")
        self._need(head.cpus == self.cpus, f"the guest runs {head.cpus} CPUs, not {self.cpus}")
        self._need(head.scripts == len(self.scripts),
                   f"the guest has {head.scripts} scripts, not {len(self.scripts)}")
        self.hello = head

    def _script_begin(self, record, events):
        self._need(self.current is None, "a script began inside another")
        self._need(record.head.index == self.begun < len(self.scripts), "an unexpected script")
        self.current = self.scripts[self.begun]
        self._need(record.head.crc == self.current.source.crc,
                   f"script {self.begun} is not the program that was compiled")
        self.begun += 1
        self.current.begin = record.head
        self.stack = [self.current.root]
        events.append(("script", self.current, record))

    def _inside(self):
        self._need(self.current is not None and self.current.plan is None,
                   "a result that belongs to no script")
        return self.stack[-1]

    def _group_begin(self, record, events):
        group = Group(record.head.site, loops(record.head))
        self._inside().children.append(group)
        self.stack.append(group)
        events.append(("group", self.current, group))

    def _group_end(self, record, events):
        group = self._inside()
        self._need(len(self.stack) > 1 and group.site == record.head.site,
                   "a group ended that had not begun")
        self._need(record.head.points == group.count(),
                   f"a group has {group.count()} points and says {record.head.points}")
        self.stack.pop()
        events.append(("group end", self.current, group))

    def _point(self, record, events):
        point = Point(record, also=self._others())
        self._inside().children.append(point)
        events.append(("point", self.current, point))

    def _fail(self, record, events):
        point = Point(record, stopped=True, also=self._others())
        self._inside().children.append(point)
        events.append(("point", self.current, point))

    def _also(self, record, _events):
        self._inside()
        self.also.append(record.actual)

    def _others(self):
        others, self.also = self.also, []
        return others

    def _mark(self, record, events):
        self._inside().marks.append(record)
        if record.type == "SKIP" and len(self.stack) == 1:
            site = self.current.source.site(record.head.site)
            self.current.skip_text = record.text or site.text
        events.append(("mark", self.current, record))

    _skip = _todo = _note = _dump = _left_out = _mark

    def _plan(self, record, events):
        self._inside()
        script, head = self.current, record.head
        points = [p for p in script.points() if not p.stopped]
        stopped = len(points) != len(script.points())
        failed = len([p for p in points if not p.ok()])
        self._need(head.points == len(points),
                   f"{len(points)} points came, the plan says {head.points}")
        self._need(head.failed == failed, f"{failed} points failed, the plan says {head.failed}")
        self._need(bool(head.stopped) == stopped, "the plan and the points differ about an early end")
        self._need(stopped or len(self.stack) == 1, "a group has no end")
        while len(self.stack) > 1:
            events.append(("group end", script, self.stack.pop()))
        script.plan = head

    def _script_end(self, record, events):
        script = self.current
        self._need(script is not None and script.plan is not None, "a script ended without a plan")
        self._need(record.head.index == script.begin.index, "another script ended than began")
        verdict = VERDICTS[record.head.verdict]
        bad = script.plan.failed or script.plan.stopped
        self._need((verdict == "FAIL") == bool(bad), "a script's verdict contradicts its points")
        script.verdict = verdict
        self.current = None
        events.append(("script end", script, record))

    def _bye(self, record, _events):
        head = record.head
        failed = len([s for s in self.scripts if s.verdict == "FAIL"])
        self._need(self.current is None and self.begun == head.scripts == len(self.scripts),
                   "the guest said goodbye too early")
        self._need(head.failed == failed, f"{failed} scripts failed, the goodbye says {head.failed}")
        self._need(head.records == self.records,
                   f"{self.records} records came, the goodbye says {head.records}")
        self.bye = head


def trouble(session, ending):
    """Why this boot must not be believed, in one line; None if it may be."""
    if ending.panic:
        return f"the kernel panicked: {ending.panic[0][len('PANIC '):]}"
    if session.damage:
        return session.damage
    if ending.trouble:
        return ending.trouble
    if ending.marker == "panic":
        return "the machine ended as after a panic, without a panic record"
    if session.decoder.rest:
        return f"truncated results: {len(session.decoder.rest)} bytes of a record at the end"
    if session.hello is None:
        return "the machine ended without a result"
    if session.current is not None:
        missing = "its plan" if session.current.plan is None else "its end"
        return f"truncated results: {session.current.source.file} came without {missing}"
    if session.bye is None:
        return f"truncated results: {len(session.scripts) - session.begun} scripts did not run"
    failed = any(s.verdict == "FAIL" for s in session.scripts)
    if ending.marker != "clean" and (ending.marker == "pass") == failed:
        return f"the results say {'fail' if failed else 'pass'}, the machine's exit says otherwise"
    return None
