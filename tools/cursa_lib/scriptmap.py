"""What the host knows of a compiled script: lines, texts, names (the JSON map of scriptc)."""

import json
import struct
import zlib
from pathlib import Path

HEADER_TIMEOUT_OFFSET = 24   # struct program_header of abi/program.h


class Site:
    def __init__(self, file, line, column, text, expect="", via=()):
        self.file, self.line, self.column, self.text = file, line, column, text
        self.expect = expect     # the expected outcomes as they are written
        self.via = list(via)     # places of the calls that led here, innermost first

    @property
    def place(self):
        return f"{self.file}:{self.line}:{self.column}"


class ScriptMap:
    """One compiled script. `file` is the name that the user gave."""

    def __init__(self, file, program, source_map):
        self.file = str(file)
        self.program = Path(program)
        data = self.program.read_bytes()
        self.crc = zlib.crc32(data)
        (timeout,) = struct.unpack_from("<Q", data, HEADER_TIMEOUT_OFFSET)
        self.timeout_seconds = timeout / 1e6
        known = json.loads(Path(source_map).read_text())
        self.title = known.get("test") or Path(self.file).stem
        self.tags = known.get("tags", [])
        self.names = known.get("names", [])
        self.clients = known.get("clients", [])
        self._sites = known.get("sites", [])
        self._files = known.get("files") or [self.file]
        self._files[0] = self.file

    def site(self, index):
        if not 0 <= index < len(self._sites):
            return Site(self.file, 0, 0, f"statement {index}")
        entry = self._sites[index]
        via = [self._place(call) for call in entry.get("via", [])]
        text, expect = entry.get("text", ""), entry.get("expect", "")
        whole = f"{text} => {expect}" if expect and not text.endswith(expect) else text
        return Site(self._files[entry["file"]], entry["line"], entry["column"], whole, expect, via)

    def _place(self, entry):
        return f"{self._files[entry['file']]}:{entry['line']}:{entry['column']}"

    def name(self, index, element):
        """A handle as the script writes it."""
        if not 0 <= index < len(self.names):
            return "a frame that the script has no name for"
        entry = self.names[index]
        array = isinstance(entry, dict) and entry.get("array")
        text = entry["name"] if isinstance(entry, dict) else entry
        return f"{text}[{element}]" if array or element else text

    def client(self, index):
        return self.clients[index] if 0 <= index < len(self.clients) else "nobody"
