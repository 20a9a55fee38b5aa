"""Streams of records, true and false, and a compiled script that they tell of."""

import json
import struct
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from cursa_lib import records  # noqa: E402
from cursa_lib.scriptmap import ScriptMap  # noqa: E402

NOTHING = records.NONE


def source(folder, timeout_us=1_000_000):
    """A ScriptMap of a script with three statements, in files below `folder`."""
    program, source_map = Path(folder) / "x.prog", Path(folder) / "x.json"
    program.write_bytes(b"IPC1" + bytes(20) + struct.pack("<Q", timeout_us) + bytes(80))
    sites = [{"file": 0, "line": 3 + i, "column": 1, "text": text} for i, text in
             enumerate(['"a group"', "map c f rw => ok", "unmap c 1p => 1"])]
    source_map.write_text(json.dumps({"test": "a # title", "files": ["x.ipc"], "names": ["a", "f"],
                                      "clients": ["main"], "sites": sites}))
    return ScriptMap("x.ipc", program, source_map)


def outcome(kind, **fields):
    values = dict(name=NOTHING, client=NOTHING)
    values.update(fields)
    return records.pack("outcome", kind=records.OUTCOMES.index(kind), **values)


def point(site, ok=True, flags=0, kind="POINT"):
    loops = {f"loop{i}": NOTHING for i in range(records.LOOPS)}
    head = records.pack("point", site=site, verdict=0 if ok else 1, why=0 if ok else 1, flags=flags,
                        expects=0 if ok else 1, client=0, order=NOTHING, **loops)
    actual = outcome("OK") if ok else outcome("ERROR", status=-5)
    return kind, head + actual + (b"" if ok else outcome("NUMBER", value=4096))


def group(kind, points=0, failed=0):
    loops = {f"loop{i}": NOTHING for i in range(records.LOOPS)}
    return kind, records.pack("group", site=0, points=points, failed=failed, **loops)


def hello(checking=1, cpus=1, scripts=1):
    return "HELLO", records.pack("hello", version=records.VERSION, program=1, checking=checking,
                                 cpus=cpus, scripts=scripts, ticks_per_second=100)


def story(script, fails=False, crc=None):
    """The records of a boot with one script: a group of one point, and another point."""
    failed = int(fails)
    crc = script.crc if crc is None else crc
    return [hello(),
            ("SCRIPT_BEGIN", records.pack("script", index=0, crc=crc, seed=0) + b"script0"),
            group("GROUP_BEGIN"), point(1), group("GROUP_END", points=1),
            point(2, ok=not fails),
            ("PLAN", records.pack("plan", points=2, failed=failed)),
            ("SCRIPT_END", records.pack("end", index=0, verdict=failed)),
            ("BYE", records.pack("bye", scripts=1, failed=failed, records=9))]


def stream(parts):
    return b"".join(records.frame(kind, seq, payload) for seq, (kind, payload) in enumerate(parts))


def without(parts, kind):
    """The same boot with one kind of record never written, numbers and goodbye adjusted."""
    left = [p for p in parts if p[0] != kind]
    return [("BYE", records.pack("bye", scripts=1, records=len(left))) if k == "BYE" else (k, p)
            for k, p in left]


def damaged(data, at):
    """One bit flipped."""
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1:]


def recrc(data):
    """For tests that damage a head: a good checksum over bad bytes."""
    return data[:-4] + struct.pack("<I", zlib.crc32(data[:-4]))
