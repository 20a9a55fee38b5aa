#!/usr/bin/python3
"""Stands in for an emulator: writes the stream it is told to COM1 and ends as it is told.

Called with the command line of QEMU or Bochs; FAKE_STREAM names a file, FAKE_END is pass,
fail, panic, hang, reset, silent (ends with a code that means nothing) or broken.
"""

import os
import re
import sys
import time

CODES = {"pass": 33, "fail": 35, "panic": 37, "reset": 0, "silent": 5}


def files():
    words = sys.argv[1:]
    if "-f" in words:
        text = open(words[words.index("-f") + 1], encoding="utf-8").read()
        return re.search(r'com1: .*dev="(.*)"', text)[1], re.search(r'log: "(.*)"', text)[1]
    serial = [w[len("file:"):] for w in words if w.startswith("file:")]
    return serial[0], None


def main():
    if "--version" in sys.argv or "--help" in sys.argv:
        print("fake version 0.0")
        return 0
    end = os.environ["FAKE_END"]
    if end == "broken":
        print("fake: cannot open the display", file=sys.stderr)
        return 1
    com1, log = files()
    with open(com1, "ab") as out, open(os.environ["FAKE_STREAM"], "rb") as stream:
        out.write(stream.read())
    if end == "hang":
        time.sleep(600)
    if log is None:
        return CODES[end]
    if end in ("pass", "fail"):
        open(log, "w").write("p[UNMAP ] >>PANIC<< Shutdown port: shutdown requested\n")
    elif end == "reset":
        open(log, "w").write("p[CPU0  ] >>PANIC<< exception(): 3rd (13) exception with no resolution\n")
    return 1


sys.exit(main())
