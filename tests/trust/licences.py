"""Licences of all that runs where telcli runs, from the metadata that pip installed: the page docs/licences.md.

`python -m tests.trust.licences` writes the page anew in an environment with the extras db, link and spark.
"""

import re
from importlib.metadata import Distribution
from pathlib import Path

from tests.trust.closure import ROOT, SERVED, closure, declared

PAGE = ROOT / "docs" / "licences.md"
ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-2.0"),
        *("PSF-2.0", "Python-2.0", "UPL-1.0", "Unlicense", "Zlib", "PostgreSQL"),
    }
)
"""By name as SPDX writes it: none asks that what is built upon it be published."""
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_TITLES = {
    r"^Apache License$": "Apache-2.0",
    r"^BSD 3-Clause License": "BSD-3-Clause",
    r"^(?:The )?MIT License": "MIT",
    r"Permission is hereby granted, free of charge, to any person obtaining a copy": "MIT",
    r"Neither the name .{0,120} nor the names of its\s+contributors": "BSD-3-Clause",
}


def licence(found: Distribution) -> str:
    """The licence of a package as SPDX writes it: its expression, else its text, else the field and the classifiers.

    The text of a licence comes before classifiers, which know no difference between the licences of BSD.
    """
    told = found.metadata.get("License-Expression")
    if told:
        return str(told)
    text = "\n".join(_texts(found))
    for title, name in _TITLES.items():
        if re.search(title, text, re.M | re.S):
            return name
    field = (found.metadata.get("License") or "").strip()
    if field in ALLOWED:
        return field
    classes = [
        line.rpartition(" :: ")[2] for line in found.metadata.get_all("Classifier") or [] if "License ::" in line
    ]
    return " AND ".join(_CLASSIFIERS.get(one, one) for one in classes) or field or "none told"


def _texts(found: Distribution) -> list[str]:
    """What the licence files of a package say, their heads alone: what follows is often others' licences."""
    places = [file for file in found.files or [] if re.match(r"(?i)(licen[cs]e|copying)", file.name)]
    own = [place for place in places if ".dist-info" in str(place)]
    return [place.read_text(encoding="utf-8")[:2500] for place in map(Path, map(found.locate_file, own))]


def terms(expression: str) -> set[str]:
    """The licences that an expression names.

    >>> sorted(terms("(Apache-2.0 OR MIT) AND PSF-2.0"))
    ['Apache-2.0', 'MIT', 'PSF-2.0']
    """
    return set(re.split(r" AND | OR ", re.sub(r"[()]", "", expression)))


def served() -> dict[str, tuple[str, Distribution]]:
    """Packages that run where telcli runs and are installed here, each with the first extra that brings it."""
    found: dict[str, tuple[str, Distribution]] = {}
    for extra in SERVED:
        for name, there in closure(declared(extra)).items():
            if there is not None:
                found.setdefault(name, (extra, there))
    return found


def told(page: str) -> dict[str, tuple[str, str]]:
    """What the page says: licence and extra of each package."""
    rows = re.findall(r"^\| (?!package )([a-z0-9.-]+) \| ([^|]+) \| ([a-z ]*)\|$", page, re.M)
    return {name: (expression, extra.strip()) for name, expression, extra in rows}


def main() -> None:
    """Write the table of the page anew; the words around it stay."""
    rows = [
        f"| {name} | {licence(there)} | {extra} |".replace("|  |", "| |")
        for name, (extra, there) in sorted(served().items())
    ]
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition("|---|---|---|\n")
    tail = re.sub(r"^(\|.*\n)*", "", rest)
    PAGE.write_text(head + "|---|---|---|\n" + "\n".join(rows) + "\n" + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
