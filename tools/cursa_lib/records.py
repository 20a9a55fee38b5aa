"""The wire format of COM1: Python's half of include/abi/record.h.

tests/runner/test_records.py reads the header and fails when the two differ.
"""

import struct
import zlib
from collections import namedtuple

SYNC = b"\xc5\x5a"
VERSION = 1
HEAD_BYTES = 12
CRC_BYTES = 4
PAYLOAD_MAX = 2048
LOOPS = 4
NONE = 0xFFFFFFFF

TYPES = ("NONE HELLO SCRIPT_BEGIN GROUP_BEGIN GROUP_END POINT FAIL SKIP TODO NOTE DUMP "
         "LEFT_OUT PLAN SCRIPT_END BYE BENCH CHECK ALSO").split()
VERDICTS = "PASS FAIL SKIP".split()
WHYS = ("NONE MISMATCH FAILED STUCK SELF TIMEOUT DONE OTHER FALSE INVARIANT LEAK DEAD CLOSE "
        "LIMIT PROGRAM DIVIDE MACHINE").split()
OUTCOMES = ("NONE OK NUMBER NOTHING RANGE HOLE MAPPED BYTES ERROR FAULT ANY WAITS ROW").split()
COUNTED, ANY_REASON, ANY_PROP, ANY_FRAME = 1, 2, 4, 8
POINT_TODO = 1

# name: (struct format, field names); sizes are asserted by the header and by the test.
STRUCTS = {
    "hello": ("<HHIIIQ", "version program checking cpus scripts ticks_per_second"),
    "script": ("<IIQ", "index crc seed"),
    "group": ("<III4I", "site points failed loop0 loop1 loop2 loop3"),
    "outcome": ("<BBBBiQQIIIIQII", "kind flags access reason status value length name index "
                                   "prop client identity bytes zero"),
    "point": ("<IBBBBI4IIQQ", "site verdict why expects flags client loop0 loop1 loop2 loop3 "
                              "order left right"),
    "text": ("<II", "site more"),
    "left": ("<IIQ", "site done left"),
    "plan": ("<IIII", "points failed skipped stopped"),
    "end": ("<II", "index verdict"),
    "bye": ("<IIII", "scripts failed records zero"),
    "check": ("<IIQQ", "index zero expected actual"),
    "bench": ("<IIIIQQQ", "op phase runs divisor median least most"),
}
_packers = {name: struct.Struct(fmt) for name, (fmt, _) in STRUCTS.items()}
_tuples = {name: namedtuple(name, fields) for name, (_, fields) in STRUCTS.items()}
PAYLOAD_OF = {"HELLO": "hello", "SCRIPT_BEGIN": "script", "GROUP_BEGIN": "group",
              "GROUP_END": "group", "POINT": "point", "FAIL": "point", "SKIP": "text",
              "TODO": "text", "NOTE": "text", "DUMP": "text", "LEFT_OUT": "left",
              "PLAN": "plan", "SCRIPT_END": "end", "BYE": "bye", "BENCH": "bench",
              "CHECK": "check", "ALSO": "outcome"}

Outcome = namedtuple("Outcome", "kind flags access reason status value length name index prop "
                                "client identity data")
Record = namedtuple("Record", "type seq head text actual expected")


class Damaged(Exception):
    """The stream is not what the conductor would write."""


def size(name):
    return _packers[name].size + (_packers["outcome"].size if name == "point" else 0)


def loops(head):
    return [n for n in (head.loop0, head.loop1, head.loop2, head.loop3) if n != NONE]


def frame(kind, seq, payload):
    """One record as it travels; the tests and their fake machines use it."""
    body = SYNC + struct.pack("<BBII", TYPES.index(kind), 0, len(payload), seq) + payload
    return body + struct.pack("<I", zlib.crc32(body))


def pack(name, /, **fields):
    values = _tuples[name](*([0] * len(_tuples[name]._fields)))._replace(**fields)
    return _packers[name].pack(*values)


def _take(name, payload, at):
    if len(payload) - at < _packers[name].size:
        raise Damaged(f"a record is too short for its {name}")
    return _tuples[name](*_packers[name].unpack_from(payload, at)), at + _packers[name].size


def _outcome(payload, at):
    head, at = _take("outcome", payload, at)
    if head.kind >= len(OUTCOMES):
        raise Damaged(f"an outcome has the unknown kind {head.kind}")
    count = head.bytes if OUTCOMES[head.kind] == "BYTES" else 0
    if len(payload) - at < count:
        raise Damaged("a record is too short for the bytes of its outcome")
    fields = head._asdict()
    fields.pop("bytes")
    fields.pop("zero")
    fields["kind"] = OUTCOMES[head.kind]
    return Outcome(data=payload[at:at + count], **fields), at + count


def _decode(kind, seq, payload):
    name = PAYLOAD_OF[kind]
    if name == "outcome":
        actual, _ = _outcome(payload, 0)
        return Record(kind, seq, None, "", actual, [])
    head, at = _take(name, payload, 0)
    actual, expected = None, []
    if name == "point":
        if head.verdict >= len(VERDICTS) or head.why >= len(WHYS):
            raise Damaged("a point has an unknown verdict or reason")
        actual, at = _outcome(payload, at)
        for _ in range(head.expects):
            outcome, at = _outcome(payload, at)
            expected.append(outcome)
    text = payload[at:].decode("utf-8", "replace")
    if name == "end" and head.verdict >= len(VERDICTS):
        raise Damaged("a script ended with an unknown verdict")
    return Record(kind, seq, head, text, actual, expected)


class Decoder:
    """Turns bytes as they arrive into records; raises Damaged at the first wrong one."""

    def __init__(self):
        self.rest = b""
        self.next = 0
        self.offset = 0

    def feed(self, data):
        self.rest += data
        while True:
            record = self._one()
            if record is None:
                return
            yield record

    def _one(self):
        if self.rest[:2] != SYNC[:len(self.rest[:2])]:
            raise Damaged(f"byte {self.offset} of COM1 is no record: {self.rest[:24]!r}")
        if len(self.rest) < HEAD_BYTES:
            return None
        kind, zero, length, seq = struct.unpack_from("<BBII", self.rest, 2)
        if zero != 0 or not 0 < kind < len(TYPES) or length > PAYLOAD_MAX:
            raise Damaged(f"the head of record {self.next} is wrong")
        total = HEAD_BYTES + length + CRC_BYTES
        if len(self.rest) < total:
            return None
        whole, self.rest = self.rest[:total], self.rest[total:]
        (crc,) = struct.unpack_from("<I", whole, total - CRC_BYTES)
        if crc != zlib.crc32(whole[:-CRC_BYTES]):
            raise Damaged(f"wrong checksum in record {self.next}")
        if seq != self.next:
            raise Damaged(f"record {self.next} is missing: number {seq} came")
        self.next += 1
        self.offset += total
        return _decode(TYPES[kind], seq, whole[HEAD_BYTES:-CRC_BYTES])
