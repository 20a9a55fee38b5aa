"""Debian packages: what is there, what is missing, and how it gets installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import process
from .paths import MISSING, ROOT, Stop
from .progress import step


class Package:
    def __init__(self, group, name, probe, use):
        self.group, self.name, self.probe, self.use = group, name, Path(probe), use

    @property
    def present(self):
        return self.probe.exists()


def known():
    packages = []
    for line in (ROOT / "tools/packages.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            packages.append(Package(*line.split(None, 3)))
    return packages


def missing(groups):
    return [p for p in known() if p.group in groups and not p.present]


def apt_line(packages):
    names = " ".join(p.name for p in packages)
    return f"apt-get install -y --no-install-recommends {names}"


def _as_root():
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        quiet = subprocess.run(["sudo", "-n", "true"], stdin=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL).returncode == 0
        if quiet or sys.stdin.isatty():
            return ["sudo"]
    return None


def _install(packages, prefix):
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    names = ", ".join(p.name for p in packages)
    with step(f"installing {names}"):
        for words in (["apt-get", "update"], apt_line(packages).split()):
            code, output = process.run_apt(prefix + words, env=environment)
            if code != 0 and words[1] != "update":
                tail = "\n".join(output.splitlines()[-15:])
                raise Stop(MISSING, f"apt-get failed; as root, type: {apt_line(packages)}", tail)


def need(groups, may_install=True):
    """Make sure that every package of these groups is there."""
    lacking = missing(groups)
    if not lacking:
        return
    prefix = _as_root() if may_install else None
    if prefix is None:
        names = ", ".join(p.name for p in lacking)
        raise Stop(MISSING, f"not installed: {names}",
                   f"as root, type:\n  apt-get update && {apt_line(lacking)}")
    _install(lacking, prefix)
    still = [p.name for p in lacking if not p.present]
    if still:
        raise Stop(MISSING, f"installed, yet not found: {', '.join(still)} (see tools/packages.txt)")
