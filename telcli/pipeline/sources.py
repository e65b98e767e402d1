"""From the paths an analyst names to raw extracts, whatever system wrote them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.errors import DataError, MissingInputError, Notice
from telcli.io.given_file import refuse_special
from telcli.stages import Progress, silent
from telcli.tables.file_names import file_hidden, legible

if TYPE_CHECKING:
    from telcli.io.database import Fetched
    from telcli.tables.extract import Extract

__all__ = ["Source", "files_of", "fingerprint", "names_of", "open_sources"]

Source = Path | str
"""A file or folder, or the address of a database (``postgresql://user@host/crm#customers``)."""

_NOT_DATA = (".md", ".toml", ".py", ".sh", ".sql", ".log", ".ini", ".cfg", ".yaml", ".yml", ".part")
_KEY = "answer_key"
_HOLLOW = 1 << 30
"""Bytes from which a file is looked at for holes."""
_LOCKS = ("~$", ".~lock.")
_FETCHED: dict[str, Fetched] = {}
"""Databases read for their fingerprint and not opened yet: what is hashed is what is ingested."""


def open_sources(
    sources: Sequence[Source], scratch: Path, progress: Progress = silent
) -> tuple[list[Extract], list[Notice]]:
    """Open each file, each file of a folder (not of its subfolders) sorted by name, and each database.

    What a file is, is told by its bytes. One that is not read is an error where it was named itself, a notice where
    its folder was. A file without rows is an error where it stands alone, a notice beside others that have some.

    Raises
    ------
    MissingInputError
        A path does not exist.
    DataError
        A folder holds nothing readable, or a file or database cannot be understood.
    """
    from telcli.pipeline.opening import about, discreetly, open_file

    files, notices = files_of(_paths(sources))
    beside = sum(path.stat().st_size > 0 for path in files.values()) > 1
    extracts: list[Extract] = []
    read, size = 0, sum(path.stat().st_size for path in files.values())
    for number, (name, path) in enumerate(files.items()):
        progress("bytes read", read, size)
        read += path.stat().st_size
        if beside and path.stat().st_size == 0:
            notices.append(Notice("file-empty", "{file} is empty and was left out.", {"file": name}))
            continue
        with discreetly():
            found, told = open_file(name, path, scratch / f"source-{number}", beside=beside)
        extracts += found
        notices += told
    for address in _addresses(sources):
        held = _FETCHED.get(address) or _fetch(address, scratch.parent)
        extracts += held.extracts
        notices += [notice for one in held.extracts for notice in about(one)]
    _refuse_no_rows(extracts)
    _refuse_one_name(extracts)
    return extracts, notices


def fingerprint(sources: Sequence[Source], near: Path | None = None) -> dict[str, str]:
    """SHA-256 of each file that `open_sources` would open, by the name it would give it; no frame is opened.

    A database has to be read for it: into scratch beside `near`, which `open_sources` then takes.
    """
    from telcli.io.digest import sha256_of

    found = {}
    for name, path in files_of(_paths(sources))[0].items():
        found[name] = sha256_of(path)
    for address in _addresses(sources):
        held = _fetch(address, near)
        found |= {one.name: one.sha256 for one in held.extracts}
    return found


def names_of(sources: Sequence[Source]) -> list[str]:
    """The names that `fingerprint` gave, of which databases are read already."""
    inside = [one.name for address in _addresses(sources) for one in _FETCHED[address].extracts]
    return [*files_of(_paths(sources))[0], *inside]


def _paths(sources: Sequence[Source]) -> list[Path]:
    return [source for source in sources if isinstance(source, Path)]


def _addresses(sources: Sequence[Source]) -> list[str]:
    return list(dict.fromkeys(source for source in sources if isinstance(source, str)))


def _fetch(address: str, near: Path | None) -> Fetched:
    """Read a database now, whatever was read of it before."""
    from telcli.io.database import fetch
    from telcli.io.database_url import parse_url

    _FETCHED[address] = held = fetch(parse_url(address), near)
    return held


def _refuse_no_rows(extracts: Sequence[Extract]) -> None:
    if extracts and all(one.rows == 0 for one in extracts):
        raise DataError(
            "header-only",
            "{file} has a header but no rows.",
            hint="Export it again, or leave it out of the sources.",
            file=file_hidden(extracts[0].name),
        )


def _refuse_one_name(extracts: Sequence[Extract]) -> None:
    """Tables are told apart by their names alone from here on."""
    twice = [name for name, count in Counter(one.name for one in extracts).items() if count > 1]
    if twice:
        raise DataError(
            "sources-same-name",
            "Two of the sources are both called {name}.",
            hint="Ingest one of them as a file, or under another name of the database.",
            name=file_hidden(twice[0]),
        )


def files_of(paths: Sequence[Path]) -> tuple[dict[str, Path], list[Notice]]:
    """Each file, or each of a folder, by the name that tells it from the others, and what was left out.

    Raises
    ------
    MissingInputError
        A path does not exist.
    DataError
        A folder holds no file of a kind that is read.
    """
    chosen: dict[Path, None] = {}
    notices: list[Notice] = []
    for path in paths:
        if path.is_dir():
            inside, left_out = _folder(path)
            chosen |= dict.fromkeys(inside)
            notices += left_out
        elif path.is_file():
            chosen[path] = None
        else:
            refuse_special(path)
            raise MissingInputError(
                "source-missing", "{file} does not exist.", hint="Check the path; nothing was changed.", file=str(path)
            )
    for path in chosen:
        _refuse_hollow(path)
    return _named(list({path.resolve(): path for path in chosen}.values())), notices


def _refuse_hollow(path: Path) -> None:
    """Raise where a file is long by its size and next to nothing of it is there: the rest would be read as zeros."""
    about = path.stat()
    if about.st_size > _HOLLOW and about.st_blocks * 512 < about.st_size // 1000:
        raise DataError(
            "source-hollow",
            "{file} is {size} MB by its size, of which next to nothing was ever written.",
            hint="Copy or export it again.",
            file=legible(path.name),
            size=about.st_size >> 20,
        )


def _folder(folder: Path) -> tuple[list[Path], list[Notice]]:
    from telcli.io.kinds import kind_of

    inside, notices = [], []
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", *_LOCKS)))
    for path in entries:
        if not path.is_file() or _is_about_data(path):
            continue
        if kind_of(path):
            inside.append(path)
        else:
            notices.append(
                Notice(
                    "kind-not-read",
                    "{file} was left out: {kind} files are not read.",
                    {"file": legible(path.name), "kind": legible(path.suffix) or "such"},
                )
            )
    if not inside:
        raise DataError(
            "folder-empty",
            "{folder} holds no file that can be read.",
            hint="Wanted: text, workbooks (.xlsx .xls .xlsb .ods), JSON or Parquet, packed or not.",
            folder=str(folder),
        )
    return inside, [*notices, *_deeper(folder, entries)]


def _deeper(folder: Path, entries: Sequence[Path]) -> list[Notice]:
    """Subfolders with files in them are not read; this is said once, but of the answer key that `simulate` writes."""
    deeper = [path.name for path in entries if path.is_dir() and path.name != _KEY and any(path.iterdir())]
    if not deeper:
        return []
    return [
        Notice(
            "subfolders-left-out",
            "{folder}: subfolders were left out: {names}. Name them to read them.",
            {"folder": folder.name or str(folder), "names": ", ".join(map(legible, deeper))},
        )
    ]


def _is_about_data(path: Path) -> bool:
    return path.suffix.lower() in _NOT_DATA or path.name.upper().startswith("README")


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """Name each file by its own name, with as many folders before it as tell it from the others."""
    names = {path: path.name for path in paths}
    depth = 1
    while max(Counter(names.values()).values(), default=1) > 1:
        depth += 1
        count = Counter(names.values())
        names = {
            path: name if count[name] == 1 else "/".join(path.resolve().parts[-depth:]) for path, name in names.items()
        }
    return {name: path for path, name in _legible(names).items()}


def _legible(names: Mapping[Path, str]) -> dict[Path, str]:
    """Names as they may be kept and said, still told apart."""
    found: dict[str, Path] = {}
    for path, name in names.items():
        plain, count = legible(name), 1
        while (kept := plain if count == 1 else f"{plain}~{count}") in found:
            count += 1
        found[kept] = path
    return {path: name for name, path in found.items()}
