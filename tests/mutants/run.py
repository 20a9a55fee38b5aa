#!/usr/bin/python3
"""Tries mutants: all of mutants.json, or those named. `./cursa test mutants` does the same.

Usage: run.py [NAME ...]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from cursa_lib import process, suites  # noqa: E402
from cursa_lib.paths import Stop  # noqa: E402


def main(names):
    process.catch_signals()
    try:
        results = suites.Results()
        suites.mutants(results, names)
        return results.summary()
    except Stop as stop:
        print(f"{stop.message}\n{stop.detail}", file=sys.stderr)
        return stop.code
    finally:
        process.end_all()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
