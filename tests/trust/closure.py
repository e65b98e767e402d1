"""What telcli requires, as it stands in pyproject.toml, and all that this brings with it, as pip's metadata tell it."""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SERVED = ("", "db", "link", "spark")
"""Extras whose packages run where telcli runs; the others serve those who build it."""


def declared(extra: str = "") -> list[Requirement]:
    """What one extra asks for, or telcli itself; telcli's other extras within it are followed."""
    project = PROJECT["project"]
    found = []
    for line in project["optional-dependencies"][extra] if extra else project["dependencies"]:
        asked = Requirement(line)
        found += [one for other in asked.extras for one in declared(other)] if asked.name == "telcli" else [asked]
    return found


def everything_declared() -> dict[str, Requirement]:
    """Every requirement of telcli and of each of its extras, by its canonical name."""
    extras = ("", *PROJECT["project"]["optional-dependencies"])
    return {canonicalize_name(asked.name): asked for extra in extras for asked in declared(extra)}


def installed(name: str) -> Distribution | None:
    """What is installed under a name, if anything is."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def closure(asked: list[Requirement]) -> dict[str, Distribution | None]:
    """All that requirements bring with them in this environment; None for what is not installed in it."""
    found: dict[str, Distribution | None] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(one.name, extra) for one in asked for extra in ("", *one.extras)]
    while waiting:
        name, extra = waiting.pop()
        key = (canonicalize_name(name), extra)
        if key in seen:
            continue
        seen.add(key)
        there = found.setdefault(key[0], installed(name))
        for line in (there.requires or []) if there else []:
            one = Requirement(line)
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                waiting += [(one.name, further) for further in ("", *one.extras)]
    return found


def pinned(file: str) -> dict[str, list[tuple[Version, bool]]]:
    """Versions that a file of `name==version ; marker` lines names, each with whether it is meant for this Python."""
    found: dict[str, list[tuple[Version, bool]]] = {}
    text = (ROOT / file).read_text(encoding="utf-8")
    for line in re.findall(r"^[a-z0-9][^\\\n]*", text, re.M):
        one = Requirement(line.strip())
        version = Version(re.fullmatch(r"==(\S+)", str(one.specifier))[1])
        here = one.marker is None or one.marker.evaluate(default_environment())
        found.setdefault(canonicalize_name(one.name), []).append((version, here))
    return found
