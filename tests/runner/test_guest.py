"""What the command line tells the guest: the seed of a run, the machine, its features."""

import tempfile
import unittest
from pathlib import Path

import lies  # noqa: F401  (finds cursa_lib)
from cursa_lib import machine, run
from cursa_lib.records import Decoder
from cursa_lib.system import SCRIPT_PROGRAMS, System, folder

DRAWS = """test "draws"
client A on cpu 0
client B on cpu 0
repeat 12 as i {
  check rand(0, 1000000) + 1 > 0
  choose {
    1: check 1 == 1
    1: check 2 == 2
    1: check 3 == 3
  }
}
par {
  A: raw 0x7f with [rand()] => _
  B: raw 0x7f with [rand()] => _
}
"""
NEEDS = {name: f'test "needs"\nneeds {condition}\ncheck 1 == 1\n' for name, condition in (
    ("qemu", "backend qemu"), ("bochs", "backend bochs"), ("vax", "backend vax"),
    ("smap", "smap"), ("pcid", "pcid"), ("la57", "la57"), ("nothing", "nothing_like_it"),
    ("seed5", "seed == 5"), ("part", "sme"))}
RUNS = {"qemu": {"qemu", "smap", "la57", "seed5"}, "bochs": {"bochs", "smap", "pcid", "seed5"}}


class Guest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System()
        cls.modules, (cls.compiler,) = cls.system.make(SCRIPT_PROGRAMS, ["scriptc"])

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="cursa-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def write(self, name, text):
        path = self.folder / f"{name}.ipc"
        path.write_text(text)
        return str(path)

    def boot(self, backend, files, seed):
        options = run.Options(seed=seed)
        sources = run.compile_scripts(files, self.compiler, self.folder / "out", seed)
        result = run.boot_scripts(backend, sources, options, self.system, self.modules, None,
                                  "test-guest")
        self.assertIsNone(result.trouble)
        return result

    def draws(self, backend, seed):
        """(the seed that the guest used, every record of its run)."""
        result = self.boot(backend, [self.write("draws", DRAWS)], seed)
        said = (folder("test-guest", backend) / "com1").read_bytes()
        records = [record for record in Decoder().feed(said) if record.type != "SCRIPT_BEGIN"]
        return result.session.scripts[0].begin.seed, records

    def test_the_seed_decides_what_is_drawn(self):
        for backend in machine.BACKENDS:
            (own, first), (five, other) = self.draws(backend, None), self.draws(backend, 5)
            self.assertEqual((own, five), (0, 5))
            self.assertNotEqual([r.head.left for r in first if r.type == "POINT"],
                                [r.head.left for r in other if r.type == "POINT"])
            self.assertNotEqual([r.head.site for r in first if r.type == "POINT"],
                                [r.head.site for r in other if r.type == "POINT"])
            self.assertEqual(self.draws(backend, 5), (5, other))

    def test_scripts_run_where_what_they_need_is_there(self):
        files = [self.write(name, text) for name, text in NEEDS.items()]
        for backend, expected in RUNS.items():
            scripts = self.boot(backend, files, 5).session.scripts
            ran = {name for name, script in zip(NEEDS, scripts) if script.verdict == "PASS"}
            self.assertEqual(ran, expected, backend)
            self.assertEqual({s.verdict for s in scripts}, {"PASS", "SKIP"})


if __name__ == "__main__":
    unittest.main()
