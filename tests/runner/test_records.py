"""records.py and include/abi/record.h say the same."""

import re
import struct
import unittest

from lies import ROOT, records

HEADER = (ROOT / "include/abi/record.h").read_text()
WIDTHS = {"uint8_t": 1, "uint16_t": 2, "uint32_t": 4, "int32_t": 4, "uint64_t": 8}


def members(name, prefix):
    """Names of an enum in order, without prefix; the last one counts them."""
    body = re.search(r"enum %s \{(.*?)\};" % name, HEADER, re.S)[1]
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S) + ","
    return re.findall(r"\b%s(\w+)\s*," % prefix, body)


def constant(name):
    return int(re.search(r"\b%s\s*=?\s*(0x[0-9a-f]+|\d+)" % name, HEADER)[1], 0)


def fields(name):
    body = re.search(r"struct rec_%s \{(.*?)\};" % name, HEADER, re.S)[1]
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    out = []
    for kind, field, count in re.findall(r"(\w+|struct rec_\w+) (\w+)(?:\[(\w+)\])?;", body):
        if not kind.startswith("rec_"):
            number = constant(count) if count else 0
            names = [f"{field}{i}" for i in range(number)] if count else [field]
            out += [(n, kind) for n in names]
    return [(n, k) for n, k in out if k in WIDTHS]


class Header(unittest.TestCase):
    def test_record_types_are_the_same(self):
        self.assertEqual(members("record_type", "REC_"), records.TYPES + ["TYPES"])

    def test_verdicts_reasons_and_outcomes_are_the_same(self):
        self.assertEqual(members("record_verdict", "VERDICT_"), records.VERDICTS + ["VERDICTS"])
        self.assertEqual(members("record_why", "WHY_"), records.WHYS + ["WHYS"])
        self.assertEqual(members("record_outcome", "OUT_"), records.OUTCOMES + ["KINDS"])

    def test_flags_and_sizes_are_the_same(self):
        for name, value in (("OUT_COUNTED", records.COUNTED), ("OUT_ANY_REASON", records.ANY_REASON),
                            ("OUT_ANY_PROP", records.ANY_PROP), ("OUT_ANY_FRAME", records.ANY_FRAME),
                            ("RECORD_VERSION", records.VERSION), ("RECORD_LOOPS", records.LOOPS),
                            ("RECORD_PAYLOAD_MAX", records.PAYLOAD_MAX),
                            ("RECORD_HEAD_BYTES", records.HEAD_BYTES),
                            ("RECORD_CRC_BYTES", records.CRC_BYTES)):
            self.assertEqual(constant(name), value, name)
        sync = bytes([constant("RECORD_SYNC0"), constant("RECORD_SYNC1")])
        self.assertEqual(sync, records.SYNC)

    def test_structs_have_the_same_fields_in_the_same_places(self):
        for name, (form, names) in records.STRUCTS.items():
            known = fields(name)
            self.assertEqual([n for n, _ in known], names.split(), name)
            codes = "".join(c * int(n or 1) for n, c in re.findall(r"(\d*)([A-Za-z])", form))
            widths = [struct.calcsize("<" + c) for c in codes]
            self.assertEqual(widths, [WIDTHS[k] for _, k in known], name)
            asserted = re.search(r"sizeof\(struct rec_%s\) == (\d+)" % name, HEADER)[1]
            self.assertEqual(records.size(name), int(asserted), name)


if __name__ == "__main__":
    unittest.main()
