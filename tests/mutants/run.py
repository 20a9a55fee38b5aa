#!/usr/bin/python3
"""Breaks the code in one place at a time and demands that a test notices.

mutants.json lists, for each mutant: the file, the text that stands there exactly once, what
replaces it, and the unit test that must fail. A mutant that survives, no longer applies or
does not compile is a failure. Works on a copy; the checkout is not touched.

Usage: run.py [NAME ...]      runs all, or those named
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TEST_SECONDS = 60


def copy_tree(to):
    """What git tracks, as it is in the working tree."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True,
                           capture_output=True).stdout.split(b"\0")
    for name in filter(None, map(os.fsdecode, names)):
        source = os.path.join(ROOT, name)
        if os.path.exists(source):
            target = os.path.join(to, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(source, target)


def build(build_dir, target):
    """None, or what the compiler said."""
    done = subprocess.run(["ninja", "-C", build_dir, target], capture_output=True, text=True)
    return None if done.returncode == 0 else done.stdout[-2000:]


def test_fails(build_dir, target):
    try:
        done = subprocess.run([os.path.join(build_dir, target), "--jobs", "2"],
                              capture_output=True, timeout=TEST_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def try_mutant(tree, build_dir, mutant):
    """'killed', or why not."""
    path = os.path.join(tree, mutant["file"])
    with open(path, encoding="utf-8") as f:
        original = f.read()
    if original.count(mutant["text"]) != 1:
        return f"stale: its text stands {original.count(mutant['text'])} times in {mutant['file']}"
    try:
        with open(path, "w", encoding="utf-8") as f:
            f.write(original.replace(mutant["text"], mutant["instead"]))
        said = build(build_dir, mutant["test"])
        if said is not None:
            return "does not compile:\n" + said
        return "killed" if test_fails(build_dir, mutant["test"]) else "SURVIVED"
    finally:
        with open(path, "w", encoding="utf-8") as f:
            f.write(original)


def main(names):
    with open(os.path.join(ROOT, "tests/mutants/mutants.json"), encoding="utf-8") as f:
        mutants = [m for m in json.load(f) if not names or m["name"] in names]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="cursa-mutants-") as tree:
        copy_tree(tree)
        build_dir = os.path.join(tree, "build")
        subprocess.run(["meson", "setup", build_dir, "--cross-file", "ci/guest.ini"], cwd=tree,
                       check=True, capture_output=True)
        for target in sorted({m["test"] for m in mutants}):
            said = build(build_dir, target)
            if said is not None or test_fails(build_dir, target):
                print(f"{target} fails without any mutant\n{said or ''}")
                return 1
        for number, mutant in enumerate(mutants, 1):
            result = try_mutant(tree, build_dir, mutant)
            failed += result != "killed"
            mark = "ok" if result == "killed" else "not ok"
            print(f"{mark} {number} - {mutant['name']}: {result}", flush=True)
    print(f"{len(mutants) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
