"""./cursa test: the suites, their results, and the count at the end."""

import json
import os
import re
import time

from . import packages, process
from .build import Build
from .mutants import run_mutants
from .paths import BUILD, FAILED, PASS, ROOT, USAGE, Stop
from .progress import say, step
from .repeat import run_repeated

PYTHON = "/usr/bin/python3"
DETAIL_LINES = 80
RUNNER_LIMIT, MESON_LIMIT, FUZZ_SECONDS = 900, 1200, 60
FUZZ_OPS = {"model-host": 1000000, "qemu": 100000, "bochs": 10000}
FUZZ_SEED, FUZZ_CLIENTS = 1, 3
SMALL_DEPTH, SMALL_LIMIT = 6, 900


class Results:
    """Passed, failed and skipped tests; prints each as it comes."""

    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []

    def add(self, suite, name, ok, detail="", note=""):
        print(f"{'ok' if ok else 'not ok'} {suite}: {name}{' ' + note if note else ''}", flush=True)
        if ok:
            self.passed += 1
        else:
            self.failed.append(f"{suite}: {name}")
            for line in detail.splitlines()[-DETAIL_LINES:]:
                print(f"    {line}", flush=True)

    def skip(self, suite, name, why):
        print(f"ok {suite}: {name} # SKIP {why}", flush=True)
        self.skipped.append(f"{suite}: {name}: {why}")

    def summary(self):
        for name in self.failed:
            print(f"failed: {name}")
        for text in self.skipped:
            print(f"skipped: {text}")
        print(f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped")
        return FAILED if self.failed else PASS


def style(results):
    for name in ("layers", "style"):
        code, output = process.run([PYTHON, "-B", ROOT / f"ci/check_{name}.py"], limit=300)
        results.add("style", f"check_{name}", code == 0, output)


def docs(results):
    for name, program in (("links and names", "check_docs.py"),
                          ("the reference is what its sources say", "make_reference.py --check"),
                          ("the scripts are in their tables", "check_scripts.py"),
                          ("every rule has code and a live test", "check_conformance.py")):
        script, *arguments = program.split()
        code, output = process.run([PYTHON, "-B", ROOT / "ci" / script, *arguments], limit=60)
        results.add("docs", name, code == 0, output)


def meson_tests(results, suite, build):
    """Every test that the build knows, whatever room it belongs to."""
    build.make()
    log_name = f"tests-{os.getpid()}"          # another ./cursa may run them, too
    with step(f"running the tests of {build.folder.name}"):
        code, output = process.run(["meson", "test", "-C", build.folder, "--no-rebuild",
                                    "--num-processes", "2", "--print-errorlogs",
                                    "--logbase", log_name],
                                   limit=MESON_LIMIT, cwd=ROOT)
    if re.search(r"^No tests defined", output, re.M):
        results.skip(suite, "all", "the build defines no tests")
        return
    log = build.folder / f"meson-logs/{log_name}.json"
    if code is None or not log.exists():
        results.add(suite, "meson test", False, output)
        return
    lines = log.read_text().splitlines()
    for path in log.parent.glob(f"{log_name}.*"):
        path.unlink()
    for line in lines:
        test = json.loads(line)
        name = test["name"].split(" / ")[-1]
        good = test["result"] in ("OK", "EXPECTEDFAIL")
        if test["result"] == "SKIP":
            results.skip(suite, name, "skipped itself")
        else:
            said = test.get("stdout", "") + test.get("stderr", "")
            results.add(suite, name, good, f"{test['result']}\n{said}")


def unit(results):
    meson_tests(results, "unit", Build())


def mutants(results, names=()):
    def tell(verdict):
        results.add("mutants", f"{verdict.mutant['name']}: {verdict.text}", verdict.good, verdict.detail)

    run_mutants(tell, names)


def runner(results):
    for path in sorted((ROOT / "tests/runner").glob("test_*.py")):
        with step(f"running {path.name}"):
            code, output = process.run([PYTHON, "-B", path], limit=RUNNER_LIMIT,
                                       cwd=path.parent)
        count = re.search(r"Ran (\d+) test", output)
        note = f"({count[1]} tests)" if count else ""
        results.add("runner", path.name, code == 0, output, note)


def clang(results):
    """The whole tree by the other compiler, and its unit tests."""
    folder = BUILD.with_name(BUILD.name + "-clang")
    environment = dict(os.environ, CC="clang-14")
    build = Build(folder, "ci/guest-clang.ini", environment)
    try:
        build.make()
        results.add("clang", "everything compiles", True)
    except Stop as stop:
        results.add("clang", "everything compiles", False, f"{stop.message}\n{stop.detail}")


def fuzz(results):
    fuzz_compiler(results)
    fuzz_small(results)
    fuzz_beside_model(results)


def fuzz_small(results):
    """Every sequence of requests up to a depth, on core and model, with tiny page tables."""
    program, = Build().make("cursa-small")
    with step("trying every sequence of requests"):
        code, output = process.run([program, str(SMALL_DEPTH)], limit=SMALL_LIMIT)
    results.add("fuzz", "every sequence of requests in a small geometry", code == 0, output,
                f"({output.strip()})" if code == 0 else "")


def fuzz_beside_model(results):
    """Random scripts beside the model; what they find stays in build/fuzz."""
    from .fuzz import Fuzz
    for backend, ops in FUZZ_OPS.items():
        code = Fuzz(backend, ops, FUZZ_SEED, FUZZ_CLIENTS).go()
        results.add("fuzz", f"{backend} does what the model says", code == PASS, "",
                    f"(about {ops} operations)")


def fuzz_compiler(results):
    """Sixty seconds of libFuzzer on the script compiler; what it finds stays in build/fuzz."""
    folder = BUILD / "fuzz"
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    sources = [p for p in sorted((ROOT / "tools/script").glob("*.c")) if p.name != "main.c"]
    program = folder / "script_fuzz"
    with step("building the fuzzer"):
        code, output = process.run(
            ["clang-14", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all", "-g",
             "-O1", "-std=gnu17", f"-I{ROOT}/include", f"-I{ROOT}/tools/script",
             ROOT / "tests/fuzz/script_fuzz.c", *sources, "-o", program], limit=300)
    if code != 0:
        results.add("fuzz", "the fuzzer compiles", False, output)
        return
    with step("fuzzing the script compiler"):
        code, output = process.run([program, f"-max_total_time={FUZZ_SECONDS}", "-timeout=10",
                                    f"-artifact_prefix={folder}/", corpus, ROOT / "tests/scripts"],
                                   limit=FUZZ_SECONDS + 240, cwd=folder)
    runs = re.search(r"Done (\d+) runs", output)
    results.add("fuzz", "the script compiler", code == 0 and runs is not None, output,
                f"({runs[1]} inputs)" if runs else "")


def script(results):
    from .script_suite import run_all
    run_all(results)


def machine(results):
    from .machine_suite import run_all
    run_all(results)


SUITES = {
    "style": (style, "who includes whom, form, headers that compile alone"),
    "docs": (docs, "links of the documents, the reference, the table of conformance"),
    "unit": (unit, "tests on the host, with sanitizers"),
    "mutants": (mutants, "the code broken in one place at a time: a unit test must notice"),
    "runner": (runner, "lies, hangs, panics: ./cursa must notice"),
    "script": (script, "tests/scripts/*.ipc in QEMU and in Bochs"),
    "machine": (machine, "invariants broken and named, interrupts, in QEMU and in Bochs"),
    "clang": (clang, "everything compiles with clang 14, too"),
    "fuzz": (fuzz, f"the script compiler for {FUZZ_SECONDS} s; beside the model: short sequences, scripts"),
}


def run_suites(names, only_list, may_install, repeat=None, backend=None):
    """repeat: run the scripts that often on one machine and compare, instead of the suite."""
    if only_list:
        for name, (_, text) in SUITES.items():
            print(f"{name:<8} {text}")
        return PASS
    for name in names:
        if name not in SUITES:
            raise Stop(USAGE, f"there is no suite '{name}'; there are: {', '.join(SUITES)}")
    packages.need(["run", "test"], may_install)
    results = Results()
    for name in names or SUITES:
        begin = time.monotonic()
        say(f"suite {name}: {SUITES[name][1]}")
        try:
            if repeat:
                run_repeated(results, repeat, backend)
            else:
                SUITES[name][0](results)
        except Stop as stop:
            results.add(name, "could be carried out", False, f"{stop.message}\n{stop.detail}")
        say(f"suite {name}: {time.monotonic() - begin:.0f} s")
    return results.summary()
