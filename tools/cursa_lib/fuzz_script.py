"""Random scripts: every operation, at the edges where mistakes live, with hostile words between.

Every statement allows any outcome; the model and a machine are compared by what came. A script
is a list of lines of which any may be left out: that is how a failure is made small.
"""

import random

PAGE, HUGE, GIGA = 0x1000, 0x200000, 0x40000000
USER_END = 1 << 47
EDGES = (0, HUGE, 2 * HUGE, GIGA, GIGA + HUGE, 512 * GIGA, USER_END - GIGA, USER_END - HUGE,
         USER_END)
PROPS = ("r", "rw", "rx", "rwx", "noaccess", "rw, uc", "r, wt")
COUNTERS = ("frames_free", "nodes", "cursors", "windows", "lock_conflicts", "invlpg", "flush_all", "batches")
TYPES = ("u8", "u16", "u32", "u64")
SPACES, FRAMES = 2, 8
CURSORS = ("c0", "c1", "c2", "q0")      # q: for reading only
READERS, WRITERS = ("r0", "r1"), ("w0", "w1")


class Script:
    """One script; go() answers its lines."""

    def __init__(self, seed, clients, ops, touches):
        self.random = random.Random(seed)
        self.clients = [chr(ord("A") + i) for i in range(clients)]
        self.ops, self.touches = ops, touches
        self.lines = []
        self.open = {}       # cursor: (client, space, lo, hi)
        self.windows = {}    # window: client
        self.made = ["s0", "f[0]", "h0"]   # names that a raw message may carry

    def say(self, text):
        self.lines.append(text)

    def pick(self, *choices):
        return self.random.choice(choices)

    def go(self):
        self.say('test "random operations" [fuzz]')
        self.say("timeout 120s")
        self.say('todo "any outcome is fine: machines are compared"')
        for client in self.clients:
            self.say(f"client {client} on cpu 0")
        for i in range(SPACES):
            self.say(f"s{i} = space => _")
        self.say(f"f = frame x {FRAMES} fill 0x41 => _")
        self.say("h0 = huge fill 0x48 => _")
        self.say("h1 = huge fill 0x49 => _")
        for name in COUNTERS:            # a machine has counted before the script begins
            self.say(f"let {name}0 = stat({name})")
        table = [(self._one_shot, 5), (self._cursor, 9), (self._change, 14), (self._look, 8),
                 (self._window, 6), (self._bytes, 10), (self._share, 3), (self._hostile, 3),
                 (self._count, 4), (self._trouble, 1), (self._flush, 2), (self._wait, 3)]
        if self.touches:
            table.append((self._touch, 3))
        steps, weights = zip(*table)
        for index in range(self.ops):
            self.random.choices(steps, weights)[0]()
            if index % 100 == 99:
                self.say("check invariants")
        return self.lines

    # --- operands ---

    def client(self):
        return self.random.choice(self.clients)

    def space(self):
        return f"s{self.random.randrange(SPACES)}"

    def frame(self):
        return f"f[{self.random.randrange(FRAMES)}]"

    def va(self):
        near = self.random.randrange(-3, 4) * PAGE
        odd = self.random.choice((0,) * 20 + (1, 0x800, PAGE - 1))
        return max(0, self.random.choice(EDGES) + near + odd) & (1 << 64) - 1

    def length(self, rest=None):
        usual = [0, PAGE, PAGE, 2 * PAGE, 2 * PAGE, 4 * PAGE, 31 * PAGE, 32 * PAGE, HUGE, HUGE + PAGE]
        if rest is not None:
            usual += [rest, rest, rest // 2 & ~(PAGE - 1)]
        rare = [GIGA, (1 << 64) - PAGE, 1 << 63, (1 << 64) - GIGA, 1, PAGE + 1]
        if rest is not None:
            rare += [rest + PAGE]
        return self.random.choice(usual if self.random.random() < 0.93 else rare)

    def prop(self):
        return self.random.choices(PROPS, (4, 8, 2, 1, 1, 1, 1))[0]

    # --- cursors ---

    def _cursor(self, kinds="cq"):
        name = self.random.choice([name for name in CURSORS if name[0] in kinds])
        if name in self.open:
            client = self.open.pop(name)[0]
            self.say(f"{client}: close {name} => _")
            return
        client, space, lo = self.client(), self.space(), self.va() & ~(PAGE - 1)
        size = self.pick(PAGE, 4 * PAGE, HUGE, HUGE, 2 * HUGE, GIGA, GIGA, 512 * GIGA, USER_END)
        if size >= GIGA:
            lo = lo // GIGA * GIGA
        lo = min(lo, USER_END - PAGE) if self.random.random() < 0.95 else lo
        hi = min(lo + size, USER_END) if self.random.random() < 0.97 else lo + size
        self.open[name] = (client, space, lo, hi)
        kind = "cursor" if name[0] == "q" else "cursor_mut"
        self.made.append(name)
        self.say(f"{client}: {name} = try {kind} {space} {lo:#x} .. {hi:#x} => _")

    def _with_cursor(self, kinds="cq"):
        """Who, name and range of an open cursor; there is one afterwards."""
        names = [name for name in sorted(self.open) if name[0] in kinds]
        if not names:
            self._cursor(kinds)
            names = [name for name in sorted(self.open) if name[0] in kinds]
        name = self.random.choice(names)
        client, _, lo, hi = self.open[name]
        who = client if self.random.random() < 0.97 else self.client()
        return who, name, lo, hi

    def place(self, lo, hi):
        near = [lo, hi - PAGE, hi, (lo // HUGE + 1) * HUGE, (lo // HUGE + 1) * HUGE - 2 * PAGE,
                lo + self.random.randrange(8) * PAGE]
        return self.random.choice(near)

    def _change(self):
        who, name, lo, hi = self._with_cursor("c")
        if self.random.random() < 0.55:
            self.say(f"{who}: jump {name} {self.place(lo, hi):#x} => _")
        rest = max(0, hi - lo)
        self.say(f"{who}: " + self.pick(
            f"map {name} {self.frame()} {self.prop()} => _",
            f"map {name} {self.frame()} {self.prop()} => _",
            f"map {name} f {self.prop()} => _",
            f"map_excl {name} {self.frame()} {self.prop()} => _",
            f"map_huge {name} h{self.random.randrange(2)} {self.prop()} => _",
            f"unmap {name} {self.length(rest):#x} => _",
            f"unmap {name} {self.length(rest):#x} => _",
            f"protect_next {name} {self.length(rest):#x} {self.prop()} => _",
            f"protect_next {name} {self.length(rest):#x} {self.prop()} => _"))

    def _look(self):
        who, name, lo, hi = self._with_cursor()
        self.say(f"{who}: " + self.pick(
            f"query {name} => _", f"query {name} => _", f"addr {name} => _",
            f"find_next {name} {self.length(hi - lo):#x} => _",
            f"jump {name} {self.place(lo, hi):#x} => _",
            f"jump {name} {self.va():#x} => _"))

    def _flush(self):
        who, name, lo, _ = self._with_cursor("c")
        self.say(f"{who}: " + self.pick(
            f"flush {name} all => _", f"flush {name} {lo:#x} for {self.length():#x} => _",
            f"flush_with {name} {lo:#x} for {self.length():#x} {self.frame()} => _",
            f"dispatch {name} => _", f"sync {name} => _"))

    # --- one-shot forms: as raw messages where somebody else's cursor could make them wait ---

    def _one_shot(self):
        who, space, va = self.client(), self.space(), self.va()
        waits = any(c != who and s == space for c, s, _, _ in self.open.values())
        if waits:
            words = self.pick(f"0x1c with [{space}, {va:#x}, 3, {self.frame()}]",
                              f"0x1d with [{space}, {va:#x}, {self.length():#x}]",
                              f"0x1e with [{space}, {va:#x}, {self.length():#x}, 1]",
                              f"0x1f with [{space}, {va:#x}]", f"0x07 with [{space}]")
            self.say(f"{who}: raw {words} => _")
            return
        self.say(f"{who}: " + self.pick(
            f"map1 {space} {va:#x} {self.frame()} {self.prop()} => _",
            f"map1 {space} {va:#x} f {self.prop()} => _",
            f"map1 {space} {va:#x} {self.frame()} {self.prop()} => _",
            f"unmap1 {space} {va:#x} {self.length():#x} => _",
            f"protect1 {space} {va:#x} {self.length():#x} {self.prop()} => _",
            f"query1 {space} {va:#x} => _", f"query1 {space} {va:#x} => _",
            f"reap {space} => _"))

    # --- windows ---

    def _window(self, kinds=READERS + WRITERS):
        name = self.random.choice(kinds)
        if name in self.windows:
            self.say(f"{self.windows.pop(name)}: close {name} => _")
            return
        who = self.client()
        self.windows[name] = who
        self.made.append(name)
        start = max(0, self.va() - self.pick(0, 0, 4, 8, 100))
        size = self.pick(0, 4, 8, 64, 200, PAGE, 2 * PAGE, 5000, (1 << 64) - 1)
        kind = "reader" if name in READERS else "writer"
        self.say(f"{who}: {name} = {kind} {self.space()} {start:#x} for {size:#x} => _")

    def _with_window(self, kinds):
        names = [name for name in sorted(self.windows) if name in kinds]
        if not names:
            self._window(kinds)
            names = [name for name in kinds if name in self.windows]
        return self.random.choice(names)

    def _bytes(self):
        reader, writer = self._with_window(READERS), self._with_window(WRITERS)
        kind = self.random.choice(TYPES)
        value = self.random.randrange(1 << 16)
        few = self.pick(0, 1, 3, 4, 8, 100, 1000)
        either = self.pick(reader, writer)
        text = self.pick(
            f"read {reader} {few}", f"read {reader} {few}", f'write {writer} "abcdefgh"',
            f"write {writer} [{value}, 1, 2]", f"zero {writer} {few}", f"copy {writer} {reader}",
            f"read_val {reader} {kind}", f"write_val {writer} {kind} {value}",
            f"read_once {either} {kind}", f"write_once {either} {kind} {value}",
            f"load {either}", f"cas {either} {self.pick(0, 0x41414141, value)} {value}",
            f"limit {either} {self.pick(0, 4, 100, 1 << 63)}", f"skip {either} {few}",
            f"remain {either}", f"activate_window {either}", f"dispose {either}",
            f"attach {either} at {self.va():#x}")
        who = self.windows[writer if f" {writer}" in text else reader]
        self.say(f"{who}: {text} => _")

    # --- clients, handles, books ---

    def _share(self):
        who, space = self.client(), self.space()
        self.say(self.pick(
            f"{who}: activate {space} => _", f"{who}: activate none => _",
            f"grant {space} to {who} READ => _", f"grant {self.frame()} to {who} MAP, READ => _",
            f"grant {space} to {who} MAP, READ, WRITE, GRANT => _",
            f"revoke {space} from {who} => _", f"close {space} => _; {space} = space => _"))

    def _hostile(self):
        word = lambda: self.pick("0", "1", "0xffff_ffff_ffff_ffff", self.random.choice(self.made),
                                 self.random.choice(self.made), f"{self.va():#x}", f"{self.length():#x}")
        label = self.pick(*range(0x02, 0x08), *range(0x10, 0x20), *range(0x20, 0x28),
                          *range(0x36, 0x48), 0x7F, 0x80000013)
        words = ", ".join(word() for _ in range(self.random.randrange(6)))
        self.say(f"{self.client()}: raw {label:#x} with [{words}] => _")

    def _count(self):
        bit = 1 << self.random.randrange(6)
        name = self.random.choice(COUNTERS)
        self.say(f"check ((stat({name}) - ${name}0) & {bit}) == 0")

    def _trouble(self):
        self.say(f"fail_alloc {self.random.randrange(1, 4)}")
        self.pick(self._change, self._one_shot)()
        self.say("fail_alloc 0")

    def _range(self):
        lo = self.va() & ~(PAGE - 1)
        return f"{lo:#x} .. {lo + self.pick(PAGE, 4 * PAGE, HUGE, GIGA):#x}"

    def _wait(self):
        """One client waits for another's cursor until that is closed. The lines go together: one
        left out may let the script end there, on the model as on the machine."""
        space = self.space()
        if any(held == space for _, held, _, _ in self.open.values()):
            self._look()
            return
        holder, asker = self.random.sample(self.clients, 2)
        self.say(f"{holder}: held = try cursor_mut {space} {self._range()} => _")
        asked = self.pick(f"got = cursor_mut {space} {self._range()}",
                          f"got = cursor {space} {self._range()}",
                          f"unmap1 {space} {self.va():#x} {self.length():#x}",
                          f"map1 {space} {self.va():#x} {self.frame()} {self.prop()}",
                          f"protect1 {space} {self.va():#x} {self.length():#x} r")
        self.say(f"{asker}: {asked} async asked => _")
        self.say("blocked asked by held")
        self.say(f"{holder}: close held => _; await asked")
        if asked.startswith("got"):
            self.say(f"{asker}: close got => _")

    def _touch(self):
        va = self.va()
        who = self.client()
        kind = self.random.choice(TYPES)
        self.say(f"{who}: touch {va:#x} " + self.pick(f"r {kind}", f"r {kind}", f"w {kind} 0x55", "x")
                 + " => _")
