"""./cursa doctor: what is there, in which version, and the line that brings the rest."""

import platform
import subprocess

from . import machine, packages
from .paths import BUILD, MISSING, PASS, shown


def _versions(names):
    """Versions of Debian packages, {} where there is no dpkg."""
    try:
        result = subprocess.run(["dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Status}\n"]
                                + names, capture_output=True, text=True, check=False)
    except OSError:
        return {}
    lines = (line.split("\t") for line in result.stdout.splitlines())
    return {name: version for name, version, status in lines if status.endswith(" installed")}


def report():
    known = packages.known()
    versions = _versions([p.name for p in known])
    print(f"python3 {platform.python_version()}; build directory {shown(BUILD)}"
          f"{'' if BUILD.exists() else ' (none yet)'}")
    for each in known:
        state = versions.get(each.name, "there") if each.present else "MISSING"
        print(f"  {each.name:<20} {state:<24} {each.group:<5} {each.use}")
    for backend in machine.BACKENDS:
        print(f"{backend} says it is version {machine.version(backend) or 'unknown: it does not start'}")
    lacking = [p for p in known if not p.present]
    if lacking:
        print("as root, type:\n  apt-get update && " + packages.apt_line(lacking))
        return MISSING if any(p.group == "run" for p in lacking) else PASS
    print("nothing is missing")
    return PASS
